"""A chart, a selection and options in, the numbers behind the chart out."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from importlib import import_module

import numpy as np

from kerma.charts import catalog as _catalog
from kerma.charts import kinds as _kinds
from kerma.charts.base import Chart, Line, Options, Result, catalogue
from kerma.charts.cases import Cases, gather
from kerma.charts.grouping import grouped, statistics
from kerma.charts.kind import Asked, Kind, kind_of, kinds
from kerma.charts.values import measured, place
from kerma.errors import KermaError
from kerma.query.selection import Selection
from kerma.registry import load_all

load_all(_catalog)


class NoChart(KermaError):
    """A chart that is not in the catalogue."""


def find(name: str) -> Chart:
    """Return the chart of a name.

    Raises
    ------
    NoChart
        If there is none.
    """
    for chart in catalogue:
        if chart.name == name:
            return chart
    alike = get_close_matches(name, [chart.name for chart in catalogue], n=3)
    meant = f" Is it {' or '.join(alike)}?" if alike else ""
    raise NoChart(f"There is no chart {name!r}.{meant} `kerma charts` lists all.")


def charts_of(modality: str) -> list[Chart]:
    """Return the charts of a modality: by level, measure and form."""
    found = [chart for chart in catalogue if chart.modality == modality]
    return sorted(found, key=place)


def compute(
    chart: Chart,
    selection: Selection,
    options: Options | None = None,
    *,
    most_items: int | None = None,
    most_points: int | None = None,
    lines: Iterable[Line] = (),
) -> Result:
    """Return the numbers behind a chart, of the studies as they are stored now.

    Parameters
    ----------
    selection
        Of the chart's modality; its order does not matter.
    most_items
        Items beyond this number, in the order of drawing, are left out and counted in `cut`.
    most_points
        Of the points of a scatter about this number is kept, evenly over the studies as they
        were stored; the rest is counted in `thinned`.
    lines
        Values to draw in; those of items that the chart has come back in the result.
    """
    options = options or Options()
    selection = selection._replace(modality=chart.modality)
    cases, cut = _in_order(gather(chart, selection, options), options, most_items)
    counted = len(cases.item) + cut[1]
    asked = Asked(chart, options, cases, most_points)
    kind = _kind(kind_of(chart))
    value = measured(chart)
    result = Result(
        chart.name, chart.level, chart.measure, kind.name, value.unit if value else "",
        kind.series(asked), counted, cases.without, cut[0],
    )  # fmt: skip
    if kind.finish is not None:
        kind.finish(asked, result)
    known = {"", *cases.items}
    result.lines = [line for line in lines if line.item in known] or None
    return result


@cache
def _kind(name: str) -> Kind:
    """Return a kind; its module is loaded when first needed, for some of them need SciPy."""
    import_module(f"{_kinds.__name__}.{name.replace('-', '_')}")
    return kinds[name]


def _in_order(cases: Cases, options: Options, most: int | None) -> tuple[Cases, tuple[int, int]]:
    """Return the cases with their items in order, and how many items and cases were cut."""
    order = _order(cases, options)
    rank = np.empty(len(order), dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    cases = cases._replace(items=[cases.items[n] for n in order], item=rank[cases.item])
    if most is None or len(order) <= most:
        return cases, (0, 0)
    kept = cases.item < most
    left = _chosen(cases, np.flatnonzero(kept))
    return left._replace(items=cases.items[:most]), (len(order) - most, int((~kept).sum()))


def _order(cases: Cases, options: Options) -> list[int]:
    """Return the places of the items in the order of drawing; equals by name."""
    by_name = sorted(range(len(cases.items)), key=lambda n: _name(cases.items[n]))
    if options.sort == "name":
        return by_name if options.direction == "ascending" else by_name[::-1]
    amount = _amounts(cases, options)
    sign = 1 if options.direction == "ascending" else -1
    return sorted(by_name, key=lambda n: sign * amount[n])


def _name(item: str) -> tuple[str, str]:
    return item.casefold(), item


def _amounts(cases: Cases, options: Options) -> list[float]:
    """Return what the items are sorted by: their number, or the average over all series."""
    if options.sort == "frequency" or not len(cases.value):
        counts: list[float] = np.bincount(cases.item, minlength=len(cases.items)).tolist()
        return counts
    found = statistics(cases.value, grouped(cases.item, len(cases.items)))
    average: list[float] = (found.mean if options.average == "mean" else found.median).tolist()
    return average


def _chosen(cases: Cases, number: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> Cases:
    """Return some of the cases."""
    return cases._replace(
        item=cases.item[number],
        key=cases.key[number],
        value=cases.value[number] if len(cases.value) else cases.value,
        against=cases.against[number] if len(cases.against) else cases.against,
        study=cases.study[number],
    )
