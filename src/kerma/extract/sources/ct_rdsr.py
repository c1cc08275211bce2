"""CT dose reports in X-Ray Radiation Dose SR objects (PS3.3 A.35.8, PS3.16 TID 10011)."""

from kerma.extract.base import DoseObject, Source, sources
from kerma.extract.ct import is_ct_report, record_of
from kerma.records import StudyRecord

_XRAY_RADIATION_DOSE_SR = "1.2.840.10008.5.1.4.1.1.88.67"


def _accepts(found: DoseObject) -> bool:
    return found.sop_class == _XRAY_RADIATION_DOSE_SR and is_ct_report(found.root)


def _read(found: DoseObject) -> StudyRecord:
    return record_of(found, "CT RDSR")


sources.add(Source("ct_rdsr", _accepts, _read))
