"""What Siemens radiography systems write in image headers in a way of their own."""

import re

from kerma.dicom import tags
from kerma.extract.base import DoseObject, Quirk, quirks

_NAMED_FILTER = re.compile(r"([A-Z]{1,2})_(\d+(?:\.\d+)?)_?MM")
"""A chemical symbol and a thickness, e.g. CU_0.2_MM."""


def _filter(found: DoseObject) -> re.Match[str] | None:
    header = found.header
    if found.is_report or not found.manufacturer.upper().startswith("SIEMENS"):
        return None
    if header.number(tags.FilterThicknessMaximum) or header.number(tags.FilterThicknessMinimum):
        return None
    return _NAMED_FILTER.fullmatch(header.first(tags.FilterType).upper())


def _applies(found: DoseObject) -> bool:
    return _filter(found) is not None


def _say_it_apart(found: DoseObject) -> None:
    named = _filter(found)
    if named is None:
        return
    found.header.put(tags.FilterMaterial, named[1])
    found.header.put(tags.FilterThicknessMinimum, named[2])
    found.header.put(tags.FilterThicknessMaximum, named[2])


quirks.add(
    Quirk(
        name="siemens-filter-in-filter-type",
        evidence=(
            "Multix and Ysio rooms name material and thickness of the filter in Filter Type "
            "(0018,1160), e.g. CU_0.2_MM, and leave (0018,7052) and (0018,7054) out: OpenREM's "
            "changes for Siemens radiography, and its public test object of a Multix"
        ),
        applies=_applies,
        repair=_say_it_apart,
    )
)
