"""Axial CT images as files, with the pixels and attributes of a test."""

from typing import Any

import numpy as np

from kerma.dicom.write import instance, to_bytes
from tests.dosimetry.ct_pictures import SPACING_MM, ellipse, picture

CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"


def ct_image(hu: Any = None, number: int = 1, study: str = "1.2.1", **attributes: Any) -> Any:
    """Return a data set; None as an attribute leaves it out. By default 250 mm of water."""
    image = ellipse(picture(), 250, 250, 0.0) if hu is None else hu
    stored = np.round(np.asarray(image) + 1024).clip(-32768, 32767).astype("<i2")
    given = {
        "StudyInstanceUID": study,
        "SeriesInstanceUID": f"{study}.2",
        "SOPInstanceUID": f"{study}.2.{number}",
        "Modality": "CT",
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
        "Manufacturer": "ACME",
        "PatientName": "Doe^Jane",
        "SeriesNumber": 2,
        "AcquisitionNumber": 1,
        "InstanceNumber": number,
        "SliceThickness": 10.0,
        "ImageOrientationPatient": [1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
        "ImagePositionPatient": [-205.0, -205.0, 10.0 * number],
        "PixelSpacing": [SPACING_MM, SPACING_MM],
        "Rows": stored.shape[0],
        "Columns": stored.shape[1],
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": 16,
        "BitsStored": 16,
        "HighBit": 15,
        "PixelRepresentation": 1,
        "RescaleSlope": 1.0,
        "RescaleIntercept": -1024.0,
        "RescaleType": "HU",
        "PixelData": stored.tobytes(),
    }
    return instance(CT_IMAGE, **(given | attributes))


def ct_bytes(hu: Any = None, number: int = 1, study: str = "1.2.1", **attributes: Any) -> bytes:
    """Return the same as a file."""
    return to_bytes(ct_image(hu, number, study, **attributes))
