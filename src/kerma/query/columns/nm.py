"""Values of nuclear medicine studies."""

from kerma.query.columns import common
from kerma.query.columns.base import Column

NM = (
    *common.LEADING,
    Column("radiopharmaceutical", "Radiopharmaceutical", "radiopharmaceuticals", kind="lines",
           sub="radionuclide", priority=1),
    Column("radionuclide", "Radionuclide", "radionuclides", kind="lines"),
    Column("activity", "Activity", "administered_activity_mbq", "MBq", "number", priority=1,
           json="administered_activity_mbq", statistic=True),
    common.WEIGHT._replace(priority=2),
    Column("effective_dose", "Effective dose", "effective_dose_msv", "mSv", "number", priority=3,
           json="effective_dose_msv", statistic=True),
    Column("computed_effective_dose", "E computed", "computed_effective_dose_msv", "mSv", "number",
           explanation="Effective dose, computed by Kerma: not for individual patients"),
    common.EVENTS._replace(heading="Administrations", priority=0),
    common.PHYSICIAN,
    *(column for column in common.OTHERS if column.name != "weight"),
)  # fmt: skip
