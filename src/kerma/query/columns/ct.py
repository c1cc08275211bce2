"""Values of CT studies."""

from kerma.query.columns import common
from kerma.query.columns.base import Column

CT = (
    *common.LEADING,
    Column("events", "Events", "number_of_events", kind="events", priority=1, json="events",
           unit="Sp·Se·St·L", explanation="Spiral, sequenced, stationary, localiser",
           statistic=True),
    Column("ctdivol", "CTDIvol max", "ctdivol_max_mgy", "mGy", "number", priority=1,
           json="ctdivol_mgy", statistic=True),
    Column("dlp", "DLP", "dlp_mgycm", "mGy·cm", "number", priority=1, json="dlp_mgycm",
           statistic=True),
    Column("spiral", "Spiral", "spiral_events", kind="whole"),
    Column("sequenced", "Sequenced", "sequenced_events", kind="whole"),
    Column("stationary", "Stationary", "stationary_events", kind="whole"),
    Column("localiser", "Localiser", "localiser_events", kind="whole"),
    Column("free", "Free", "free_events", kind="whole"),
    Column("effective_dose", "Effective dose", "effective_dose_msv", "mSv", "number",
           json="effective_dose_msv"),
    Column("computed_effective_dose", "E computed", "computed_effective_dose_msv", "mSv", "number",
           explanation="Effective dose, computed by Kerma: not for individual patients"),
    common.PHYSICIAN,
    *common.OTHERS,
)  # fmt: skip
