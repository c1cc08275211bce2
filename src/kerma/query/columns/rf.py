"""Values of fluoroscopy studies."""

from kerma.query.columns import common
from kerma.query.columns.base import Column

CGYCM2 = 1e6
"""cGy·cm² per Gy·m²."""

RF = (
    *common.LEADING,
    common.PHYSICIAN._replace(priority=3),
    common.EVENTS,
    Column("dap", "DAP", "dap_gym2", "cGy·cm²", "number", CGYCM2, priority=1, json="dap_gym2",
           sub="period_dap", statistic=True),
    Column("rp_dose", "Dose at RP", "rp_dose_gy", "Gy", "number", priority=1, json="rp_dose_gy",
           sub="period_rp_dose", explanation="Dose at the reference point", statistic=True),
    Column("duration", "Fluoroscopy", "fluoro_time_s", "min:s", "duration", priority=3,
           json="fluoro_time_s", explanation="Fluoroscopy time: pedal pressed", statistic=True),
    Column("level", "Of level", "level_share", "alert", "level", priority=1,
           explanation="Greatest share of an alert level of the study's own doses"),
    Column("fluoro_dap", "Fluoro DAP", "fluoro_dap_gym2", "cGy·cm²", "number", CGYCM2,
           json="fluoro_dap_gym2"),
    Column("acquisition_dap", "Acquisition DAP", "acquisition_dap_gym2", "cGy·cm²", "number",
           CGYCM2, json="acquisition_dap_gym2"),
    Column("acquisition_time", "Acquisition", "acquisition_time_s", "min:s", "duration",
           json="acquisition_time_s"),
    Column("fluoro_events", "Fluoro events", "fluoro_events", kind="whole"),
    Column("acquisition_events", "Acquisitions", "acquisition_events", kind="whole"),
    Column("peak_skin_dose", "Peak skin dose", "peak_skin_dose_gy", "Gy", "number", priority=3),
    Column("period_dap", "DAP of the patient", "period_dap_gym2", "cGy·cm²", "period", CGYCM2,
           explanation="Sum over the studies of the patient in the weeks up to this one"),
    Column("period_rp_dose", "Dose at RP of the patient", "period_rp_dose_gy", "Gy", "period",
           explanation="Sum over the studies of the patient in the weeks up to this one"),
    *common.OTHERS,
)  # fmt: skip
