"""Radiopharmaceutical administrations and the images made of them (TID 10021–10024)."""

import datetime as dt

from kerma.records.base import Record


class OrganDose(Record, frozen=True):
    """Absorbed dose to an organ as the report gives it (TID 10023)."""

    organ: str = ""
    laterality: str = ""
    dose_mgy: float | None = None
    mass_g: float | None = None
    measurement_method: str = ""
    reference_authority: str = ""


class PatientCharacteristics(Record, frozen=True):
    """State of the patient at the administration (TID 10024)."""

    subject_age_years: float | None = None
    subject_sex: str = ""
    height_m: float | None = None
    weight_kg: float | None = None
    body_surface_area_m2: float | None = None
    body_surface_area_formula: str = ""
    body_mass_index_kg_per_m2: float | None = None
    body_mass_index_equation: str = ""
    glucose_mmol_per_l: float | None = None
    fasting_duration_h: float | None = None
    hydration_volume_ml: float | None = None
    recent_physical_activity: str = ""
    serum_creatinine_mg_per_dl: float | None = None
    glomerular_filtration_rate_ml_per_min_1_73m2: float | None = None
    glomerular_filtration_rate_method: str = ""
    patient_state: tuple[str, ...] = ()


class Administration(Record, frozen=True, tag_field="event_kind", tag="administration"):
    """One administration of a radiopharmaceutical (TID 10022, or the image's item)."""

    administration_event_uid: str = ""
    irradiation_event_uid: str = ""
    radiopharmaceutical: str = ""
    """Free text of the object."""
    radiopharmaceutical_agent: str = ""
    """Coded agent."""
    radionuclide: str = ""
    radionuclide_code: str = ""
    radionuclide_half_life_s: float | None = None
    radiopharmaceutical_specific_activity_bq_per_mol: float | None = None
    administered_activity_mbq: float | None = None
    pre_administration_measured_activity_mbq: float | None = None
    pre_administration_measured_at: dt.datetime | None = None
    post_administration_measured_activity_mbq: float | None = None
    post_administration_measured_at: dt.datetime | None = None
    start: dt.datetime | None = None
    stop: dt.datetime | None = None
    start_time: dt.time | None = None
    """Where the image gives only a time."""
    route: str = ""
    site: str = ""
    laterality: str = ""
    volume_cm3: float | None = None
    effective_dose_msv: float | None = None
    effective_dose_conversion_factor_msv_per_mbq: float | None = None
    organ_doses: tuple[OrganDose, ...] = ()
    estimated_extravasation_percent: float | None = None
    intravenous_extravasation_symptoms: tuple[str, ...] = ()
    associated_procedure: str = ""
    billing_code: str = ""
    """In words, as all coded values; the code itself is in `billing_code_value`."""
    billing_code_value: str = ""
    drug_product: str = ""
    brand_name: str = ""
    lot_id: str = ""
    dispense_unit_id: str = ""
    reagent_vial_id: str = ""
    radionuclide_vial_id: str = ""
    prescription_id: str = ""
    person: str = ""
    person_role: str = ""
    comment: str = ""


class EnergyWindow(Record, frozen=True):
    """One energy window of an NM or PET image."""

    name: str = ""
    lower_kev: float | None = None
    upper_kev: float | None = None


class Rotation(Record, frozen=True):
    """One item of the Rotation Information Sequence (0054,0052)."""

    start_angle_deg: float | None = None
    angular_step_deg: float | None = None
    direction: str = ""
    scan_arc_deg: float | None = None
    actual_frame_duration_ms: float | None = None
    frames: int | None = None
    table_traverse_mm: float | None = None
    table_height_mm: float | None = None


class Phase(Record, frozen=True):
    """One item of the Phase Information Sequence (0054,0032)."""

    frames: int | None = None
    frame_duration_ms: float | None = None
    delay_ms: float | None = None


class ImageSeries(Record, frozen=True):
    """What one NM or PET image series says of its acquisition; values that hold for the series."""

    series_instance_uid: str = ""
    series_description: str = ""
    series_date_time: dt.datetime | None = None
    number_of_slices: int | None = None
    frames: int | None = None
    units: str = ""
    counts_source: str = ""
    series_type: tuple[str, ...] = ()
    corrected_image: tuple[str, ...] = ()
    decay_correction: str = ""
    randoms_correction: str = ""
    attenuation_correction: str = ""
    scatter_correction: str = ""
    reconstruction_method: str = ""
    collimator: str = ""
    actual_frame_duration_ms: float | None = None
    frame_reference_time_ms: float | None = None
    decay_factor: float | None = None
    dose_calibration_factor: float | None = None
    scatter_fraction_factor: float | None = None
    coincidence_window_ns: float | None = None
    rr_intervals: int | None = None
    time_slots: int | None = None
    time_slices: int | None = None
    energy_windows: tuple[EnergyWindow, ...] = ()
    rotations: tuple[Rotation, ...] = ()
    phases: tuple[Phase, ...] = ()
    patient_orientation: str = ""
    patient_orientation_modifier: str = ""
    patient_gantry_relationship: str = ""
