"""What a kind of chart is, and what all have in common."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np

from kerma.charts.base import Chart, Item, Options, Result, Series
from kerma.charts.cache.parts import Array
from kerma.charts.cases import Cases
from kerma.charts.grouping import Groups, Statistics, grouped, statistics
from kerma.registry import Registry


class Asked:
    """The cases of a chart, by series and item, the items in the order of drawing."""

    def __init__(
        self, chart: Chart, options: Options, cases: Cases, most_points: int | None = None
    ) -> None:
        self.chart = chart
        self.options = options
        self.cases = cases
        self.most_points = most_points

    @cached_property
    def groups(self) -> Groups:
        """The cases of each series and item."""
        number = len(self.cases.keys) * len(self.cases.items)
        if len(self.cases.keys) == 1:
            return grouped(self.cases.item, number)
        code = self.cases.key.astype(np.int64) * len(self.cases.items) + self.cases.item
        return grouped(code, number)

    @cached_property
    def statistics(self) -> Statistics:
        """Those of the values of each group."""
        return statistics(self.cases.value, self.groups)

    def item(self, place: int) -> Item:
        """Return the item of one group with its number and, if it has values, its statistics."""
        name = self.cases.items[int(self.groups.code[place]) % len(self.cases.items)]
        found = Item(name, int(self.groups.size[place]))
        if len(self.cases.value):
            s = self.statistics
            found.mean, found.median = float(s.mean[place]), float(s.median[place])
            found.q1, found.q3 = float(s.q1[place]), float(s.q3[place])
            found.min, found.max = float(s.minimum[place]), float(s.maximum[place])
        return found

    def items(self) -> Iterator[tuple[int, Item, slice]]:
        """Yield the place of each group, its item, and where its cases lie in the order."""
        for place, part in enumerate(self.groups.slices()):
            yield place, self.item(place), part

    def series(self, items: Iterable[Item]) -> list[Series]:
        """Return the series of items given in the order of the groups."""
        made = [Series(key.system, [], split=key.split) for key in self.cases.keys]
        for code, item in zip(self.groups.code.tolist(), items, strict=True):
            made[code // len(self.cases.items)].items.append(item)
        return [series for series in made if series.items]


class Kind(NamedTuple):
    """How the numbers of a chart are made.

    `finish` adds to the result what belongs to the chart as a whole.
    """

    name: str
    series: Callable[[Asked], list[Series]]
    finish: Callable[[Asked, Result], None] | None = None


kinds: Registry[Kind] = Registry("kind of chart")

FORMS = {"": "average", "mass": "scatter", "thickness": "scatter", "thickness-binned": "binned"}
"""Form of a chart -> its kind, where the names differ."""


def kind_of(chart: Chart) -> str:
    """Return the name of the kind of a chart."""
    if chart.measure == "workload" or (chart.measure == "frequency" and not chart.form):
        return chart.measure
    return FORMS.get(chart.form, chart.form)


_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def periods(days: Array, period: str) -> Array:
    """Return the first day of the period of each day; days count from 1 January 1970.

    Weeks begin on Monday; 1 January 1970 was a Thursday.
    """
    days = days.astype(np.int64)
    if period == "day":
        return days
    if period == "week":
        return np.asarray(days - (days + 3) % 7)
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    months -= months % _MONTHS[period]
    found: Array = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return found


def iso(day: int) -> str:
    """Return the day as text."""
    return str(np.datetime64(int(day), "D"))
