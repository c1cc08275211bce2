"""Administrations and image series as the study page lists them; `path` names the field."""

from kerma.query.columns.base import Column

NM_EVENTS = (
    Column("radiopharmaceutical", "Radiopharmaceutical", "radiopharmaceutical", kind="agent",
           sub="radionuclide", priority=1),
    Column("radionuclide", "Radionuclide", "radionuclide"),
    Column("administered_activity_mbq", "Activity", "administered_activity_mbq", "MBq", "number",
           priority=1),
    Column("start", "Start", "start", kind="start", priority=1),
    Column("stop", "Stop", "stop", kind="clock", priority=2),
    Column("route", "Route", "route", sub="site", priority=1),
    Column("site", "Site", "site"),
    Column("volume_cm3", "Volume", "volume_cm3", "cm³", "number", priority=2),
    Column("effective_dose_msv", "Effective dose", "effective_dose_msv", "mSv", "number",
           priority=1, explanation="As the report gives it"),
    Column("computed_effective_dose_msv", "E computed", "computed_effective_dose_msv", "mSv",
           "number", priority=3,
           explanation="Effective dose, computed by Kerma: not for individual patients"),
    Column("pre_administration_measured_activity_mbq", "Before",
           "pre_administration_measured_activity_mbq", "MBq", "number", priority=3,
           explanation="Activity in the dose calibrator before the administration"),
    Column("post_administration_measured_activity_mbq", "After",
           "post_administration_measured_activity_mbq", "MBq", "number", priority=3,
           explanation="Activity in the dose calibrator after the administration"),
)  # fmt: skip
"""TID 10022. Values of no column are listed below the table."""

SERIES = (
    Column("series_description", "Series", "series_description", sub="series_date_time",
           priority=1),
    Column("series_date_time", "Time", "series_date_time", kind="moment"),
    Column("number_of_slices", "Slices", "number_of_slices", "", "whole", priority=1),
    Column("frames", "Frames", "frames", "", "whole", priority=3),
    Column("reconstruction_method", "Reconstruction", "reconstruction_method", priority=1),
    Column("corrected_image", "Corrections", "corrected_image", kind="list", priority=1),
    Column("collimator", "Collimator", "collimator", priority=3),
    Column("actual_frame_duration_ms", "Frame time", "actual_frame_duration_ms", "s", "number",
           1e-3, priority=2),
    Column("units", "Units", "units", priority=3),
    Column("energy_windows", "Energy windows", "energy_windows", "keV", "windows", priority=2),
)  # fmt: skip
"""PET and NM image series of the study."""

ORGAN_DOSES = (
    Column("organ", "Organ", "organ", sub="laterality", priority=1),
    Column("laterality", "Side", "laterality"),
    Column("dose_mgy", "Dose", "dose_mgy", "mGy", "number", priority=1),
    Column("mass_g", "Mass", "mass_g", "g", "number", priority=1),
    Column("measurement_method", "Method", "measurement_method", priority=2),
    Column("reference_authority", "Authority", "reference_authority", priority=3),
)  # fmt: skip
"""TID 10023."""
