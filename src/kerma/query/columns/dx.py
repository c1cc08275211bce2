"""Values of radiography studies."""

from kerma.query.columns import common
from kerma.query.columns.base import Column
from kerma.query.columns.rf import CGYCM2

DX = (
    *common.LEADING,
    common.EVENTS,
    Column("dap", "DAP", "dap_gym2", "cGy·cm²", "number", CGYCM2, priority=1, json="dap_gym2",
           statistic=True),
    Column("acquisition_dap", "Acquisition DAP max", "event_dap_max_gym2", "cGy·cm²", "number",
           CGYCM2, priority=3, explanation="Greatest of an acquisition", statistic=True),
    Column("target_regions", "Regions", "target_regions", kind="lines", priority=3),
    common.PHYSICIAN,
    *common.OTHERS,
)  # fmt: skip
