"""The number of studies by weekday and hour of their start."""

import numpy as np

from kerma.charts.base import Series
from kerma.charts.kind import Asked, Kind, kinds

_CELLS = 7 * 24


def _series(asked: Asked) -> list[Series]:
    cases = asked.cases
    columns = cases.studies.columns
    weekday = (columns["study_date"][cases.study].astype(np.int64) + 3) % 7  # Monday is 0
    cell = weekday * 24 + columns["hour"][cases.study]
    number = len(cases.keys) * _CELLS
    counts = np.bincount(cases.key * _CELLS + cell, minlength=number).reshape(-1, 7, 24)
    return [
        Series(key.system, [], workload=table.tolist(), split=key.split)
        for key, table in zip(cases.keys, counts, strict=True)
        if table.any()
    ]


kinds.add(Kind("workload", _series))
