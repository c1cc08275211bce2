"""CT irradiation events (PS3.16 TID 10013, 10014, 10015)."""

from kerma.records.base import Record


class CtSource(Record, frozen=True):
    """X-ray source parameters of one tube (TID 10014)."""

    source_id: str = ""
    kvp: float | None = None
    tube_current_ma: float | None = None
    max_tube_current_ma: float | None = None
    rotation_time_s: float | None = None
    aluminum_equivalent_mm: float | None = None


class DoseCheck(Record, frozen=True):
    """CT dose check details (TID 10015), alert and notification in one row."""

    dlp_alert_configured: bool | None = None
    ctdivol_alert_configured: bool | None = None
    dlp_alert_value_mgycm: float | None = None
    ctdivol_alert_value_mgy: float | None = None
    accumulated_dlp_forward_estimate_mgycm: float | None = None
    accumulated_ctdivol_forward_estimate_mgy: float | None = None
    alert_reason: str = ""
    alert_person_name: str = ""
    alert_person_role: str = ""
    dlp_notification_configured: bool | None = None
    ctdivol_notification_configured: bool | None = None
    dlp_notification_value_mgycm: float | None = None
    ctdivol_notification_value_mgy: float | None = None
    dlp_forward_estimate_mgycm: float | None = None
    ctdivol_forward_estimate_mgy: float | None = None
    notification_reason: str = ""
    notification_person_name: str = ""
    notification_person_role: str = ""


class CtEvent(Record, frozen=True, tag_field="event_kind", tag="ct"):
    """One CT irradiation event (TID 10013)."""

    irradiation_event_uid: str = ""
    irradiation_event_label: str = ""
    date_time_started: str = ""
    """ISO 8601 local time; CT reports seldom say it."""
    acquisition_protocol: str = ""
    target_region: str = ""
    target_region_code: str = ""
    acquisition_type: str = ""
    acquisition_type_code: str = ""
    procedure_context: str = ""
    exposure_time_s: float | None = None
    scanning_length_mm: float | None = None
    length_of_reconstructable_volume_mm: float | None = None
    exposed_range_mm: float | None = None
    top_z_location_of_reconstructable_volume_mm: float | None = None
    bottom_z_location_of_reconstructable_volume_mm: float | None = None
    top_z_location_of_scanning_length_mm: float | None = None
    bottom_z_location_of_scanning_length_mm: float | None = None
    frame_of_reference_uid: str = ""
    slice_thickness_mm: float | None = None
    nominal_single_collimation_mm: float | None = None
    nominal_total_collimation_mm: float | None = None
    pitch: float | None = None
    number_of_xray_sources: int | None = None
    kvp: float | None = None
    tube_current_ma: float | None = None
    max_tube_current_ma: float | None = None
    rotation_time_s: float | None = None
    sources: tuple[CtSource, ...] = ()
    """All sources, also when there is one."""
    ctdivol_mgy: float | None = None
    dlp_mgycm: float | None = None
    phantom_type: str = ""
    phantom_type_code: str = ""
    ctdi_freeair_calculation_factor_mgy_per_mas: float | None = None
    mean_ctdi_freeair_mgy: float | None = None
    effective_dose_msv: float | None = None
    effective_dose_method: str = ""
    effective_dose_conversion_factor_msv_per_mgycm: float | None = None
    modulation_type: str = ""
    water_equivalent_diameter_mm: float | None = None
    ssde_mgy: float | None = None
    ssde_method: str = ""
    dose_check: DoseCheck | None = None
    comment: str = ""
    estimated_dose_saving_percent: float | None = None
    filter_type: str = ""
    filter_materials: tuple[str, ...] = ()
    series_number: int | None = None
    slice_location_mm: float | None = None
    acquisition_type_in_file: str = ""
    device_manufacturer: str = ""
    device_model: str = ""
    device_serial_number: str = ""
    device_observer_uid: str = ""
    operator: str = ""
    irradiation_event_label_type: str = ""
    reconstruction_algorithms: tuple[str, ...] = ()
    is_repeated_acquisition: bool | None = None
    reason_for_repeating: str = ""
    water_equivalent_diameter_method: str = ""
    measured_lateral_dimension_mm: float | None = None
    measured_ap_dimension_mm: float | None = None
    derived_effective_diameter_mm: float | None = None
