"""Projection X-ray dose reports: fluoroscopy, radiography, mammography (PS3.16 TID 10001)."""

from pydicom.dataset import Dataset
from pydicom.uid import DigitalXRayImageStorageForPresentation, XRayRadiationDoseSRStorage

from kerma.demo.objects import header
from kerma.demo.terms import Triple, term
from kerma.dicom.write import (
    code,
    container,
    datetime_,
    dcm,
    document,
    has_concept_mod,
    image,
    num,
    text,
    uidref,
)
from kerma.records import Calibration, Filter, ProjectionEvent, StudyRecord, Totals

SOP_CLASS = str(XRayRadiationDoseSRStorage)

_ONE = ("1", "UCUM", "no units")
_PULSES_PER_S = ("{pulse}/s", "UCUM", "pulse/s")

_TOTALS: tuple[tuple[str, str, str, str | Triple], ...] = (
    ("dap_gym2", "113722", "Dose Area Product Total", "Gy.m2"),
    ("rp_dose_gy", "113725", "Dose (RP) Total", "Gy"),
    ("fluoro_dap_gym2", "113726", "Fluoro Dose Area Product Total", "Gy.m2"),
    ("fluoro_rp_dose_gy", "113728", "Fluoro Dose (RP) Total", "Gy"),
    ("fluoro_time_s", "113730", "Total Fluoro Time", "s"),
    ("acquisition_dap_gym2", "113727", "Acquisition Dose Area Product Total", "Gy.m2"),
    ("acquisition_rp_dose_gy", "113729", "Acquisition Dose (RP) Total", "Gy"),
    ("acquisition_time_s", "113855", "Total Acquisition Time", "s"),
    ("radiographic_frames", "113731", "Total Number of Radiographic Frames", _ONE),
)
"""Field, concept and unit of each total (TID 10004, 10006, 10007)."""

_NUMBERS: tuple[tuple[str, str, str, str | Triple, float], ...] = (
    ("dap_gym2", "122130", "Dose Area Product", "Gy.m2", 1),
    ("rp_dose_gy", "113738", "Dose (RP)", "Gy", 1),
    ("half_value_layer_mm", "111634", "Half Value Layer", "mm", 1),
    ("entrance_exposure_at_rp_mgy", "111636", "Entrance Exposure at RP", "mGy", 1),
    ("agd_mgy", "111631", "Average Glandular Dose", "mGy", 1),
    ("primary_angle_deg", "112011", "Positioner Primary Angle", "deg", 1),
    ("secondary_angle_deg", "112012", "Positioner Secondary Angle", "deg", 1),
    ("primary_end_angle_deg", "113739", "Positioner Primary End Angle", "deg", 1),
    ("secondary_end_angle_deg", "113740", "Positioner Secondary End Angle", "deg", 1),
    ("table_head_tilt_deg", "113754", "Table Head Tilt Angle", "deg", 1),
    ("table_horizontal_rotation_deg", "113755", "Table Horizontal Rotation Angle", "deg", 1),
    ("table_cradle_tilt_deg", "113756", "Table Cradle Tilt Angle", "deg", 1),
    ("collimated_field_area_m2", "113790", "Collimated Field Area", "m2", 1),
    ("collimated_field_height_mm", "113788", "Collimated Field Height", "mm", 1),
    ("collimated_field_width_mm", "113789", "Collimated Field Width", "mm", 1),
    ("pulse_rate_per_s", "113791", "Pulse Rate", _PULSES_PER_S, 1),
    ("number_of_pulses", "113768", "Number of Pulses", _ONE, 1),
    ("irradiation_duration_s", "113742", "Irradiation Duration", "s", 1),
    ("kvp", "113733", "KVP", "kV", 1),
    ("tube_current_ma", "113734", "X-Ray Tube Current", "mA", 1),
    ("exposure_time_ms", "113735", "Exposure Time", "ms", 1),
    ("pulse_width_ms", "113793", "Pulse Width", "ms", 1),
    ("exposure_mas", "113736", "Exposure", "uA.s", 1000),
    ("focal_spot_mm", "113766", "Focal Spot Size", "mm", 1),
    ("compressed_thickness_mm", "111633", "Compression Thickness", "mm", 1),
    ("compression_force_n", "111647", "Compression Force", "N", 1),
    ("source_to_detector_mm", "113750", "Distance Source to Detector", "mm", 1),
    ("source_to_isocenter_mm", "113748", "Distance Source to Isocenter", "mm", 1),
    ("source_to_reference_point_mm", "113737", "Distance Source to Reference Point", "mm", 1),
    ("table_longitudinal_mm", "113751", "Table Longitudinal Position", "mm", 1),
    ("table_lateral_mm", "113752", "Table Lateral Position", "mm", 1),
    ("table_height_mm", "113753", "Table Height Position", "mm", 1),
    ("exposure_index", "113845", "Exposure Index", _ONE, 1),
    ("target_exposure_index", "113846", "Target Exposure Index", _ONE, 1),
    ("deviation_index", "113847", "Deviation Index", _ONE, 1),
)
"""Field, concept, unit and factor from the field's unit, in the template's order (TID 10003)."""

