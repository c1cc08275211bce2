"""Irradiation events and administrations: a column for what is asked, `more` for the rest.

Columns are named as the fields of the records; the saver maps them by name. Charts and exports
read these tables without joining: every event carries the system and the date of its study.
"""

from django.db import models

from kerma.store.models.fields import LocalDateTimeField, number, text, whole
from kerma.store.models.studies import Study
from kerma.store.models.systems import System


class Event(models.Model):
    """What every event has."""

    study = models.ForeignKey(
        Study, on_delete=models.CASCADE, related_name="%(class)ss", db_index=False
    )
    system = models.ForeignKey(
        System, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    """That of the study, which protects it."""
    study_date = models.DateField(null=True)
    ordinal = models.IntegerField()
    """Place in the merged record, from 1."""
    irradiation_event_uid = text()
    comment = text()
    computed = models.JSONField(default=dict)
    """How the computed values were found: method, set of coefficients, inputs."""
    more = models.JSONField(default=dict)
    """All other fields of the record that have a value."""

    class Meta:
        abstract = True


class CtEvent(Event):
    """One CT irradiation event (PS3.16 TID 10013)."""

    date_time_started = LocalDateTimeField(null=True)
    acquisition_protocol = text()
    standard_name = text()
    """That of the acquisition protocol."""
    target_region = text()
    acquisition_type = text()
    acquisition_type_code = text()
    procedure_context = text()
    exposure_time_s = number()
    scanning_length_mm = number()
    exposed_range_mm = number()
    slice_thickness_mm = number()
    nominal_single_collimation_mm = number()
    nominal_total_collimation_mm = number()
    pitch = number()
    number_of_xray_sources = whole()
    kvp = number()
    tube_current_ma = number()
    max_tube_current_ma = number()
    rotation_time_s = number()
    ctdivol_mgy = number()
    dlp_mgycm = number()
    phantom_type = text()
    modulation_type = text()
    water_equivalent_diameter_mm = number()
    ssde_mgy = number()
    ssde_method = text()
    effective_dose_msv = number()
    computed_ssde_mgy = number()
    computed_effective_dose_msv = number()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "ordinal"], name="ct_event_identity")
        ]

    def __str__(self) -> str:
        return f"{self.acquisition_type} {self.acquisition_protocol}"


class ProjectionEvent(Event):
    """One event of fluoroscopy, radiography or mammography (TID 10003)."""

    modality = models.CharField(max_length=2)
    image_uid = text()
    date_time_started = LocalDateTimeField(null=True)
    acquisition_plane = text()
    event_type = text()
    event_type_code = text()
    acquisition_protocol = text()
    standard_name = text()
    """That of the acquisition protocol."""
    target_region = text()
    body_part = text()
    anatomical_structure = text()
    laterality = text()
    view = text()
    view_code = text()
    primary_angle_deg = number()
    secondary_angle_deg = number()
    primary_end_angle_deg = number()
    secondary_end_angle_deg = number()
    collimated_field_area_m2 = number()
    collimated_field_height_mm = number()
    collimated_field_width_mm = number()
    field_of_view_mm = models.JSONField(null=True)
    dap_gym2 = number()
    rp_dose_gy = number()
    entrance_exposure_at_rp_mgy = number()
    entrance_dose_mgy = number()
    fluoro_mode = text()
    pulse_rate_per_s = number()
    number_of_pulses = number()
    irradiation_duration_s = number()
    exposure_time_ms = number()
    kvp = number()
    tube_current_ma = number()
    average_tube_current_ma = number()
    pulse_width_ms = number()
    exposure_mas = number()
    filter_type = text()
    filters = models.JSONField(null=True)
    focal_spot_mm = number()
    anode_target = text()
    grid = models.JSONField(null=True)
    half_value_layer_mm = number()
    source_to_isocenter_mm = number()
    source_to_detector_mm = number()
    source_to_patient_mm = number()
    table_height_mm = number()
    exposure_index = number()
    target_exposure_index = number()
    deviation_index = number()
    relative_xray_exposure = number()
    sensitivity = number()
    exposure_control_mode = text()
    agd_mgy = number()
    computed_agd_mgy = number()
    compressed_thickness_mm = number()
    compression_force_n = number()
    percent_fibroglandular = number()
    magnification = number()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "ordinal"], name="projection_event_identity")
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.acquisition_protocol}"


class Administration(Event):
    """One administration of a radiopharmaceutical (TID 10022)."""

    administration_event_uid = text()
    radiopharmaceutical = text()
    radiopharmaceutical_agent = text()
    radionuclide = text()
    radionuclide_code = text()
    radionuclide_half_life_s = number()
    administered_activity_mbq = number()
    pre_administration_measured_activity_mbq = number()
    pre_administration_measured_at = LocalDateTimeField(null=True)
    post_administration_measured_activity_mbq = number()
    post_administration_measured_at = LocalDateTimeField(null=True)
    start = LocalDateTimeField(null=True)
    stop = LocalDateTimeField(null=True)
    start_time = models.TimeField(null=True)
    route = text()
    site = text()
    laterality = text()
    volume_cm3 = number()
    effective_dose_msv = number()
    computed_effective_dose_msv = number()
    organ_doses = models.JSONField(null=True)
    person = text()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "ordinal"], name="administration_identity")
        ]

    def __str__(self) -> str:
        return f"{self.radiopharmaceutical_agent or self.radiopharmaceutical} {self.radionuclide}"
