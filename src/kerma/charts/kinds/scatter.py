"""Each value against the patient's mass or the thickness of the breast."""

from kerma.charts.base import Series
from kerma.charts.kind import Asked, Kind, kinds


def _series(asked: Asked) -> list[Series]:
    cases, made = asked.cases, []
    ids = cases.studies.studies
    for _, item, part in asked.items():
        numbers = asked.groups.order[part]
        item.x = cases.against[numbers].tolist()
        item.y = cases.value[numbers].tolist()
        item.study_ids = ids[cases.study[numbers]].tolist()
        made.append(item)
    return asked.series(made)


kinds.add(Kind("scatter", _series))
