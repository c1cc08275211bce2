"""Header of a projection X-ray image in; the exposure it was made by out.

Radiography and mammography share the modules X-Ray Acquisition Dose, X-Ray Generation, X-Ray
Filtration, X-Ray Grid and DX Positioning (PS3.3 C.8.7, C.8.11); the units are the standard's.
"""

import math
import re
from collections.abc import Sequence
from typing import Any

from kerma.dicom import tags
from kerma.dicom.codes import key
from kerma.dicom.dataset import DataSet
from kerma.extract.base import DoseObject
from kerma.extract.concepts.common import LATERALITIES
from kerma.extract.image_header import ImageHeader, scaled, words
from kerma.records import Filter, ProjectionEvent

_SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
_STANDARD = "1.2.840.10008."


def is_original_of_no_class(found: DoseObject) -> bool:
    """Whether an image straight from the device is stored in a class that says nothing of it.

    Vendors use secondary capture or a class of their own, e.g. for the projections of a
    tomosynthesis; screenshots are derived.
    """
    plain = found.sop_class.startswith(_SECONDARY_CAPTURE) or not found.sop_class.startswith(
        _STANDARD
    )
    return plain and found.header.first(tags.ImageType).upper() == "ORIGINAL"


_LATERALITY = {"L": "Left", "R": "Right", "U": "Unpaired", "B": "Right and left"}
"""Image Laterality (0020,0062)."""


def exposure(image: ImageHeader) -> ProjectionEvent:
    """Return the irradiation event as far as every kind of projection image describes it."""
    return ProjectionEvent(
        irradiation_event_uid=_event_uid(image),
        image_uid=image.header.first(tags.SOPInstanceUID),
        date_time_started=image.date_time(),
        acquisition_protocol=_protocol(image),
        series_description=image.text(tags.SeriesDescription),
        comments_on_radiation_dose=image.text(tags.CommentsOnRadiationDose),
        image_type=_image_type(image.header),
        presentation_intent=image.text(tags.PresentationIntentType),
        operator=image.text(tags.OperatorsName),
        **_anatomy(image),
        **_view(image),
        **_generation(image),
        **_dose(image),
        **_filtration(image),
        **_geometry(image),
        **_field(image),
    )


_DOSE_VALUES = (
    "kvp",
    "exposure_mas",
    "tube_current_ma",
    "exposure_time_ms",
    "dap_gym2",
    "entrance_dose_mgy",
    "agd_mgy",
    "exposure_index",
    "relative_xray_exposure",
    "sensitivity",
)


def says_something_of_dose(event: ProjectionEvent) -> bool:
    """Whether an image says anything that bears on dose: scanned film and the like do not."""
    return any(getattr(event, name) for name in _DOSE_VALUES) or bool(event.vendor_private)


def _protocol(image: ImageHeader) -> str:
    """Return the name of the protocol; devices that give no name give its code."""
    return (
        image.text(tags.ProtocolName)
        or image.text(tags.AcquisitionProtocolName)
        or words(image.code(tags.PerformedProtocolCodeSequence))
    )


def _event_uid(image: ImageHeader) -> str:
    found = image.text(tags.IrradiationEventUID)
    if "\\" in found:
        image.notes.append("The image was made from several irradiation events; the first is kept.")
    return found.split("\\", 1)[0]


def _image_type(header: DataSet) -> tuple[str, ...]:
    """Return Image Type (0008,0008); a value left empty keeps its place."""
    return tuple(header.strings(tags.ImageType))


def _anatomy(image: ImageHeader) -> dict[str, Any]:
    region = image.code(tags.AnatomicRegionSequence)
    return {
        "body_part": image.text(tags.BodyPartExamined),
        "anatomical_structure": words(region),
        "anatomical_structure_code": region.value if region else "",
        "laterality": _laterality(image),
    }


def _laterality(image: ImageHeader) -> str:
    for tag in (tags.ImageLaterality, tags.FrameLaterality, tags.Laterality):
        said = image.first(tag).upper()
        if said:
            return _LATERALITY.get(said[:1], said)
    for region in image.items(tags.AnatomicRegionSequence):
        modifier = region.code(tags.AnatomicRegionModifierSequence)
        if modifier:
            return LATERALITIES.get(key(modifier.value, modifier.scheme), "")
    return ""


def _view(image: ImageHeader) -> dict[str, Any]:
    """Return the view (CID 4010, 4014) and its modifiers (CID 4011, 4015)."""
    item = next(iter(image.items(tags.ViewCodeSequence)), None)
    code = image.code(tags.ViewCodeSequence)
    modifiers = item.items(tags.ViewModifierCodeSequence) if item else []
    if not modifiers:
        modifiers = image.items(tags.ViewModifierCodeSequence)
    return {
        "view": words(code),
        "view_code": code.value if code else "",
        "view_modifiers": tuple(filter(None, (_meaning(found) for found in modifiers))),
        "view_position": image.text(tags.ViewPosition),
        "projection_eponymous_name": words(image.code(tags.ProjectionEponymousNameCodeSequence)),
    }


