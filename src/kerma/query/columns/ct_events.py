"""CT irradiation events as the study page lists them; `path` names the field of the record."""

from kerma.query.columns.base import Column

CT_EVENTS = (
    Column("acquisition_protocol", "Protocol", "acquisition_protocol", sub="acquisition_type",
           priority=1),
    Column("acquisition_type", "Type", "acquisition_type"),
    Column("target_region", "Region", "target_region", sub="procedure_context", priority=3),
    Column("procedure_context", "Context", "procedure_context"),
    Column("ctdivol_mgy", "CTDIvol", "ctdivol_mgy", "mGy", "number", priority=1),
    Column("dlp_mgycm", "DLP", "dlp_mgycm", "mGy·cm", "number", priority=1),
    Column("scanning_length_mm", "Scan length", "scanning_length_mm", "mm", "number", priority=1),
    Column("kvp", "kVp", "kvp", "", "per_source", priority=1),
    Column("tube_current_ma", "Current", "tube_current_ma", "mA", "per_source", priority=1),
    Column("max_tube_current_ma", "Max current", "max_tube_current_ma", "mA", "per_source",
           priority=2),
    Column("rotation_time_s", "Rotation", "rotation_time_s", "s", "per_source", priority=2,
           explanation="Exposure time per rotation"),
    Column("pitch", "Pitch", "pitch", "", "number", priority=1),
    Column("exposure_time_s", "Exposure", "exposure_time_s", "s", "number", priority=2,
           explanation="Time the beam was on"),
    Column("nominal_total_collimation_mm", "Collimation", "nominal_total_collimation_mm",
           "mm", "number", priority=3),
    Column("nominal_single_collimation_mm", "Slice", "nominal_single_collimation_mm", "mm",
           "number", priority=3, explanation="Nominal single collimation width"),
    Column("slice_thickness_mm", "Slice thickness", "slice_thickness_mm", "mm", "number"),
    Column("modulation_type", "Modulation", "modulation_type", sub="phantom_type", priority=3),
    Column("phantom_type", "Phantom", "phantom_type"),
    Column("ssde_mgy", "SSDE", "ssde_mgy", "mGy", "number", priority=3,
           explanation="Size-specific dose estimate, as the report gives it"),
    Column("water_equivalent_diameter_mm", "Dw", "water_equivalent_diameter_mm", "mm", "number",
           explanation="Water-equivalent diameter"),
    Column("dose_check", "Dose check", "dose_check", kind="dose_check"),
    Column("comment", "Comment", "comment"),
)  # fmt: skip
"""TID 10013. Columns of priority 0 are listed below the table, where an event has them."""
