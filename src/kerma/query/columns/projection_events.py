"""Projection X-ray events as the study page lists them; `path` names the field of the record."""

from kerma.query.columns.base import Column

CGYCM2 = 1e6
"""cGy·cm² per Gy·m²."""

MGY = 1e3
"""mGy per Gy."""

_PROTOCOL = Column("acquisition_protocol", "Protocol", "acquisition_protocol", sub="event_type",
                   priority=1)  # fmt: skip
_TYPE = Column("event_type", "Type", "event_type")
_STANDARD = Column("standard_name", "Standard name", "standard_name", priority=3,
                   explanation="What the site calls the acquisition")  # fmt: skip
_TIME = Column("date_time_started", "Time", "date_time_started", kind="clock", priority=1)
_DAP = Column("dap_gym2", "DAP", "dap_gym2", "cGy·cm²", "bar", CGYCM2, priority=1)
_KVP = Column("kvp", "kVp", "kvp", "", "per_pulse", priority=1)
_CURRENT = Column("tube_current_ma", "Current", "tube_current_ma", "mA", "per_pulse", priority=1)
_MAS = Column("exposure_mas", "Exposure", "exposure_mas", "mAs", "per_pulse", priority=1)
_EXPOSURE_TIME = Column(
    "exposure_time_ms", "Exposure time", "exposure_time_ms", "ms", "per_pulse", priority=2,
    explanation="Time the beam was on",
)  # fmt: skip
_FILTERS = Column("filters", "Filter", "filters", "mm", "filters", priority=3)
_ANGLES = Column("primary_angle_deg", "Angles", "primary_angle_deg", "°", "angles", priority=1,
                 explanation="Positioner primary and secondary angle")  # fmt: skip
_FIELD = Column("collimated_field_area_m2", "Field", "collimated_field_area_m2", "cm", "field",
                priority=3, explanation="Collimated field")  # fmt: skip
_SDD = Column("source_to_detector_mm", "SDD", "source_to_detector_mm", "mm", "number", priority=3,
              explanation="Distance from source to detector")  # fmt: skip

RF_EVENTS = (
    _PROTOCOL, _TYPE, _STANDARD, _TIME,
    Column("acquisition_plane", "Plane", "acquisition_plane", kind="plane", priority=1),
    _ANGLES, _DAP,
    Column("rp_dose_gy", "Dose at RP", "rp_dose_gy", "mGy", "bar", MGY, priority=1),
    Column("pulse_rate_per_s", "Rate", "pulse_rate_per_s", "1/s", "number",
           sub="number_of_pulses", priority=1, explanation="Pulse rate, and number of pulses"),
    Column("number_of_pulses", "Pulses", "number_of_pulses", "", "pulses"),
    Column("pulse_width_ms", "Pulse", "pulse_width_ms", "ms", "per_pulse", priority=2),
    _KVP, _CURRENT, _EXPOSURE_TIME,
    Column("irradiation_duration_s", "Duration", "irradiation_duration_s", "s", "number",
           priority=1, explanation="Time the pedal was pressed"),
    _FILTERS, _FIELD,
)  # fmt: skip

DX_EVENTS = (
    _PROTOCOL, _TYPE, _STANDARD, _TIME,
    Column("anatomical_structure", "Anatomy", "anatomical_structure", kind="anatomy",
           sub="laterality", priority=1),
    Column("laterality", "Side", "laterality"),
    Column("view", "View", "view", kind="view", priority=2),
    _DAP,
    Column("exposure_index", "EI", "exposure_index", "", "number", priority=1,
           explanation="Exposure index (IEC 62494-1)"),
    Column("target_exposure_index", "Target EI", "target_exposure_index", "", "number",
           priority=2),
    Column("deviation_index", "DI", "deviation_index", "", "number", priority=1,
           explanation="Deviation index: 10 log10(EI / target EI)"),
    _KVP, _MAS, _CURRENT, _EXPOSURE_TIME, _FILTERS,
    Column("grid", "Grid", "grid", kind="list", priority=3), _SDD,
)  # fmt: skip

MG_EVENTS = (
    Column("view", "View", "view", kind="breast_view", sub="acquisition_protocol", priority=1),
    Column("acquisition_protocol", "Protocol", "acquisition_protocol"),
    _STANDARD, _TIME,
    Column("agd_mgy", "AGD", "agd_mgy", "mGy", "bar", priority=1,
           explanation="Average glandular dose"),
    Column("computed_agd_mgy", "AGD computed", "computed_agd_mgy", "mGy", "number", priority=3,
           explanation="Average glandular dose, computed by Kerma"),
    Column("entrance_exposure_at_rp_mgy", "Entrance dose", "entrance_exposure_at_rp_mgy", "mGy",
           "number", priority=1, explanation="Entrance exposure at the reference point"),
    _KVP, _CURRENT, _MAS, _EXPOSURE_TIME,
    Column("anode_target", "Target", "anode_target", kind="target", priority=2),
    _FILTERS,
    Column("compressed_thickness_mm", "Thickness", "compressed_thickness_mm", "mm", "number",
           priority=1),
    Column("compression_force_n", "Force", "compression_force_n", "N", "number", priority=2),
    Column("focal_spot_mm", "Focal spot", "focal_spot_mm", "mm", "number", priority=3),
    Column("exposure_control_mode", "Mode", "exposure_control_mode", priority=3,
           explanation="Exposure control mode"),
    Column("magnification", "Magn.", "magnification", "", "number", priority=3),
    Column("percent_fibroglandular", "Gland.", "percent_fibroglandular", "%", "number",
           priority=3, explanation="Fibroglandular tissue"),
)  # fmt: skip
"""TID 10003 in three readings. Values of no column are listed below the table."""