def _meaning(item: DataSet) -> str:
    return item.text(0x00080104) or item.first(0x00080100)


def _generation(image: ImageHeader) -> dict[str, Any]:
    """Return the technique factors; of several attributes for one, the finest that is not zero."""
    current = _finest(image, _TUBE_CURRENT)
    time = _finest(image, _EXPOSURE_TIME)
    return {
        "kvp": image.number(tags.KVP),
        "tube_current_ma": current,
        "exposure_time_ms": time,
        "exposure_mas": _exposure_mas(image, current, time),
        "focal_spot_mm": image.number(tags.FocalSpots),
        "anode_target": material(image.first(tags.AnodeTargetMaterial)),
        "exposure_control_mode": image.text(tags.ExposureControlMode),
        "exposure_control_mode_description": image.text(tags.ExposureControlModeDescription),
        "acquisition_device_processing_description": image.text(
            tags.AcquisitionDeviceProcessingDescription
        ),
    }


_TUBE_CURRENT = (
    (tags.XRayTubeCurrentInmA, 1.0),
    (tags.XRayTubeCurrentInuA, 1e-3),
    (tags.XRayTubeCurrent, 1.0),
)
_EXPOSURE_TIME = (
    (tags.ExposureTimeInms, 1.0),
    (tags.ExposureTimeInuS, 1e-3),
    (tags.ExposureTime, 1.0),
)
_EXPOSURE = ((tags.ExposureInmAs, 1.0), (tags.ExposureInuAs, 1e-3))
"""Attribute -> factor to mA, ms, mAs; (0018,1150), (0018,1151) and (0018,1152) are integers."""


def _finest(image: ImageHeader, choices: tuple[tuple[int, float], ...]) -> float | None:
    said = [scaled(image.number(tag), factor) for tag, factor in choices]
    given = [value for value in said if value is not None]
    return next((value for value in given if value), given[0] if given else None)


def _exposure_mas(image: ImageHeader, ma: float | None, ms: float | None) -> float | None:
    """Return the exposure in mAs, from µAs where it is no more than finer than the integer mAs.

    Where the two contradict each other, the one nearer to current times time is right: there are
    devices that write mAs into Exposure in µAs (0018,1153).
    """
    fine, whole = _finest(image, _EXPOSURE), image.number(tags.Exposure)
    if not fine or not whole:
        return fine or whole or (whole if fine is None else fine)
    if abs(fine - whole) <= max(1.0, 0.1 * whole):
        return fine
    product = ma * ms / 1000 if ma and ms else whole
    chosen = min((fine, whole), key=lambda value: abs(value - product))
    image.notes.append(f"Exposure is given as {whole:g} mAs and {fine:g} mAs; {chosen:g} is kept.")
    return chosen


def _dose(image: ImageHeader) -> dict[str, Any]:
    """Return dose and detector values: area dose is in dGy.cm2 (PS3.3 C.8.7.8)."""
    area_dose = image.number(tags.ImageAndFluoroscopyAreaDoseProduct)
    if not area_dose:
        other = image.number(tags.AcquiredImageAreaDoseProduct)
        area_dose = area_dose if other is None else other
    return {
        "dap_gym2": scaled(area_dose, 1e-5),
        "entrance_dose_mgy": _entrance_dose_mgy(image),
        "half_value_layer_mm": image.number(tags.HalfValueLayer),
        "exposure_index": image.number(tags.ExposureIndex),
        "target_exposure_index": image.number(tags.TargetExposureIndex),
        "deviation_index": image.number(tags.DeviationIndex),
        "relative_xray_exposure": image.number(tags.RelativeXRayExposure),
        "sensitivity": image.number(tags.Sensitivity),
    }


def _entrance_dose_mgy(image: ImageHeader) -> float | None:
    """Return (0040,8302) in mGy, else (0040,0302) in dGy, whose zero is but a rounded dose."""
    fine = image.number(tags.EntranceDoseInmGy)
    coarse = image.number(tags.EntranceDose)
    if fine or not coarse:
        return fine
    image.notes.append("Entrance dose is given in whole dGy only, by (0040,0302).")
    return scaled(coarse, 100.0)


def _filtration(image: ImageHeader) -> dict[str, Any]:
    kind = image.text(tags.FilterType)
    return {
        "filter_type": kind,
        "filters": filters(image),
        "grid": tuple(filter(None, image.text(tags.Grid).split("\\"))),
    }


