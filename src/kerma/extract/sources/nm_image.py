"""Gamma camera and SPECT images (PS3.3 A.5): Radionuclide Total Dose is in MBq (C.8.4.10)."""

from kerma.dicom import tags
from kerma.extract.base import DoseObject, Source, sources
from kerma.extract.nuclear import read_image
from kerma.records import StudyRecord

_CLASSES = frozenset(
    (
        "1.2.840.10008.5.1.4.1.1.20",  # Nuclear Medicine
        "1.2.840.10008.5.1.4.1.1.5",  # Nuclear Medicine, retired
    )
)


def _accepts(found: DoseObject) -> bool:
    if found.is_report:
        return False
    unclassed = not found.sop_class and found.modality in ("NM", "ST") and tags.Rows in found.header
    return found.sop_class in _CLASSES or unclassed


def _read(found: DoseObject) -> StudyRecord:
    return read_image(found, "NM image", activity_to_mbq=1.0)


sources.add(Source("nm_image", _accepts, _read))
