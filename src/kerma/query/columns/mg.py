"""Values of mammography studies."""

from kerma.query.columns import common
from kerma.query.columns.base import Column

MG = (
    *common.LEADING,
    common.EVENTS,
    Column("agd_left", "AGD left", "agd_left_mgy", "mGy", "number", priority=1,
           json="agd_left_mgy", explanation="Average glandular dose", statistic=True),
    Column("agd_right", "AGD right", "agd_right_mgy", "mGy", "number", priority=1,
           json="agd_right_mgy", explanation="Average glandular dose", statistic=True),
    Column("agd", "AGD greater side", "agd_max_mgy", "mGy", "number", statistic=True),
    Column("thickness", "Thickness", "thickness_max_mm", "mm", "number", priority=3,
           explanation="Greatest compressed thickness", statistic=True),
    Column("views", "Views", "views", kind="lines", priority=3),
    Column("exposure_control_mode", "Mode", "exposure_control_modes", kind="lines",
           explanation="Exposure control mode"),
    common.PHYSICIAN,
    *common.OTHERS,
)  # fmt: skip
