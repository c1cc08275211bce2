"""The header of a CT image in, what an estimate of dose needs of it out; pixels are not looked at.

An enhanced object says it of each of its frames (PS3.3 C.8.15.3).
"""

import datetime as dt
from typing import NamedTuple

from kerma.dicom import tags
from kerma.dicom.dataset import DataSet
from kerma.records.base import Record

CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
ENHANCED_CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2.1"

LARGEST_TILT = 0.8
"""Cosine of the angle between the normal of an image and the table: beyond it, it is a reformat."""


class ImageFacts(Record, frozen=True):
    """What one image, or one frame, says of the exposure it was made from."""

    sop: str = ""
    series: str = ""
    series_number: int | None = None
    acquisition: int | None = None
    events: tuple[str, ...] = ()
    """Irradiation event UIDs."""
    kind: tuple[str, ...] = ()
    """Values of Image Type, in capitals."""
    description: str = ""
    protocol: str = ""
    started: str = ""
    """ISO 8601 local date and time of the acquisition."""
    is_axial: bool | None = None
    """None where the orientation is not given."""
    z_mm: float | None = None
    """Of the centre, along the table."""
    thickness_mm: float | None = None
    """Along the table."""
    ctdivol_mgy: float | None = None
    phantom: str = ""
    phantom_code: str = ""
    mode: str = ""
    """`spiral`, `sequenced` or `stationary`; "" where the header does not say."""
    kvp: float | None = None
    current_ma: float | None = None
    rotation_s: float | None = None
    pitch: float | None = None
    single_mm: float | None = None
    total_mm: float | None = None
    modulation: str = ""


class _Groups(NamedTuple):
    """Where the attributes of one image stand: its header, or the functional groups of a frame."""

    header: DataSet
    frame: DataSet | None
    shared: DataSet | None

    def within(self, sequence: int) -> DataSet:
        """Return the functional group of this macro; the header itself for a plain image."""
        if self.frame is None:
            return self.header
        found = self.frame.item(sequence) or (self.shared and self.shared.item(sequence))
        return found or _EMPTY


_EMPTY = DataSet({})


def facts_of(header: DataSet) -> tuple[ImageFacts, ...]:
    """Return what a CT image says, one for each frame; none for any other object."""
    if header.first(tags.SOPClassUID) == CT_IMAGE:
        return (_facts(_Groups(header, None, None)),)
    if header.first(tags.SOPClassUID) != ENHANCED_CT_IMAGE:
        return ()
    shared = header.item(tags.SharedFunctionalGroupsSequence)
    frames = header.items(tags.PerFrameFunctionalGroupsSequence)
    return tuple(_facts(_Groups(header, frame, shared)) for frame in frames)


def _facts(found: _Groups) -> ImageFacts:
    header = found.header
    exposure = found.within(tags.CTExposureSequence)
    details = found.within(tags.CTAcquisitionDetailsSequence)
    phantom = exposure.code(tags.CTDIPhantomTypeCodeSequence)
    z_mm, thickness_mm, is_axial = _place(found)
    return ImageFacts(
        sop=header.first(tags.SOPInstanceUID),
        series=header.first(tags.SeriesInstanceUID),
        series_number=header.integer(tags.SeriesNumber),
        acquisition=_acquisition(found),
        events=_events(found),
        kind=_kind(found),
        description=header.text(tags.SeriesDescription),
        protocol=header.text(tags.ProtocolName) or header.text(tags.AcquisitionProtocolName),
        started=_started(found),
        is_axial=is_axial,
        z_mm=z_mm,
        thickness_mm=thickness_mm,
        ctdivol_mgy=exposure.number(tags.CTDIvol),
        phantom=phantom.meaning if phantom else "",
        phantom_code=phantom.value if phantom else "",
        mode=_mode(found),
        kvp=found.within(tags.CTXRayDetailsSequence).number(tags.KVP),
        current_ma=_current(exposure),
        rotation_s=details.number(tags.RevolutionTime),
        pitch=found.within(tags.CTTableDynamicsSequence).number(tags.SpiralPitchFactor),
        single_mm=details.number(tags.SingleCollimationWidth),
        total_mm=details.number(tags.TotalCollimationWidth),
        modulation=exposure.text(tags.ExposureModulationType),
    )