_VALUES = {
    "kvp": "kvp_values",
    "tube_current_ma": "tube_current_ma_values",
    "pulse_width_ms": "pulse_width_ms_values",
    "exposure_mas": "exposure_mas_values",
    "exposure_time_ms": "exposure_time_ms_values",
}
"""Fields that may be given per pulse, and where a record keeps the pulses."""


FIELDS = (
    *[field for field, *_ in _NUMBERS],
    *_VALUES.values(),
    "irradiation_event_uid",
    "acquired_image_uids",
    "date_time_started",
    "acquisition_plane",
    "event_type",
    "acquisition_protocol",
    "target_region",
    "anatomical_structure",
    "laterality",
    "view",
    "patient_table_relationship",
    "patient_orientation",
    "patient_orientation_modifier",
    "reference_point_definition",
    "fluoro_mode",
    "filters",
    "anode_target",
    "grid",
    "device_manufacturer",
    "device_model",
    "device_serial_number",
)
"""Fields of an event that such a report says."""


def write(record: StudyRecord, old: bool) -> Dataset:
    """Return the report; codes are SNOMED-RT where `old`."""
    events = [event for event in record.events if isinstance(event, ProjectionEvent)]
    planes = record.totals.planes or (record.totals,)
    return document(
        container(
            dcm("113701", "X-Ray Radiation Dose Report"),
            header.procedure_reported(record, old),
            *header.observer(record),
            header.scope(record),
            *[_accumulated(totals, old) for totals in planes],
            *[_event(event, old) for event in events],
            *header.source_of_dose_information(record),
            template="10001",
        ),
        **header.attributes(record),
    )


def _plane(plane: str) -> Dataset:
    return has_concept_mod(code(dcm("113764", "Acquisition Plane"), term(plane)))


def _accumulated(totals: Totals, old: bool) -> Dataset:
    """Return the totals of one plane (TID 10002)."""
    return container(
        dcm("113702", "Accumulated X-Ray Dose Data"),
        _plane(totals.plane or "Single Plane"),
        _calibration(totals.calibration, old) if totals.calibration else None,
        *[
            num(dcm(value, meaning), getattr(totals, field), unit)
            for field, value, meaning, unit in _TOTALS
            if getattr(totals, field) is not None
        ],
        _glandular("Left breast", totals.agd_left_mgy, old),
        _glandular("Right breast", totals.agd_right_mgy, old),
        _reference_point(totals.reference_point_definition),
        template="10002",
    )


def _calibration(calibration: Calibration, old: bool) -> Dataset:
    party, percent = calibration.responsible_party, calibration.uncertainty_percent
    when = calibration.date_time
    return container(
        dcm("122505", "Calibration"),
        has_concept_mod(code(dcm("113794", "Dose Measurement Device"), term("Dosimeter", old))),
        datetime_(dcm("113723", "Calibration Date"), when) if when else None,
        num(dcm("122322", "Calibration Factor"), calibration.factor, _ONE),
        num(dcm("113763", "Calibration Uncertainty"), percent, "%"),
        text(dcm("113724", "Calibration Responsible Party"), party),
    )


