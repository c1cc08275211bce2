"""Coded concepts: one canonical key for the synonyms of SRT, SCT and DCM, and their meanings."""

from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import msgspec

from kerma.records import Code

_SRT_SCHEMES = frozenset(("SRT", "SNM3", "99SDM", "SNM"))
"""Designators under which SNOMED RT codes are met (PS3.16 8, and older objects)."""
_SPELLINGS = {"DCM": "DCM", "DICOM": "DCM", "DCMR": "DCM", "SCT": "SCT", "SNOMED-CT": "SCT"}
"""Designators as devices write them. Without one, six digits are a code of PS3.16 annex D."""


class _Table(msgspec.Struct):
    """The extract of PS3.16 that `tools/code_table.py` writes."""

    DCM: dict[str, str]
    SCT: dict[str, str]
    SRT: dict[str, str]


_TABLE = msgspec.json.decode((files("kerma.dicom") / "code_table.json").read_bytes(), type=_Table)


class Key(NamedTuple):
    """A concept to match: code value and scheme, synonyms already folded."""

    value: str
    scheme: str


def key(value: str, scheme: str) -> Key:
    """Return the canonical key of a code: SNOMED RT becomes SNOMED CT where they correspond.

    A code whose form cannot be mistaken is what it is, though the designator is another's: six
    digits are no SNOMED RT, and letters with a hyphen no DCM or SNOMED CT.
    """
    named = scheme.upper()
    if scheme in _SRT_SCHEMES or ("-" in value and named in ("DCM", "SCT")):
        found = _TABLE.SRT.get(value)
        if found is None and value in _TABLE.DCM:
            return Key(value, "DCM")
        return Key(found, "SCT") if found else Key(value, "SRT")
    if scheme in ("DCM", "SCT"):
        return Key(value, scheme)
    if not scheme and len(value) == 6 and value.isdigit():
        return Key(value, "DCM")
    return Key(value, _SPELLINGS.get(named, scheme))


def dcm(value: str) -> Key:
    """Return the key of a code of PS3.16 annex D."""
    return Key(value, "DCM")


def sct(value: str) -> Key:
    """Return the key of a SNOMED CT code."""
    return Key(value, "SCT")


_FORMER: dict[Key, tuple[str, ...]] = {
    Key("113865", "DCM"): ("Entrance exposure to a 4.2 cm breast thickness",),
}
"""Meanings that earlier editions of PS3.16 gave a code, where they say something else."""


def meaning(code: Code | None) -> str:
    """Return a code in words; its value if there are none.

    For codes of PS3.16 annex D the standard's meaning, whatever the device's language; the
    device's own where it has the same letters. For SNOMED the object's own, which is what the
    context groups show.
    """
    if code is None:
        return ""
    found = key(code.value, code.scheme)
    if code.meaning and (found.scheme != "DCM" or code.meaning in _FORMER.get(found, ())):
        return code.meaning
    known = {"DCM": _TABLE.DCM, "SCT": _TABLE.SCT}.get(found.scheme, {}).get(found.value, "")
    if not known or _letters(known) == _letters(code.meaning):
        return code.meaning or code.value
    return known


@lru_cache(maxsize=1024)
def _letters(words: str) -> str:
    """Return words without case, spaces and signs, in which devices and editions differ."""
    return "".join(filter(str.isalnum, words)).casefold()