def _kind(found: _Groups) -> tuple[str, ...]:
    values = found.within(tags.CTImageFrameTypeSequence).strings(tags.FrameType)
    return tuple(value.upper() for value in values or found.header.strings(tags.ImageType))


def _acquisition(found: _Groups) -> int | None:
    content = found.within(tags.FrameContentSequence)
    own = content.integer(tags.FrameAcquisitionNumber)
    return found.header.integer(tags.AcquisitionNumber) if own is None else own


def _events(found: _Groups) -> tuple[str, ...]:
    own = found.within(tags.IrradiationEventIdentificationSequence)
    return tuple(
        own.strings(tags.IrradiationEventUID) or found.header.strings(tags.IrradiationEventUID)
    )


def _started(found: _Groups) -> str:
    content = found.within(tags.FrameContentSequence)
    whole = content.datetime(tags.FrameAcquisitionDateTime) if found.frame is not None else None
    whole = whole or found.header.datetime(tags.AcquisitionDateTime)
    if whole is None:
        day = found.header.date(tags.AcquisitionDate) or found.header.date(tags.SeriesDate)
        time = found.header.time(tags.AcquisitionTime)
        whole = dt.datetime.combine(day, time) if day and time else None
    return whole.isoformat() if whole else ""


def _place(found: _Groups) -> tuple[float | None, float | None, bool | None]:
    """Return position and thickness along the table, in mm, and whether the image is axial.

    The table moves along z of the patient (PS3.3 C.7.6.2.1.1), tilted gantry or not, so that z of
    one point of the image says how far it has moved.
    """
    position = found.within(tags.PlanePositionSequence).numbers(tags.ImagePositionPatient)
    orientation = found.within(tags.PlaneOrientationSequence).numbers(tags.ImageOrientationPatient)
    thickness = found.within(tags.PixelMeasuresSequence).number(tags.SliceThickness)
    if len(orientation) != 6:
        place = position[2] if len(position) == 3 else None
        return place, _positive(thickness), None
    cosine = abs(orientation[0] * orientation[4] - orientation[1] * orientation[3])
    along = None if thickness is None or not cosine else thickness / cosine
    place = position[2] if len(position) == 3 else None
    return place, _positive(along), cosine >= LARGEST_TILT


def _positive(value: float | None) -> float | None:
    return value if value is not None and value > 0 else None


_MODES = {
    "SPIRAL": "spiral",
    "SEQUENCED": "sequenced",
    "CONSTANT_ANGLE": "localiser",
    "STATIONARY": "stationary",
    "FREE": "stationary",
}
"""CT Acquisition Type (0018,9302), PS3.3 C.8.15.3.2."""

_OPTIONS = (
    ("HELICAL", "spiral"),
    ("SPIRAL", "spiral"),
    ("AXIAL", "sequenced"),
    ("SEQUENCE", "sequenced"),
    ("CINE", "stationary"),
)
"""Words that Scan Options (0018,0022) is met with."""


def _mode(found: _Groups) -> str:
    """Return how the table moved, by the first attribute that says it."""
    said = found.within(tags.CTAcquisitionTypeSequence).first(tags.AcquisitionType)
    if said in _MODES:
        return _MODES[said]
    if found.within(tags.CTTableDynamicsSequence).number(tags.SpiralPitchFactor):
        return "spiral"
    options = found.header.text(tags.ScanOptions).upper()
    return next((mode for word, mode in _OPTIONS if word in options), "")


def _current(exposure: DataSet) -> float | None:
    """Return the tube current in mA, by the attribute of enhanced images or the plain one."""
    exact = exposure.number(tags.XRayTubeCurrentInmA)
    return exposure.number(tags.XRayTubeCurrent) if exact is None else exact
