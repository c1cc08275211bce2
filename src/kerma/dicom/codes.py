"""Coded concepts: one canonical key for the synonyms of SRT, SCT and DCM, and their meanings.

The tables are pydicom's, made from PS3.16.
"""

from functools import lru_cache
from typing import NamedTuple, cast

from pydicom.sr._concepts_dict import concepts
from pydicom.sr._snomed_dict import mapping

from kerma.records import Code

_SRT_SCHEMES = frozenset(("SRT", "SNM3", "99SDM", "SNM"))
"""Designators under which SNOMED RT codes are met (PS3.16 8, and older objects)."""
_SPELLINGS = {"DCM": "DCM", "DICOM": "DCM", "DCMR": "DCM", "SCT": "SCT", "SNOMED-CT": "SCT"}
"""Designators as devices write them. Without one, six digits are a code of PS3.16 annex D."""
_TO_SCT: dict[str, str] = {str(srt): str(sct) for srt, sct in mapping["SRT"].items()}


class Key(NamedTuple):
    """A concept to match: code value and scheme, synonyms already folded."""

    value: str
    scheme: str


def key(value: str, scheme: str) -> Key:
    """Return the canonical key of a code: SNOMED RT becomes SNOMED CT where they correspond."""
    if scheme in _SRT_SCHEMES:
        found = _TO_SCT.get(value)
        return Key(found, "SCT") if found else Key(value, "SRT")
    if scheme in ("DCM", "SCT"):
        return Key(value, scheme)
    if not scheme and len(value) == 6 and value.isdigit():
        return Key(value, "DCM")
    return Key(value, _SPELLINGS.get(scheme.upper(), scheme))


def dcm(value: str) -> Key:
    """Return the key of a code of PS3.16 annex D."""
    return Key(value, "DCM")


def sct(value: str) -> Key:
    """Return the key of a SNOMED CT code."""
    return Key(value, "SCT")


@lru_cache(maxsize=1)
def _meanings() -> dict[Key, str]:
    tables = cast("dict[str, dict[str, dict[str, tuple[str, list[int]]]]]", concepts)
    found: dict[Key, str] = {}
    for scheme in ("DCM", "SCT"):
        for codes in tables[scheme].values():
            for value, (meaning, *_) in codes.items():
                found[Key(value, scheme)] = meaning
    return found


_FORMER: dict[Key, tuple[str, ...]] = {
    Key("113865", "DCM"): ("Entrance exposure to a 4.2 cm breast thickness",),
}
"""Meanings that earlier editions of PS3.16 gave a code, where they say something else."""


def meaning(code: Code | None) -> str:
    """Return a code in words; its value if there are none.

    For codes of PS3.16 annex D the standard's meaning, whatever the device's language or
    spelling. For SNOMED the object's own, which is what the context groups show; the tables hold
    fully specified names, whose tag is left out where they stand in.
    """
    if code is None:
        return ""
    found = key(code.value, code.scheme)
    if code.meaning and (found.scheme != "DCM" or code.meaning in _FORMER.get(found, ())):
        return code.meaning
    known = _meanings().get(found, "")
    if known and found.scheme == "SCT":
        known = known.partition(" (")[0]
    return known or code.meaning or code.value
