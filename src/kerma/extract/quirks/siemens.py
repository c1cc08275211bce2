"""Repairs of Siemens' dose reports of projection systems."""

from kerma.dicom import sr
from kerma.extract import header
from kerma.extract.base import DoseObject, Quirk, quirks
from kerma.extract.concepts import common as c
from kerma.extract.concepts import projection as p

_NOTE = (
    "This system reports the average glandular dose of one projection for a tomosynthesis; "
    "the dose of the whole sweep is not known."
)


def _is_tomosynthesis(found: DoseObject) -> bool:
    if not found.is_report or not found.manufacturer.upper().startswith("SIEMENS"):
        return False
    if "REVELATION" not in found.model.upper():
        return False
    return header.procedure_reported(found.root) == c.MAMMOGRAPHY and any(
        sr.code_key(event, p.EVENT_TYPE) == p.ROTATIONAL_ACQUISITION
        for event in found.root.find(c.IRRADIATION_EVENT_X_RAY_DATA)
    )


def _say_so(found: DoseObject) -> None:
    """Leave the values as they are, because the number of projections is not in the report."""
    found.header.notes.append(_NOTE)


quirks.add(
    Quirk(
        name="siemens-tomosynthesis-dose-of-one-projection",
        evidence="Mammomat Revelation VC10 conformance statement p. 104; openrem issue 780",
        applies=_is_tomosynthesis,
        repair=_say_so,
    )
)