def filters(image: ImageHeader) -> tuple[Filter, ...]:
    """Return the filters of the beam (PS3.3 C.8.7.10), minimum and maximum in order."""
    found: list[Filter] = []
    holders: Sequence[DataSet | ImageHeader] = image.items(tags.XRayFilterSequence) or [image]
    for item in holders:
        kind = item.text(tags.FilterType)
        if kind.upper() == "NONE":
            continue
        names = _names(item.text(tags.FilterMaterial))
        low = _thicknesses(item.text(tags.FilterThicknessMinimum))
        high = _thicknesses(item.text(tags.FilterThicknessMaximum))
        for n in range(max(len(names), len(low), len(high))):
            name = names[n] if n < len(names) else ""
            found.append(_filter(name, _at(low, n), _at(high, n), kind, image.notes))
    return tuple(found)


def _filter(
    name: str, low: float | None, high: float | None, kind: str, notes: list[str]
) -> Filter:
    if low is not None and high is not None and low > high:
        low, high = high, low
        notes.append("Minimum and maximum of a filter thickness were the wrong way round.")
    return Filter(material=material(name), thickness_min_mm=low, thickness_max_mm=high, type=kind)


def _at(values: list[float | None], n: int) -> float | None:
    return values[n] if n < len(values) else None


def _names(text: str) -> list[str]:
    """Return the materials; other separators than the backslash are met."""
    return [name for name in re.split(r"[\\,;+/]| AND ", text) if name.strip()]


def _thicknesses(text: str) -> list[float | None]:
    """Return thicknesses in mm; "1.06,0.206" is two values, "0,1" one with a decimal comma."""
    if "," in text and "." not in text and "\\" not in text:
        text = text.replace(",", ".")
    return [_thickness(part) for part in re.split(r"[\\,;]", text) if part.strip()]


def _thickness(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


_MATERIALS = {
    "AL": "Aluminum",
    "ALUMINIUM": "Aluminum",
    "CU": "Copper",
    "MO": "Molybdenum",
    "RH": "Rhodium",
    "AG": "Silver",
    "W": "Tungsten",
    "SN": "Tin",
    "PB": "Lead",
    "NB": "Niobium",
    "TI": "Titanium",
    "GD": "Gadolinium",
    "TA": "Tantalum",
    "ZR": "Zirconium",
}
"""Chemical symbols and a spelling, met where the standard wants English names (C.8.7.10)."""


def material(name: str) -> str:
    """Return the name of an anode or filter material as it is written in text."""
    name = name.strip()
    return _MATERIALS.get(name.upper(), name.capitalize())


def _geometry(image: ImageHeader) -> dict[str, Any]:
    return {
        "source_to_detector_mm": image.number(tags.DistanceSourceToDetector),
        "source_to_patient_mm": image.number(tags.DistanceSourceToPatient),
        "source_to_entrance_mm": image.number(tags.DistanceSourceToEntrance),
        "grid_focal_distance_mm": image.number(tags.GridFocalDistance),
        "primary_angle_deg": image.number(tags.PositionerPrimaryAngle),
        "secondary_angle_deg": image.number(tags.PositionerSecondaryAngle),
        "column_angulation_deg": image.number(tags.ColumnAngulation),
        "magnification": image.number(tags.EstimatedRadiographicMagnificationFactor),
        "mechanical_positioner_type": image.text(tags.PositionerType),
        "compressed_thickness_mm": image.number(tags.BodyPartThickness),
        "compression_force_n": image.number(tags.CompressionForce),
        "compression_pressure_kpa": image.number(tags.CompressionPressure),
    }


def _field(image: ImageHeader) -> dict[str, Any]:
    """Return the field of view, and its area as the best the object says of the beam's."""
    sides = image.numbers(tags.FieldOfViewDimensions) or image.numbers(
        tags.FieldOfViewDimensionsInFloat
    )
    shape = image.text(tags.FieldOfViewShape)
    area = _area_m2(sides, shape)
    return {
        "field_of_view_mm": sides,
        "field_of_view_shape": shape,
        "derived": {} if area is None else {"collimated_field_area_m2": area},
    }


def _area_m2(sides_mm: tuple[float, ...], shape: str) -> float | None:
    """Return the area of a rectangle, given two sides, or of a circle, given its diameter."""
    if shape.upper() == "ROUND" and sides_mm:
        return scaled(math.pi / 4 * sides_mm[0] ** 2, 1e-6)
    if shape.upper() in ("", "RECTANGLE") and len(sides_mm) >= 2:
        return scaled(sides_mm[0] * sides_mm[1], 1e-6)
    return None
