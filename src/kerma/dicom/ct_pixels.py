"""An axial CT image in, its values in HU out, or a sentence why they are not to be had."""

import warnings
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from kerma.dicom.decode import FAILURES, damage, is_compressed, name_of_syntax, parsed, stored
from kerma.errors import KermaError

CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
ENHANCED_CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2.1"

_LARGEST_TILT = 0.985
"""Cosine of 10° between the normal of the image and the long axis of the patient: at that tilt a
section is 1.5 % larger than an axial one, and its diameter 0.8 %."""
_BELOW_AIR_HU = -1100.0
"""What is padded with values below this cannot be air that was clipped at -1024 HU."""


class NoSize(KermaError):
    """An image by which the size of the patient cannot be found."""


class CtSlice(NamedTuple):
    """One axial CT image."""

    hu: NDArray[np.float32]
    """Shape (rows, columns)."""
    spacing_mm: tuple[float, float]
    """Between rows and between columns."""
    padded: NDArray[np.bool_]
    """Where the scanner reconstructed nothing, as far as the values tell."""
    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    irradiation_event_uid: str
    """"" where the image does not say, or names several."""
    acquisition_number: str
    series_number: int | None
    position_mm: float | None
    """Along the normal of the image."""


def read(data: bytes) -> CtSlice:
    """Read one image from the bytes of a file.

    Raises
    ------
    NoSize
        If it is no axial CT image in HU, or its pixels cannot be read.
    """
    try:
        found = parsed(data)
    except FAILURES:
        raise NoSize("This is no DICOM file, or it is cut short.") from None
    try:
        return _slice(found)
    except FAILURES as error:
        raise NoSize(f"The image cannot be read: {damage(error)}") from None


def _slice(found: Dataset) -> CtSlice:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _refuse_others(found)
        normal = _normal(found)
        slope, intercept = _rescale(found)
        spacing_mm = _spacing(found)
        values = _stored(found)
        hu = (values * np.float32(slope) + np.float32(intercept)).astype(np.float32)
        return CtSlice(
            hu=hu,
            spacing_mm=spacing_mm,
            padded=_padded(found, values, hu),
            study_instance_uid=_text(found, "StudyInstanceUID"),
            series_instance_uid=_text(found, "SeriesInstanceUID"),
            sop_instance_uid=_text(found, "SOPInstanceUID"),
            irradiation_event_uid=_text(found, "IrradiationEventUID"),
            acquisition_number=_text(found, "AcquisitionNumber"),
            series_number=_whole(found, "SeriesNumber"),
            position_mm=_position(found, normal),
        )


def _refuse_others(found: Dataset) -> None:
    """Refuse what is no single CT image of a section of the patient."""
    modality = _text(found, "Modality")
    if modality != "CT":
        raise NoSize(
            f"This is no CT image (modality {modality or 'not given'}): its values are not HU."
        )
    if _text(found, "SOPClassUID") == ENHANCED_CT_IMAGE:
        raise NoSize("Enhanced CT images with many frames are not read; send them as CT images.")
    if _text(found, "SOPClassUID") != CT_IMAGE or "Rows" not in found:
        raise NoSize("This is an object of a CT scanner, but no CT image.")
    kind = [str(value).upper() for value in _several(found, "ImageType")]
    if "LOCALIZER" in kind:
        raise NoSize("This is a localiser: its values are not HU, and no size is found by it.")
    if kind[:1] == ["DERIVED"]:
        raise NoSize("This image is derived from others; only original images are measured.")


def _normal(found: Dataset) -> NDArray[np.float64]:
    """Return the direction across the image; refuse what is not axial."""
    given = [float(value) for value in _several(found, "ImageOrientationPatient")]
    if len(given) != 6:
        raise NoSize("The image does not give its orientation (0020,0037).")
    normal = np.cross(given[:3], given[3:])
    if not abs(normal[2]) >= _LARGEST_TILT:
        raise NoSize("The image is not axial: it is tilted by more than 10°.")
    return normal


def _rescale(found: Dataset) -> tuple[float, float]:
    slope, intercept = _number(found, "RescaleSlope"), _number(found, "RescaleIntercept")
    if slope is None or intercept is None or not slope:
        raise NoSize(
            "The image gives no rescale slope and intercept (0028,1053), (0028,1052), so its "
            "values cannot be brought to HU."
        )
    unit = _text(found, "RescaleType").upper()
    if unit not in ("", "HU"):
        raise NoSize(f"The values of the image are in {unit!r}, not in HU.")
    return slope, intercept


def _spacing(found: Dataset) -> tuple[float, float]:
    given = [float(value) for value in _several(found, "PixelSpacing")]
    if len(given) != 2 or not all(0 < value < 100 for value in given):
        raise NoSize("The image gives no pixel spacing (0028,0030) in mm.")
    return given[0], given[1]


def _stored(found: Dataset) -> NDArray[Any]:
    """Return the stored values, decompressed."""
    if "PixelData" not in found:
        raise NoSize("The image has no pixel data.")
    try:
        pixels = stored(found)
    except FAILURES as error:
        if is_compressed(found):
            raise NoSize(
                f"The pixels are compressed ({name_of_syntax(found)}) and cannot be read: "
                f"{damage(error)} Have the images sent uncompressed."
            ) from None
        raise NoSize(f"The pixels cannot be read: {damage(error)}") from None
    if pixels.ndim != 2:
        raise NoSize("The image has several frames or colours; one section in grey is expected.")
    return pixels


def _padded(found: Dataset, values: NDArray[Any], hu: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return where the image is padded, by value, unless that value could be air."""
    value = found.get("PixelPaddingValue")
    if not isinstance(value, int):
        return np.zeros(hu.shape, bool)
    return np.asarray((values == value) & (hu < _BELOW_AIR_HU))


def _position(found: Dataset, normal: NDArray[np.float64]) -> float | None:
    given = [float(value) for value in _several(found, "ImagePositionPatient")]
    if len(given) == 3:
        return float(np.dot(normal, given))
    return _number(found, "SliceLocation")


def _several(found: Dataset, keyword: str) -> list[Any]:
    value = found.get(keyword)
    if value is None:
        return []
    return [value] if isinstance(value, str | float | int) else list(value)


def _text(found: Dataset, keyword: str) -> str:
    """Return the value of an attribute that has one value as text, else ""."""
    values = _several(found, keyword)
    return str(values[0]).strip() if len(values) == 1 else ""


def _number(found: Dataset, keyword: str) -> float | None:
    text = _text(found, keyword)
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e9 else None


def _whole(found: Dataset, keyword: str) -> int | None:
    value = _number(found, keyword)
    return None if value is None or abs(value) >= 2**31 else int(value)
