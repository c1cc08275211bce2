"""Mammograms: plain, tomosynthesis and projection images (PS3.3 A.27, A.55, A.74)."""

import re
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from kerma.dicom import tags
from kerma.dicom.dataset import DataSet, as_number
from kerma.errors import NoDose
from kerma.extract import header
from kerma.extract.base import DoseObject, Source, sources
from kerma.extract.image_header import ImageHeader, private_text, scaled
from kerma.extract.images import (
    exposure,
    is_original_of_no_class,
    says_something_of_dose,
)
from kerma.records import ProjectionEvent, StudyRecord, Totals

_CLASSES = frozenset(
    (
        "1.2.840.10008.5.1.4.1.1.1.2",  # Digital Mammography X-Ray, for presentation
        "1.2.840.10008.5.1.4.1.1.1.2.1",  # Digital Mammography X-Ray, for processing
        "1.2.840.10008.5.1.4.1.1.13.1.3",  # Breast Tomosynthesis
        "1.2.840.10008.5.1.4.1.1.13.1.4",  # Breast Projection X-Ray, for presentation
        "1.2.840.10008.5.1.4.1.1.13.1.5",  # Breast Projection X-Ray, for processing
    )
)
_RADIOGRAPHY = frozenset(
    (
        "1.2.840.10008.5.1.4.1.1.1",  # Computed Radiography: mammograms on imaging plates
        "1.2.840.10008.5.1.4.1.1.1.1",
        "1.2.840.10008.5.1.4.1.1.1.1.1",
    )
)
_VIEWS = {
    "CC": "cranio-caudal",
    "MLO": "medio-lateral oblique",
    "ML": "medio-lateral",
    "LM": "latero-medial",
    "LMO": "latero-medial oblique",
    "FB": "caudo-cranial (from below)",
    "SIO": "superolateral to inferomedial oblique",
    "ISO": "inferomedial to superolateral oblique",
    "XCCL": "cranio-caudal exaggerated laterally",
    "XCCM": "cranio-caudal exaggerated medially",
}
"""View Position (0018,5101) -> meaning (CID 4014), where a CR image has no view code."""
_THICKNESS = "radiological_thickness_mm"
_VENDOR_VALUES = {
    ("GEMS_SENO_02", 0x00450049): _THICKNESS,
    ("GEMS_SENO_02", 0x0045001B): "clinical_view",
    ("GEMS_SENO_02", 0x00450006): "stereo_angle_deg",
    ("GEMS_SENO_02", 0x00450065): "detector_entrance_dose",
}


def _accepts(found: DoseObject) -> bool:
    if found.is_report:
        return False
    if found.sop_class in _CLASSES:
        return True
    if found.modality != "MG":
        return False
    return found.sop_class in _RADIOGRAPHY or is_original_of_no_class(found)


def _read(found: DoseObject) -> StudyRecord:
    image = ImageHeader(found.header)
    event = _event(image)
    if not says_something_of_dose(event):
        raise NoDose("This mammogram carries no dose values.")
    if "GENERATED_2D" in event.image_type:
        image.notes.append(
            "This image is worked out from a tomosynthesis; its dose is that of the tomosynthesis."
        )
    return StudyRecord(
        kind="MG image",
        modality="MG",
        manufacturer=found.manufacturer,
        model=found.model,
        study=header.study_header(found.header),
        device=header.device(found.header),
        patient=header.patient(found.header),
        totals=_totals(event, image.notes),
        events=(event,),
    )


def _event(image: ImageHeader) -> ProjectionEvent:
    event = exposure(image)
    vendor = private_text(image.header, _VENDOR_VALUES)
    found = {
        "agd_mgy": _agd_mgy(image),
        "view": event.view or _VIEWS.get(event.view_position.upper(), ""),
        "radiological_thickness_mm": as_number(vendor.pop(_THICKNESS, "")),
        "percent_fibroglandular": _percent(event.comments_on_radiation_dose),
        "vendor_private": vendor,
    }
    return replace(event, **(found | _projections(image, event)))


