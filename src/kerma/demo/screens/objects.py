"""Pictures of dose screens, and the images beside them, as files a scanner would send."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.uid import CTImageStorage, SecondaryCaptureImageStorage, generate_uid

from kerma.dicom.write import instance, to_bytes

Gray = NDArray[np.uint8]
Header = Mapping[str, Any]
"""Attributes by keyword; at least StudyInstanceUID and those of patient and equipment."""

_SIDE = 16
"""Pixels of an image beside the screens: nobody looks at it."""


def capture(gray: Gray, header: Header, number: int = 1) -> bytes:
    """Return a screen as Toshiba and Canon scanners send it: a secondary capture of 8 bits."""
    rows, columns = gray.shape
    attributes = {
        "Modality": "CT",
        "ConversionType": "WSD",
        "ImageType": ["DERIVED", "SECONDARY"],
        "SeriesNumber": 9000,
        **_uids(header, "screens", number),
        **header,
        "InstanceNumber": number,
        "Rows": rows,
        "Columns": columns,
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": 8,
        "BitsStored": 8,
        "HighBit": 7,
        "PixelRepresentation": 0,
        "PixelData": gray.tobytes() + b"\0" * (gray.size % 2),
    }
    return to_bytes(instance(str(SecondaryCaptureImageStorage), **attributes))


def screen_save(gray: Gray, header: Header, number: int = 1) -> bytes:
    """Return a screen as GE scanners send it: a CT image of series 999, black at -1024."""
    rows, columns = gray.shape
    attributes = {
        "Modality": "CT",
        "ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"],
        "SeriesNumber": 999,
        "SeriesDescription": "Dose Report",
        **_uids(header, "screens", number),
        **header,
        "InstanceNumber": number,
        "Rows": rows,
        "Columns": columns,
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": 16,
        "BitsStored": 16,
        "HighBit": 15,
        "PixelRepresentation": 1,
        "RescaleIntercept": -1024.0,
        "RescaleSlope": 1.0,
        "PixelData": (gray.astype("<i2") * 4).tobytes(),
    }
    return to_bytes(instance(str(CTImageStorage), **attributes))


def companion(header: Header, series_number: int, number: int = 1) -> bytes:
    """Return an ordinary image of a series; `header` has what is to be said of the scan."""
    attributes = {
        "Modality": "CT",
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
        **_uids(header, f"series {series_number}", number),
        **header,
        "SeriesNumber": series_number,
        "InstanceNumber": number,
        "Rows": _SIDE,
        "Columns": _SIDE,
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": 16,
        "BitsStored": 16,
        "HighBit": 15,
        "PixelRepresentation": 1,
        "RescaleIntercept": 0.0,
        "RescaleSlope": 1.0,
        "PixelData": bytes(2 * _SIDE * _SIDE),
    }
    return to_bytes(instance(str(CTImageStorage), **attributes))


def _uids(header: Header, series: str, number: int) -> dict[str, str]:
    """Return UIDs that are the same each time the object is written."""
    study = str(header["StudyInstanceUID"])
    return {
        "SeriesInstanceUID": generate_uid(entropy_srcs=[study, series]),
        "SOPInstanceUID": generate_uid(entropy_srcs=[study, series, str(number)]),
    }
