"""The code of a target region in, the region that coefficients are given for out."""

from functools import cache
from importlib import resources

import msgspec

from kerma.dicom import codes


class _Table(msgspec.Struct):
    source: str
    regions: dict[str, str]


def region(code: str) -> str:
    """Return the region of a SNOMED RT or SNOMED CT code, "" if no coefficient is for it."""
    if not code:
        return ""
    found = codes.key(code, "SCT" if code.isdigit() else "SRT")
    return _regions().get(found.value, "")


@cache
def _regions() -> dict[str, str]:
    file = resources.files("kerma.dosimetry") / "tables" / "regions.toml"
    return msgspec.toml.decode(file.read_bytes(), type=_Table).regions
