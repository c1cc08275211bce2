"""Projection X-ray irradiation events: fluoroscopy, radiography, mammography (TID 10003)."""

import datetime as dt

from kerma.records.base import Record


class Filter(Record, frozen=True):
    """One X-ray filter (TID 10003B)."""

    material: str = ""
    material_code: str = ""
    thickness_min_mm: float | None = None
    thickness_max_mm: float | None = None
    type: str = ""


class ProjectionEvent(Record, frozen=True, tag_field="event_kind", tag="projection"):
    """One irradiation event of a projection X-ray system (TID 10003, 10003A–C, 10004–10006).

    Where a value is given per pulse, `…_values` holds them and the plain field their mean
    without zeros.
    """

    irradiation_event_uid: str = ""
    irradiation_event_label: str = ""
    image_uid: str = ""
    """SOP Instance UID of the image the event was read from; empty for reports."""
    acquired_image_uids: tuple[str, ...] = ()
    date_time_started: dt.datetime | None = None
    acquisition_plane: str = ""
    event_type: str = ""
    event_type_code: str = ""
    acquisition_protocol: str = ""
    series_description: str = ""
    target_region: str = ""
    body_part: str = ""
    anatomical_structure: str = ""
    anatomical_structure_code: str = ""
    laterality: str = ""
    view: str = ""
    view_code: str = ""
    view_modifiers: tuple[str, ...] = ()
    view_position: str = ""
    presentation_intent: str = ""
    image_type: tuple[str, ...] = ()
    projection_eponymous_name: str = ""
    patient_table_relationship: str = ""
    patient_orientation: str = ""
    patient_orientation_modifier: str = ""
    primary_angle_deg: float | None = None
    secondary_angle_deg: float | None = None
    primary_end_angle_deg: float | None = None
    secondary_end_angle_deg: float | None = None
    column_angulation_deg: float | None = None
    collimated_field_area_m2: float | None = None
    collimated_field_height_mm: float | None = None
    collimated_field_width_mm: float | None = None
    field_of_view_mm: tuple[float, ...] = ()
    field_of_view_shape: str = ""
    dap_gym2: float | None = None
    rp_dose_gy: float | None = None
    reference_point_definition: str = ""
    reference_point_definition_code: str = ""
    entrance_exposure_at_rp_mgy: float | None = None
    entrance_dose_mgy: float | None = None
    fluoro_mode: str = ""
    pulse_rate_per_s: float | None = None
    number_of_pulses: float | None = None
    irradiation_duration_s: float | None = None
    exposure_time_ms: float | None = None
    kvp: float | None = None
    kvp_values: tuple[float, ...] = ()
    tube_current_ma: float | None = None
    tube_current_ma_values: tuple[float, ...] = ()
    average_tube_current_ma: float | None = None
    pulse_width_ms: float | None = None
    pulse_width_ms_values: tuple[float, ...] = ()
    exposure_mas: float | None = None
    exposure_mas_values: tuple[float, ...] = ()
    exposure_time_ms_values: tuple[float, ...] = ()
    filter_type: str = ""
    filters: tuple[Filter, ...] = ()
    focal_spot_mm: float | None = None
    anode_target: str = ""
    grid: tuple[str, ...] = ()
    grid_focal_distance_mm: float | None = None
    half_value_layer_mm: float | None = None
    source_to_isocenter_mm: float | None = None
    source_to_detector_mm: float | None = None
    source_to_reference_point_mm: float | None = None
    source_to_patient_mm: float | None = None
    source_to_entrance_mm: float | None = None
    table_to_detector_mm: float | None = None
    table_longitudinal_mm: float | None = None
    table_lateral_mm: float | None = None
    table_height_mm: float | None = None
    table_longitudinal_end_mm: float | None = None
    table_lateral_end_mm: float | None = None
    table_height_end_mm: float | None = None
    table_head_tilt_deg: float | None = None
    table_cradle_tilt_deg: float | None = None
    table_horizontal_rotation_deg: float | None = None
    exposure_index: float | None = None
    target_exposure_index: float | None = None
    deviation_index: float | None = None
    relative_xray_exposure: float | None = None
    sensitivity: float | None = None
    exposure_control_mode: str = ""
    exposure_control_mode_description: str = ""
    acquisition_device_processing_description: str = ""
    comments_on_radiation_dose: str = ""
    agd_mgy: float | None = None
    compressed_thickness_mm: float | None = None
    radiological_thickness_mm: float | None = None
    patient_equivalent_thickness_mm: float | None = None
    compression_force_n: float | None = None
    compression_pressure_kpa: float | None = None
    percent_fibroglandular: float | None = None
    magnification: float | None = None
    mechanical_configuration: str = ""
    mechanical_positioner_type: str = ""
    derived: dict[str, float | str] = {}
    """Values worked out from others, e.g. the collimated field area from the field of view."""
    vendor_private: dict[str, str | float | list[float]] = {}
    comment: str = ""
    device_manufacturer: str = ""
    device_model: str = ""
    device_serial_number: str = ""
    device_observer_uid: str = ""
    operator: str = ""
    date_time_ended: dt.datetime | None = None
    source_to_table_plane_mm: float | None = None
    compression_contact_area_mm2: float | None = None
    isocenter_primary_angle_deg: float | None = None
    isocenter_secondary_angle_deg: float | None = None
    isocenter_detector_rotation_deg: float | None = None
    isocenter_primary_end_angle_deg: float | None = None
    isocenter_secondary_end_angle_deg: float | None = None
    isocenter_detector_rotation_end_deg: float | None = None
    table_x_to_isocenter_mm: float | None = None
    table_y_to_isocenter_mm: float | None = None
    table_z_to_isocenter_mm: float | None = None
    table_x_end_to_isocenter_mm: float | None = None
    table_y_end_to_isocenter_mm: float | None = None
    table_z_end_to_isocenter_mm: float | None = None
    xray_source_id: str = ""
    repeated: str = ""
    """Whether the acquisition repeats another, as the object says it."""
    reason_for_repeating: str = ""
    rejected: str = ""
    reason_for_rejecting: str = ""
