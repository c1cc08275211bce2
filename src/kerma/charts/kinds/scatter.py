"""Each value against the patient's mass or the thickness of the breast.

Where there are too many points to draw, those of cases at even distances in the order in which
their studies were stored are kept; numbers and statistics are of all.
"""

import numpy as np

from kerma.charts.base import Result, Series
from kerma.charts.cache.parts import Flags
from kerma.charts.kind import Asked, Kind, kinds


def _series(asked: Asked) -> list[Series]:
    cases, made, kept = asked.cases, [], _kept(asked)
    ids = cases.studies.studies
    for _, item, part in asked.items():
        numbers = asked.groups.order[part]
        if kept is not None:
            numbers = numbers[kept[numbers]]
        item.x = cases.against[numbers].tolist()
        item.y = cases.value[numbers].tolist()
        item.study_ids = ids[cases.study[numbers]].tolist()
        made.append(item)
    return asked.series(made)


def _kept(asked: Asked) -> Flags | None:
    """Return which cases are points, None for all."""
    number, most = len(asked.cases.item), asked.most_points
    if most is None or number <= most:
        return None
    kept = np.zeros(number, dtype=np.bool_)
    kept[np.linspace(0, number - 1, most).astype(np.int64)] = True
    return kept


def _finish(asked: Asked, result: Result) -> None:
    """Say how many points were left out."""
    kept = _kept(asked)
    if kept is not None:
        result.thinned = int((~kept).sum())


kinds.add(Kind("scatter", _series, _finish))
