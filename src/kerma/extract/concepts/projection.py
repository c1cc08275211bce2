"""Concepts of projection X-ray dose reports (PS3.16 TID 10001 to 10008, 10040 to 10049)."""

from kerma.dicom.codes import Key, dcm, sct

ACQUISITION_PLANE = dcm("113764")

CALIBRATION = dcm("122505")
DOSE_MEASUREMENT_DEVICE = dcm("113794")
CALIBRATION_DATE_TIME = dcm("113723")
CALIBRATION_FACTOR = dcm("122322")
CALIBRATION_UNCERTAINTY = dcm("113763")
CALIBRATION_RESPONSIBLE_PARTY = dcm("113724")
CALIBRATION_PROTOCOL = dcm("113720")

TOTALS: dict[str, tuple[Key, str]] = {
    "dap_gym2": (dcm("113722"), "Gy.m2"),
    "rp_dose_gy": (dcm("113725"), "Gy"),
    "fluoro_dap_gym2": (dcm("113726"), "Gy.m2"),
    "fluoro_rp_dose_gy": (dcm("113728"), "Gy"),
    "fluoro_time_s": (dcm("113730"), "s"),
    "acquisition_dap_gym2": (dcm("113727"), "Gy.m2"),
    "acquisition_rp_dose_gy": (dcm("113729"), "Gy"),
    "acquisition_time_s": (dcm("113855"), "s"),
    "radiographic_frames": (dcm("113731"), "1"),
}
"""Field -> row and its unit: TID 10004, 10006, 10007."""
ACCUMULATED_AGD = dcm("111637")

EVENT_TYPE = dcm("113721")
FLUOROSCOPY = sct("44491008")
FLUOROSCOPY_AND_RADIOGRAPHY = sct("169014003")
PLAIN_RADIOGRAPHY = sct("168537006")
DENTAL_RADIOGRAPHY = sct("1290849002")
ROTATIONAL_ACQUISITION = dcm("113613")
FLUOROSCOPY_GUIDED_SYSTEM = dcm("113957")
INTEGRATED_SYSTEM = dcm("113958")
CASSETTE_BASED_SYSTEM = dcm("113959")
EVENT_LABEL = dcm("113605")
ANATOMICAL_STRUCTURE = sct("91723000")
IMAGE_VIEW = dcm("111031")
IMAGE_VIEW_MODIFIER = dcm("111032")
PROJECTION_EPONYMOUS_NAME = dcm("113946")
PATIENT_TABLE_RELATIONSHIP = dcm("113745")
PATIENT_ORIENTATION = dcm("113743")
PATIENT_ORIENTATION_MODIFIER = dcm("113744")
REFERENCE_POINT_DEFINITION = dcm("113780")
ACQUIRED_IMAGE = dcm("113795")
FLUORO_MODE = dcm("113732")
ANODE_TARGET_MATERIAL = dcm("111632")
X_RAY_GRID = dcm("111635")
MECHANICAL_CONFIGURATION = dcm("113956")
REPEATED_ACQUISITION = dcm("128551")
REASON_FOR_REPEATING = dcm("128552")
REJECTED_ACQUISITION = dcm("130503")
REASON_FOR_REJECTING = dcm("130504")

DISTANCE_SOURCE_TO_REFERENCE_POINT = dcm("113737")
EXPOSURE_TIME = dcm("113824")
EXPOSURE_TIME_FORMER = dcm("113735")
"""Retired, and written by devices that follow the editions before 2010."""

