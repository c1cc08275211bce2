"""CT dose reports in general structured reports (PS3.3 A.35.2, A.35.3, A.35.13).

GE scanners write them from before the dose report had a class of its own; other makers and
converters, too.
"""

from kerma.extract.base import DoseObject, Source, sources
from kerma.extract.ct import is_ct_report, record_of
from kerma.records import StudyRecord

_DOSE_CLASSES = frozenset(
    f"1.2.840.10008.5.1.4.1.1.88.{number}" for number in ("67", "68", "73", "76")
)
"""Reports with a class of their own: X-ray, radiopharmaceutical, patient, enhanced X-ray dose."""


def _accepts(found: DoseObject) -> bool:
    return found.is_report and found.sop_class not in _DOSE_CLASSES and is_ct_report(found.root)


def _read(found: DoseObject) -> StudyRecord:
    return record_of(found, "enhanced SR")


sources.add(Source("enhanced_sr", _accepts, _read))