def _agd_mgy(image: ImageHeader) -> float | None:
    """Return Organ Dose (0040,0316), which is in dGy (PS3.3 C.8.7.8)."""
    return scaled(image.number(tags.OrganDose), 100.0)


_PERCENT = re.compile(r"(\d{1,3}(?:\.\d+)?) ?%")


def _percent(comment: str) -> float | None:
    """Return the glandular part of the breast, where the comment is just that (GE)."""
    match = _PERCENT.fullmatch(comment)
    return float(match[1]) if match and float(match[1]) <= 100 else None


_PER_PROJECTION = {
    "kvp": ((tags.KVP, 1.0),),
    "tube_current_ma": ((tags.XRayTubeCurrentInmA, 1.0), (tags.XRayTubeCurrent, 1.0)),
    "exposure_time_ms": ((tags.ExposureTimeInms, 1.0), (tags.ExposureTime, 1.0)),
    "exposure_mas": (
        (tags.ExposureInmAs, 1.0),
        (tags.ExposureInuAs, 1e-3),
        (tags.Exposure, 1.0),
    ),
}
_ADD_UP = frozenset(("exposure_time_ms", "exposure_mas"))
"""What the projections of one event add up to; of the others the mean is given."""


def _projections(image: ImageHeader, event: ProjectionEvent) -> dict[str, Any]:
    """Return the values of each projection of a tomosynthesis, and their sum or mean.

    A value that the image gives for the whole is kept.
    """
    acquired = [
        projection
        for item in image.header.items(tags.XRay3DAcquisitionSequence)
        for projection in item.items(tags.PerProjectionAcquisitionSequence)
    ]
    frames = _dose_of_frames(image.header)
    found: dict[str, Any] = {}
    for name, choices in _PER_PROJECTION.items():
        values = _values(acquired, choices)
        if values:
            whole = sum(values) if name in _ADD_UP else sum(values) / len(values)
            found[name] = getattr(event, name) or scaled(whole, 1.0)
            found[f"{name}_values"] = values
    for name, choices in _PER_FRAME.items():
        values = _values(frames, choices)
        if len(values) > 1:
            found[name] = scaled(sum(values), 1.0)
    return found


_PER_FRAME = {
    "exposure_time_ms": _PER_PROJECTION["exposure_time_ms"],
    "exposure_mas": _PER_PROJECTION["exposure_mas"],
    "entrance_dose_mgy": ((tags.EntranceDoseInmGy, 1.0),),
    "agd_mgy": ((tags.OrganDose, 100.0),),
}
"""What the frames of a Breast Projection X-Ray image add up to (PS3.3 C.8.31.5)."""


def _dose_of_frames(header: DataSet) -> list[DataSet]:
    return [
        dose
        for frame in header.items(tags.PerFrameFunctionalGroupsSequence)
        for dose in frame.items(tags.XRayAcquisitionDoseSequence)
    ]


def _values(parts: list[DataSet], choices: Sequence[tuple[int, float]]) -> tuple[float, ...]:
    """Return what each part says that says something, without zeros."""
    return tuple(filter(None, (_first(part, choices) for part in parts)))


def _first(part: DataSet, choices: Sequence[tuple[int, float]]) -> float | None:
    for tag, factor in choices:
        value = part.number(tag)
        if value is not None:
            return scaled(value, factor)
    return None


def _totals(event: ProjectionEvent, notes: list[str]) -> Totals:
    left = event.agd_mgy if event.laterality == "Left" else None
    right = event.agd_mgy if event.laterality == "Right" else None
    if event.agd_mgy is not None and left is None and right is None:
        notes.append("The image does not say which breast was exposed.")
    return Totals(events=1, dap_gym2=event.dap_gym2, agd_left_mgy=left, agd_right_mgy=right)


sources.add(Source("mg_image", _accepts, _read))