NUMBERS: dict[str, tuple[Key, str]] = {
    "dap_gym2": (dcm("122130"), "Gy.m2"),
    "rp_dose_gy": (dcm("113738"), "Gy"),
    "entrance_exposure_at_rp_mgy": (dcm("111636"), "mGy"),
    "agd_mgy": (dcm("111631"), "mGy"),
    "half_value_layer_mm": (dcm("111634"), "mm"),
    "percent_fibroglandular": (dcm("111046"), "%"),
    "exposure_index": (dcm("113845"), "1"),
    "target_exposure_index": (dcm("113846"), "1"),
    "deviation_index": (dcm("113847"), "1"),
    "pulse_rate_per_s": (dcm("113791"), "{pulse}/s"),
    "number_of_pulses": (dcm("113768"), "1"),
    "irradiation_duration_s": (dcm("113742"), "s"),
    "average_tube_current_ma": (dcm("113767"), "mA"),
    "focal_spot_mm": (dcm("113766"), "mm"),
    "collimated_field_area_m2": (dcm("113790"), "m2"),
    "collimated_field_height_mm": (dcm("113788"), "mm"),
    "collimated_field_width_mm": (dcm("113789"), "mm"),
    "primary_angle_deg": (dcm("112011"), "deg"),
    "secondary_angle_deg": (dcm("112012"), "deg"),
    "primary_end_angle_deg": (dcm("113739"), "deg"),
    "secondary_end_angle_deg": (dcm("113740"), "deg"),
    "column_angulation_deg": (dcm("113770"), "deg"),
    "isocenter_primary_angle_deg": (dcm("128757"), "deg"),
    "isocenter_secondary_angle_deg": (dcm("128758"), "deg"),
    "isocenter_detector_rotation_deg": (dcm("128759"), "deg"),
    "isocenter_primary_end_angle_deg": (dcm("128760"), "deg"),
    "isocenter_secondary_end_angle_deg": (dcm("128761"), "deg"),
    "isocenter_detector_rotation_end_deg": (dcm("128762"), "deg"),
    "source_to_isocenter_mm": (dcm("113748"), "mm"),
    "source_to_detector_mm": (dcm("113750"), "mm"),
    "source_to_reference_point_mm": (DISTANCE_SOURCE_TO_REFERENCE_POINT, "mm"),
    "source_to_table_plane_mm": (dcm("113792"), "mm"),
    "table_longitudinal_mm": (dcm("113751"), "mm"),
    "table_lateral_mm": (dcm("113752"), "mm"),
    "table_height_mm": (dcm("113753"), "mm"),
    "table_longitudinal_end_mm": (dcm("113759"), "mm"),
    "table_lateral_end_mm": (dcm("113760"), "mm"),
    "table_height_end_mm": (dcm("113761"), "mm"),
    "table_x_to_isocenter_mm": (dcm("128766"), "mm"),
    "table_y_to_isocenter_mm": (dcm("128767"), "mm"),
    "table_z_to_isocenter_mm": (dcm("128768"), "mm"),
    "table_x_end_to_isocenter_mm": (dcm("128769"), "mm"),
    "table_y_end_to_isocenter_mm": (dcm("128770"), "mm"),
    "table_z_end_to_isocenter_mm": (dcm("128771"), "mm"),
    "table_head_tilt_deg": (dcm("113754"), "deg"),
    "table_horizontal_rotation_deg": (dcm("113755"), "deg"),
    "table_cradle_tilt_deg": (dcm("113756"), "deg"),
    "compressed_thickness_mm": (dcm("111633"), "mm"),
    "patient_equivalent_thickness_mm": (dcm("111638"), "mm"),
    "compression_force_n": (dcm("111647"), "N"),
    "compression_pressure_kpa": (dcm("111648"), "kPa"),
    "compression_contact_area_mm2": (dcm("111649"), "mm2"),
}
"""Field -> row and its unit, of which an event has one: TID 10003, 10003A to 10003C, 10008."""
PER_PULSE: dict[str, tuple[Key, str]] = {
    "kvp": (dcm("113733"), "kV"),
    "tube_current_ma": (dcm("113734"), "mA"),
    "pulse_width_ms": (dcm("113793"), "ms"),
    "exposure_mas": (dcm("113736"), "uA.s"),
    "exposure_time_ms": (EXPOSURE_TIME, "ms"),
}
"""Field -> row and the template's unit, given once or for every pulse: TID 10003B."""

FILTERS = dcm("113771")
FILTER_TYPE = dcm("113772")
FILTER_MATERIAL = dcm("113757")
FILTER_THICKNESS = dcm("130509")
FILTER_THICKNESS_MINIMUM = dcm("113758")
FILTER_THICKNESS_MAXIMUM = dcm("113773")

X_RAY_SOURCE_ID = dcm("113832")
