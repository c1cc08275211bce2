"""Number, mean and median of each item by day, week, month, quarter or year."""

import numpy as np

from kerma.charts.base import Item, Series
from kerma.charts.grouping import grouped, statistics
from kerma.charts.kind import Asked, Kind, iso, kinds, periods


def _series(asked: Asked) -> list[Series]:
    cases = asked.cases
    of_study = periods(cases.studies.columns["study_date"], asked.options.period)
    first, place = np.unique(of_study, return_inverse=True)
    number = len(first)
    code = (cases.key.astype(np.int64) * len(cases.items) + cases.item) * number
    groups = grouped(code + place[cases.study], len(cases.keys) * len(cases.items) * number)
    found = statistics(cases.value, groups) if len(cases.value) else None
    days = {n: iso(first[n]) for n in np.unique(groups.code % number).tolist()}
    made: dict[int, Item] = {}
    counts = groups.size.tolist()
    for n, code_of in enumerate(groups.code.tolist()):
        of_item, period = divmod(code_of, number)
        item = made.setdefault(of_item, Item(cases.items[of_item % len(cases.items)], points=[]))
        item.count += counts[n]
        mean = float(found.mean[n]) if found else None
        median = float(found.median[n]) if found else None
        assert item.points is not None
        item.points.append((days[period], counts[n], mean, median))
    return asked.series(made.values())


kinds.add(Kind("over-time", _series))
