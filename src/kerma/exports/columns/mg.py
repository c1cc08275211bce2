"""Values of mammography exports."""

from kerma.exports.columns import common
from kerma.exports.columns.base import Columns, Value
from kerma.exports.columns.projection import (
    DECODERS,
    ENTRANCE,
    More,
    derived,
    filter_materials,
    filter_thicknesses,
    first,
)
from kerma.query import materials

_UAS = 1e3
"""µAs per mAs."""


def _modifiers(more: More) -> str:
    return " | ".join(more.view_modifiers)


def _radiological_thickness(more: More) -> float | None:
    return more.radiological_thickness_mm


def _description(more: More) -> str:
    return more.exposure_control_mode_description


MG = Columns(
    study=(
        *common.leading(),
        Value("AGD total left (mGy)", "agd_left_mgy", "agd_left_mgy", "number"),
        Value("AGD total right (mGy)", "agd_right_mgy", "agd_right_mgy", "number"),
    ),
    event=(
        common.EVENT_NUMBER,
        Value("View", "view", "view"),
        Value("View Modifier", "view_modifier", "more", get=_modifiers),
        Value("Laterality", "laterality", "laterality"),
        Value("Acquisition", "acquisition_protocol", common.PROTOCOL_PATH),
        common.STANDARD,
        Value("Thickness", "compressed_thickness_mm", "compressed_thickness_mm", "number"),
        Value("Radiological thickness", "radiological_thickness_mm", "more", "number",
              get=_radiological_thickness),
        Value("Force", "compression_force_n", "compression_force_n", "number"),
        Value("Mag", "magnification", "magnification", "number"),
        Value("Area", "collimated_field_area_m2", ("collimated_field_area_m2", "more"), "number",
              get=derived("collimated_field_area_m2")),
        Value("Mode", "exposure_control_mode", "exposure_control_mode"),
        Value("Target", "anode_target", "anode_target", get=materials.symbol),
        Value("Filter", "filters", "filters", get=filter_materials),
        Value("Filter thickness", "filter_thicknesses_mm", "filters", get=filter_thicknesses),
        Value("Focal spot size", "focal_spot_mm", "focal_spot_mm", "number"),
        Value("kVp", "kvp", "kvp", "number"),
        Value("mA", "tube_current_ma", "tube_current_ma", "number"),
        Value("ms", "exposure_time_ms", "exposure_time_ms", "number"),
        Value("uAs", "exposure_uas", "exposure_mas", "number", _UAS),
        Value("ESD", "entrance_dose_mgy", ENTRANCE, "number", get=first),
        Value("AGD", "agd_mgy", "agd_mgy", "number"),
        Value("% Fibroglandular tissue", "percent_fibroglandular", "percent_fibroglandular",
              "number"),
        Value("Exposure mode description", "exposure_control_mode_description", "more",
              get=_description),
        Value("Computed AGD (mGy)", "computed_agd_mgy", "computed_agd_mgy", "number", extra=True),
        Value("HVL (mm)", "half_value_layer_mm", "half_value_layer_mm", "number", extra=True),
        Value("Time", "date_time_started", "date_time_started", "moment", extra=True),
        common.EVENT_UID,
    ),
    decoders=DECODERS,
)  # fmt: skip
