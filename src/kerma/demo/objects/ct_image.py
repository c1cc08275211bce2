"""Axial CT images of an invented chest: soft tissue, two lungs, a spine and a table."""

import numpy as np
from numpy.typing import NDArray
from pydicom.uid import CTImageStorage, generate_uid

from kerma.dicom.write import instance, to_bytes

Image = NDArray[np.float32]

PIXELS = 256
_APART_MM = 10.0


def file_of(
    study_instance_uid: str,
    irradiation_event_uid: str,
    number: int,
    section: Image,
    field_mm: float,
) -> bytes:
    """Return one image as a file; the same arguments give the same object.

    Parameters
    ----------
    section : array, shape (`PIXELS`, `PIXELS`)
        Values in HU.
    """
    series = generate_uid(entropy_srcs=[irradiation_event_uid, "images"])
    made = instance(
        str(CTImageStorage),
        StudyInstanceUID=study_instance_uid,
        SeriesInstanceUID=series,
        SOPInstanceUID=generate_uid(entropy_srcs=[irradiation_event_uid, str(number)]),
        IrradiationEventUID=irradiation_event_uid,
        Modality="CT",
        ImageType=["ORIGINAL", "PRIMARY", "AXIAL"],
        SeriesNumber=2,
        AcquisitionNumber=1,
        InstanceNumber=number,
        SliceThickness=_APART_MM,
        ImageOrientationPatient=[1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
        ImagePositionPatient=[-field_mm / 2, -field_mm / 2, _APART_MM * number],
        PixelSpacing=[field_mm / PIXELS] * 2,
        Rows=PIXELS,
        Columns=PIXELS,
        SamplesPerPixel=1,
        PhotometricInterpretation="MONOCHROME2",
        BitsAllocated=16,
        BitsStored=16,
        HighBit=15,
        PixelRepresentation=1,
        RescaleSlope=1.0,
        RescaleIntercept=-1024.0,
        RescaleType="HU",
        PixelData=np.round(section + 1024).astype("<i2").tobytes(),
    )
    return to_bytes(made)


def chest(width_mm: float, lungs: float, field_mm: float) -> Image:
    """Return a section through a chest in HU; `lungs` is how large they are, 1 in the middle."""
    y, x = (np.mgrid[:PIXELS, :PIXELS] - (PIXELS - 1) / 2) * (field_mm / PIXELS)
    depth_mm = 0.68 * width_mm
    image = np.full((PIXELS, PIXELS), -1000.0)
    image[(np.abs(x) < 210) & (np.abs(y - depth_mm / 2 - 12) < 2)] = -150.0
    image[_ellipse(x, y, width_mm, depth_mm)] = 30.0
    for side in (-1, 1):
        beside = x - side * 0.22 * width_mm
        image[_ellipse(beside, y, 0.33 * width_mm * lungs, 0.62 * depth_mm * lungs)] = -820.0
    image[_ellipse(x, y - 0.33 * depth_mm, 40, 40)] = 250.0
    return image.astype(np.float32)


def _ellipse(
    x: NDArray[np.float64], y: NDArray[np.float64], width_mm: float, height_mm: float
) -> NDArray[np.bool_]:
    return np.asarray(np.hypot(2 * x / width_mm, 2 * y / height_mm) <= 1)