def _glandular(breast: str, agd_mgy: float | None, old: bool) -> Dataset | None:
    """Return the accumulated dose of one breast (TID 10005)."""
    if agd_mgy is None:
        return None
    side = has_concept_mod(code(term("Laterality", old), term(breast, old)))
    return num(dcm("111637", "Accumulated Average Glandular Dose"), agd_mgy, "mGy", side)


def _reference_point(definition: str) -> Dataset | None:
    concept = dcm("113780", "Reference Point Definition")
    return code(concept, term(definition)) if definition else None


def _event(event: ProjectionEvent, old: bool) -> Dataset:
    """Return one irradiation event (TID 10003)."""
    when, protocol = event.date_time_started, event.acquisition_protocol
    return container(
        dcm("113706", "Irradiation Event X-Ray Data"),
        _plane(event.acquisition_plane),
        uidref(dcm("113769", "Irradiation Event UID"), event.irradiation_event_uid),
        datetime_(dcm("111526", "DateTime Started"), when) if when else None,
        code(dcm("113721", "Irradiation Event Type"), term(event.event_type, old, "projection")),
        text(dcm("125203", "Acquisition Protocol"), protocol) if protocol else None,
        _anatomy(event, old),
        code(dcm("111031", "Image View"), term(event.view, old)) if event.view else None,
        code(dcm("123014", "Target Region"), term(event.target_region, old)),
        *_position(event, old),
        _reference_point(event.reference_point_definition),
        code(dcm("113732", "Fluoro Mode"), term(event.fluoro_mode)) if event.fluoro_mode else None,
        *_numbers(event),
        *[_filter(each, old) for each in event.filters],
        *_material("111632", "Anode Target Material", event.anode_target, old),
        *[code(dcm("111635", "X-Ray Grid"), term(grid)) for grid in event.grid],
        *[
            image(dcm("113795", "Acquired Image"), DigitalXRayImageStorageForPresentation, uid)
            for uid in event.acquired_image_uids
        ],
        header.irradiating_device(
            event.device_manufacturer, event.device_model, event.device_serial_number
        ),
        template="10003",
    )


def _anatomy(event: ProjectionEvent, old: bool) -> Dataset | None:
    """Return the anatomical structure with its side."""
    if not event.anatomical_structure:
        return None
    side = event.laterality
    return code(
        term("Anatomical structure", old),
        term(event.anatomical_structure, old),
        has_concept_mod(code(term("Laterality", old), term(side, old))) if side else None,
    )


def _position(event: ProjectionEvent, old: bool) -> list[Dataset]:
    """Return how the patient lies on the table."""
    rows = []
    if event.patient_table_relationship:
        relation = term(event.patient_table_relationship, old)
        rows.append(code(dcm("113745", "Patient Table Relationship"), relation))
    if event.patient_orientation:
        modifier = term(event.patient_orientation_modifier, old)
        lying = code(
            dcm("113743", "Patient Orientation"),
            term(event.patient_orientation, old),
            has_concept_mod(code(dcm("113744", "Patient Orientation Modifier"), modifier)),
        )
        rows.append(lying)
    return rows


def _numbers(event: ProjectionEvent) -> list[Dataset]:
    """Return the NUM rows of an event; where there are values per pulse, one row for each."""
    rows = []
    for field, value, meaning, unit, factor in _NUMBERS:
        single = getattr(event, field)
        pulses = getattr(event, _VALUES.get(field, ""), ()) or (single,)
        for given in pulses:
            if given is not None:
                rows.append(num(dcm(value, meaning), given * factor, unit))
    return rows


def _filter(each: Filter, old: bool) -> Dataset:
    """Return one filter (TID 10003B)."""
    return container(
        dcm("113771", "X-Ray Filters"),
        code(dcm("113772", "X-Ray Filter Type"), term(each.type)),
        *_material("113757", "X-Ray Filter Material", each.material, old),
        num(dcm("113758", "X-Ray Filter Thickness Minimum"), each.thickness_min_mm, "mm"),
        num(dcm("113773", "X-Ray Filter Thickness Maximum"), each.thickness_max_mm, "mm"),
    )


def _material(value: str, meaning: str, material: str, old: bool) -> list[Dataset]:
    return [code(dcm(value, meaning), term(material, old))] if material else []
