"""DX and mammography images: the dose attributes of PS3.3 C.8.7 and C.8.11, tiny pixels."""

from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import (
    DigitalMammographyXRayImageStorageForPresentation,
    DigitalMammographyXRayImageStorageForProcessing,
    DigitalXRayImageStorageForPresentation,
    DigitalXRayImageStorageForProcessing,
)

from kerma.demo.objects import header
from kerma.demo.terms import term
from kerma.dicom.write import instance
from kerma.records import ProjectionEvent, StudyRecord

SOP_CLASSES = {
    ("DX", "FOR PRESENTATION"): str(DigitalXRayImageStorageForPresentation),
    ("DX", "FOR PROCESSING"): str(DigitalXRayImageStorageForProcessing),
    ("MG", "FOR PRESENTATION"): str(DigitalMammographyXRayImageStorageForPresentation),
    ("MG", "FOR PROCESSING"): str(DigitalMammographyXRayImageStorageForProcessing),
}
"""SOP class by modality and presentation intent."""

_NUMBERS = (
    ("KVP", "kvp", 1),
    ("DistanceSourceToDetector", "source_to_detector_mm", 1),
    ("ImageAndFluoroscopyAreaDoseProduct", "dap_gym2", 1e5),
    ("OrganDose", "agd_mgy", 0.01),
    ("EntranceDoseInmGy", "entrance_dose_mgy", 1),
    ("HalfValueLayer", "half_value_layer_mm", 1),
    ("BodyPartThickness", "compressed_thickness_mm", 1),
    ("CompressionForce", "compression_force_n", 1),
    ("FocalSpots", "focal_spot_mm", 1),
    ("ExposureIndex", "exposure_index", 1),
    ("TargetExposureIndex", "target_exposure_index", 1),
    ("DeviationIndex", "deviation_index", 1),
    ("PositionerPrimaryAngle", "primary_angle_deg", 1),
)
"""Keyword, field, factor to the unit of PS3.3: dGy.cm² for DAP, dGy for the organ dose."""

_WHOLE = (
    ("ExposureTime", "exposure_time_ms", 1),
    ("XRayTubeCurrent", "tube_current_ma", 1),
    ("Exposure", "exposure_mas", 1),
    ("ExposureInuAs", "exposure_mas", 1000),
)
"""The same for attributes of VR IS."""

FIELDS = (
    *[field for _, field, _ in _NUMBERS],
    "exposure_time_ms",
    "tube_current_ma",
    "exposure_mas",
    "irradiation_event_uid",
    "date_time_started",
    "acquisition_protocol",
    "anatomical_structure",
    "body_part",
    "laterality",
    "view",
    "view_position",
    "exposure_control_mode",
    "filter_type",
    "filters",
    "anode_target",
    "grid",
)
"""Fields of an event that such an image says."""


def write(record: StudyRecord, old: bool) -> Dataset:
    """Return the image of the record's only event."""
    event = record.events[0]
    if not isinstance(event, ProjectionEvent):
        raise TypeError("an image is of a projection event")
    given = {
        **header.attributes(record),
        **_acquisition(event, old),
        **_numbers(event),
        **_filters(event),
        **_pixels(),
    }
    modality = {"Modality": record.modality, "PresentationIntentType": event.presentation_intent}
    return instance(record.study.sop_class_uid, **{**given, **modality})


def _acquisition(event: ProjectionEvent, old: bool) -> dict[str, Any]:
    """Return what was radiographed and how."""
    when, region = event.date_time_started, event.anatomical_structure
    return {
        "IrradiationEventUID": event.irradiation_event_uid,
        "AcquisitionDate": when.date() if when else None,
        "AcquisitionTime": when.time() if when else None,
        "ImageType": list(event.image_type),
        "ProtocolName": event.acquisition_protocol,
        "BodyPartExamined": event.body_part,
        "ViewPosition": event.view_position or None,
        "ViewCodeSequence": term(event.view, old) if event.view else None,
        "AnatomicRegionSequence": term(region, old) if region else None,
        "ImageLaterality": {"Left": "L", "Right": "R"}.get(event.laterality, "U"),
        "ExposureControlMode": event.exposure_control_mode or None,
        "Grid": list(event.grid) or None,
        "AnodeTargetMaterial": event.anode_target.upper() or None,
    }


def _numbers(event: ProjectionEvent) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for keyword, field, factor in _NUMBERS:
        value = getattr(event, field)
        given[keyword] = None if value is None else float(value * factor)
    for keyword, field, factor in _WHOLE:
        value = getattr(event, field)
        given[keyword] = None if value is None else round(value * factor)
    return given


def _filters(event: ProjectionEvent) -> dict[str, Any]:
    if not event.filters:
        return {}
    return {
        "FilterType": event.filter_type,
        "FilterMaterial": [each.material.upper() for each in event.filters],
        "FilterThicknessMinimum": [each.thickness_min_mm for each in event.filters],
        "FilterThicknessMaximum": [each.thickness_max_mm for each in event.filters],
    }


def _pixels() -> dict[str, Any]:
    """Return a grey picture of 8 × 8 pixels."""
    return {
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "Rows": 8,
        "Columns": 8,
        "BitsAllocated": 16,
        "BitsStored": 12,
        "HighBit": 11,
        "PixelRepresentation": 0,
        "PixelData": b"\x00\x04" * 64,
    }
