"""What a dose object says, as frozen plain Python: units in the names, None = "not said"."""

from kerma.records.codes import Code
from kerma.records.ct import CtEvent, CtSource, DoseCheck
from kerma.records.nuclear import (
    Administration,
    EnergyWindow,
    ImageSeries,
    OrganDose,
    PatientCharacteristics,
)
from kerma.records.projection import Filter, ProjectionEvent
from kerma.records.study import (
    Calibration,
    Device,
    DoseEstimate,
    Event,
    Observer,
    Patient,
    StudyHeader,
    StudyRecord,
    Totals,
    from_json,
    to_json,
)

__all__ = [
    "Administration",
    "Calibration",
    "Code",
    "CtEvent",
    "CtSource",
    "Device",
    "DoseCheck",
    "DoseEstimate",
    "EnergyWindow",
    "Event",
    "Filter",
    "ImageSeries",
    "Observer",
    "OrganDose",
    "Patient",
    "PatientCharacteristics",
    "ProjectionEvent",
    "StudyHeader",
    "StudyRecord",
    "Totals",
    "from_json",
    "to_json",
]
