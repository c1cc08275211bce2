"""PET images (PS3.3 A.21, A.56): Radionuclide Total Dose is in Bq (C.8.9.2)."""

from kerma.dicom import tags
from kerma.extract.base import DoseObject, Source, sources
from kerma.extract.nuclear import read_image
from kerma.records import StudyRecord

_CLASSES = frozenset(
    (
        "1.2.840.10008.5.1.4.1.1.128",  # Positron Emission Tomography
        "1.2.840.10008.5.1.4.1.1.128.1",  # Legacy Converted Enhanced PET
        "1.2.840.10008.5.1.4.1.1.130",  # Enhanced PET
    )
)


def _accepts(found: DoseObject) -> bool:
    if found.is_report:
        return False
    unclassed = not found.sop_class and found.modality == "PT" and tags.Rows in found.header
    return found.sop_class in _CLASSES or unclassed


def _read(found: DoseObject) -> StudyRecord:
    return read_image(found, "PT image", activity_to_mbq=1e-6)


sources.add(Source("pt_image", _accepts, _read))
