"""Values of radiography exports."""

from kerma.exports.columns import common
from kerma.exports.columns.base import Columns, Value
from kerma.exports.columns.projection import (
    CGYCM2,
    DECODERS,
    ENTRANCE,
    filter_materials,
    filter_thicknesses,
    first,
)


def _anatomy(structure: str, region: str, body_part: str) -> str:
    return structure or region or body_part


DX = Columns(
    study=(
        *common.leading(),
        Value("DAP total (cGy.cm^2)", "dap_cgycm2", "dap_gym2", "number", CGYCM2),
    ),
    event=(
        common.EVENT_NUMBER,
        Value("Protocol", "acquisition_protocol", common.PROTOCOL_PATH),
        common.STANDARD,
        Value("Anatomy", "anatomy", ("anatomical_structure", "target_region", "body_part"),
              get=_anatomy),
        Value("Image view", "view", "view"),
        Value("Exposure control mode", "exposure_control_mode", "exposure_control_mode"),
        Value("kVp", "kvp", "kvp", "number"),
        Value("mAs", "exposure_mas", "exposure_mas", "number"),
        Value("mA", "tube_current_ma", "tube_current_ma", "number"),
        Value("Exposure time (ms)", "exposure_time_ms", "exposure_time_ms", "number"),
        Value("Filters", "filters", "filters", get=filter_materials),
        Value("Filter thicknesses (mm)", "filter_thicknesses_mm", "filters",
              get=filter_thicknesses),
        Value("Exposure index", "exposure_index", "exposure_index", "number"),
        Value("Target exposure index", "target_exposure_index", "target_exposure_index", "number"),
        Value("Deviation index", "deviation_index", "deviation_index", "number"),
        Value("Relative x-ray exposure", "relative_xray_exposure", "relative_xray_exposure",
              "number"),
        Value("DAP (cGy.cm^2)", "event_dap_cgycm2", "dap_gym2", "number", CGYCM2),
        Value("Entrance Exposure at RP (mGy)", "entrance_dose_mgy", ENTRANCE, "number", get=first),
        Value("SDD Detector Dist", "source_to_detector_mm", "source_to_detector_mm", "number"),
        Value("SPD Patient Dist", "source_to_patient_mm", "source_to_patient_mm", "number"),
        Value("SIsoD Isocentre Dist", "source_to_isocenter_mm", "source_to_isocenter_mm",
              "number"),
        Value("Table Height", "table_height_mm", "table_height_mm", "number"),
        Value("Comment", "event_comment", "comment"),
        Value("Time", "date_time_started", "date_time_started", "moment", extra=True),
        Value("Laterality", "laterality", "laterality", extra=True),
        common.EVENT_UID,
    ),
    decoders=DECODERS,
)  # fmt: skip
