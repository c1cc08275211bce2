"""Codes to write reports with: concepts of DICOM by code, other terms by meaning."""

from kerma.demo import tables

Triple = tuple[str, str, str]


def term(meaning: str, old: bool = False, kind: str = "") -> Triple:
    """Return the code that has this meaning, in SNOMED-RT where `old`.

    `kind` tells apart two codes of the DICOM dictionary with one meaning.

    Raises
    ------
    KeyError
        If `terms.toml` does not hold the meaning.
    """
    table = tables.terms()
    found = table["snomed"].get(meaning)
    if isinstance(found, tuple):
        clinical, retired = found
        return (retired, "SRT", meaning) if old or not clinical else (clinical, "SCT", meaning)
    named = f"{meaning} ({kind})" if f"{meaning} ({kind})" in table["dicom"] else meaning
    return str(table["dicom"][named]), "DCM", meaning
