"""The numbers behind a chart in, the table below it and its file out."""

import csv
from collections.abc import Callable, Iterator
from math import isfinite
from typing import NamedTuple

from kerma.charts.base import Result, Series
from kerma.exports.spreadsheet import guarded
from kerma.query.behind import DAYS
from kerma.web import formats
from kerma.web.chart_periods import period_words

MOST_ROWS = 200
"""Rows of the table on the page; the file has all."""

Value = str | int | float | None


class Head(NamedTuple):
    """One column; `unit` is said in the head alone."""

    words: str
    unit: str = ""
    is_number: bool = True


class Line(NamedTuple):
    """One row: its values in the order of the heads, and what leads to its studies."""

    values: tuple[Value, ...]
    series: Series
    item: str | None


class Table(NamedTuple):
    """A table that is written as HTML or as CSV."""

    heads: tuple[Head, ...]
    lines: Iterator[Line]


def table(result: Result, period: str) -> Table:
    """Return the table of a chart; a column of systems only where there are several."""
    several = any(one.system for one in result.series)
    split = any(one.split for one in result.series)
    words, rows = _KINDS.get(result.kind, _SUMMARY)
    leading: tuple[Head, ...] = ()
    if result.measure != "workload":
        leading = (Head(_ITEMS[result.level], is_number=False),)
    leading += (Head("System", is_number=False),) if several else ()
    leading += (Head("Physician", is_number=False),) if split else ()

    def lines() -> Iterator[Line]:
        for series in result.series:
            for item, values in rows(result, series, period):
                first = [] if item is None else [item or "(no text)"]
                first += [series.system] if several else []
                first += [series.split or "(none)"] if split else []
                yield Line((*first, *values), series, item)

    return Table((*leading, *words(result)), lines())


_ITEMS = {
    "acquisition": "Acquisition protocol",
    "study": "Study description",
    "request": "Requested procedure",
    "standard-study": "Standard study name",
    "standard-acquisition": "Standard acquisition name",
}

Row = tuple[str | None, tuple[Value, ...]]
Rows = Callable[[Result, Series, str], Iterator[Row]]
Heads = Callable[[Result], tuple[Head, ...]]


def _summary_heads(result: Result) -> tuple[Head, ...]:
    if result.measure == "frequency":
        return (Head("Cases"), Head("Share", "%"))
    names = ("Mean", "Median", "Q1", "Q3", "Least", "Greatest")
    return (Head("Cases"), *(Head(name, result.unit) for name in names))


def _summary(result: Result, series: Series, period: str) -> Iterator[Row]:
    for one in series.items:
        if result.measure == "frequency":
            yield one.item, (one.count, 100 * one.count / max(result.cases, 1))
        else:
            yield one.item, (one.count, one.mean, one.median, one.q1, one.q3, one.min, one.max)


def _bin_heads(result: Result) -> tuple[Head, ...]:
    return (Head("From", result.unit), Head("To", result.unit), Head("Cases"))


def _bins(result: Result, series: Series, period: str) -> Iterator[Row]:
    for one in series.items:
        for low, high, count in one.bins or []:
            yield one.item, (low, high, count)


def _time_heads(result: Result) -> tuple[Head, ...]:
    common = (Head("Period", is_number=False), Head("Cases"))
    if result.measure == "frequency":
        return common
    return (*common, Head("Mean", result.unit), Head("Median", result.unit))


def _times(result: Result, series: Series, period: str) -> Iterator[Row]:
    for one in series.items:
        for first, count, mean, median in one.points or []:
            values = () if result.measure == "frequency" else (mean, median)
            yield one.item, (period_words(first, period), count, *values)


def _point_heads(result: Result) -> tuple[Head, ...]:
    along = Head("Mass", "kg") if result.name.endswith("mass") else Head("Thickness", "mm")
    return (along, Head("Value", result.unit))


def _points(result: Result, series: Series, period: str) -> Iterator[Row]:
    for one in series.items:
        for x, y in zip(one.x or [], one.y or [], strict=True):
            yield one.item, (x, y)


def _binned_heads(result: Result) -> tuple[Head, ...]:
    ends = (Head("From", "mm"), Head("To below", "mm"), Head("Cases"))
    return (*ends, Head("Mean", result.unit), Head("Median", result.unit))


def _binned(result: Result, series: Series, period: str) -> Iterator[Row]:
    for one in series.items:
        averages = zip(one.bins or [], one.means or [], one.medians or [], strict=True)
        for (low, high, count), mean, median in averages:
            if count:
                yield one.item, (low, high if isfinite(high) else None, count, mean, median)


def _workload_heads(result: Result) -> tuple[Head, ...]:
    return (Head("Weekday", is_number=False), *(Head(str(hour)) for hour in range(24)))


def _workload(result: Result, series: Series, period: str) -> Iterator[Row]:
    for day, hours in zip(DAYS, series.workload or [], strict=False):
        yield None, (day, *hours)


_SUMMARY: tuple[Heads, Rows] = (_summary_heads, _summary)
_KINDS: dict[str, tuple[Heads, Rows]] = {
    "histogram": (_bin_heads, _bins),
    "over-time": (_time_heads, _times),
    "scatter": (_point_heads, _points),
    "binned": (_binned_heads, _binned),
    "workload": (_workload_heads, _workload),
}
"""Kind -> its columns and rows; others show the summary of each item."""


class _Echo:
    """Hands back what is written to it."""

    def write(self, text: str) -> str:
        """Return the text."""
        return text


def csv_lines(found: Table) -> Iterator[str]:
    """Return the lines of a CSV file; no cell of it can be a formula."""
    writer = csv.writer(_Echo())
    heads = (f"{head.words} ({head.unit})" if head.unit else head.words for head in found.heads)
    yield "\ufeff" + writer.writerow(heads)
    for line in found.lines:
        yield writer.writerow([_cell(value) for value in line.values])


def _cell(value: Value) -> str:
    """Return a value as text; a text that a spreadsheet would compute is made plain."""
    if value is None:
        return ""
    if isinstance(value, float):
        return formats.exact(value)
    return guarded(value) if isinstance(value, str) and value else str(value)
