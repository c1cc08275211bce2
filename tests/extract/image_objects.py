"""Images with the attributes of a test, read as if they came from a file."""

from typing import Any

from kerma.dicom.files import read_bytes
from kerma.dicom.write import dataset, instance, to_bytes
from kerma.extract import record_of
from kerma.records import StudyRecord

CR = "1.2.840.10008.5.1.4.1.1.1"
DX = "1.2.840.10008.5.1.4.1.1.1.1"
DX_FOR_PROCESSING = "1.2.840.10008.5.1.4.1.1.1.1.1"
MG = "1.2.840.10008.5.1.4.1.1.1.2"
TOMOSYNTHESIS = "1.2.840.10008.5.1.4.1.1.13.1.3"
PROJECTIONS = "1.2.840.10008.5.1.4.1.1.13.1.4"
SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
NM = "1.2.840.10008.5.1.4.1.1.20"
PET = "1.2.840.10008.5.1.4.1.1.128"


def read_image(sop_class_uid: str, modality: str, **attributes: Any) -> StudyRecord:
    """Return the record of an image without pixels; see `kerma.dicom.write.dataset` for values."""
    return record_of(read_bytes(image_bytes(sop_class_uid, modality, **attributes)))


def image_bytes(sop_class_uid: str, modality: str, **attributes: Any) -> bytes:
    """Return an image without pixels as a Part 10 file."""
    private = attributes.pop("private", ())
    made = instance(sop_class_uid, Modality=modality, **{"Rows": 2, "Columns": 2} | attributes)
    for group, creator, element, vr, value in private:
        block = made.private_block(group, creator, create=True)
        block.add_new(element, vr, value)
    return to_bytes(made)


__all__ = ["dataset", "image_bytes", "read_image"]
