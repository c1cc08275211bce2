"""Doses of an item on one system over time: limits, changes of level, and software versions.

A point is the geometric mean of the values of a period; values of 0 are left out of it. Limits are
those of single values and moving ranges of the logarithms (`kerma.control_charts.individuals`):
they allow for what differs from period to period, not only for chance within one. Periods without
a case are no points.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from kerma import control_charts
from kerma.charts.base import Change, Control, Item, Series
from kerma.charts.cache.parts import Array
from kerma.charts.grouping import Groups, grouped, statistics
from kerma.charts.kind import Asked, Kind, iso, kinds, periods
from kerma.store.models import Device

_DIGITS = 12
"""Of logarithms: values that are all alike have no spread that comes from adding them up."""
_NEAR = 1
"""Points between a change of level and one of the software that may belong together."""


class _Points(NamedTuple):
    """The periods of all items; arrays have the length of their number."""

    owner: Array
    """Code of the series and item."""
    day: Array
    number: Array
    mean: Array
    median: Array
    logarithm: Array
    """Mean of the logarithms, NaN where no value is above 0."""
    version: Array
    """The software version most cases were made with."""


def _series(asked: Asked) -> list[Series]:
    return asked.series(_items(asked))


def _items(asked: Asked) -> Iterator[Item]:
    points, names = _points(asked)
    edges = np.searchsorted(points.owner, asked.groups.code, side="right").tolist()
    dates = {day: iso(day) for day in np.unique(points.day).tolist()}
    for (place, item, _), end in zip(asked.items(), edges, strict=True):
        mine = slice(edges[place - 1] if place else 0, end)
        days = [dates[day] for day in points.day[mine].tolist()]
        columns = (column[mine].tolist() for column in (points.number, points.mean, points.median))
        item.points = list(zip(days, *columns, strict=True))
        changes = _version_changes(points.version[mine], names, days)
        item.control = control(points.logarithm[mine], days, changes)
        yield item


def _points(asked: Asked) -> tuple[_Points, list[str]]:
    """Return the periods of all items, and the names of the versions."""
    cases, columns = asked.cases, asked.cases.studies.columns
    days, place = np.unique(
        periods(columns["study_date"], asked.options.period), return_inverse=True
    )
    owner = cases.key.astype(np.int64) * len(cases.items) + cases.item
    number = max(len(days), 1)
    groups = grouped(
        owner * number + place[cases.study], len(cases.keys) * len(cases.items) * number
    )
    found = statistics(cases.value, groups)
    of_device, names = _versions(columns["device_id"])
    version = _most(of_device[cases.study[groups.order]], groups, len(names))
    points = _Points(
        groups.code // number, days[groups.code % number], groups.size, found.mean, found.median,
        _logarithms(found.sorted, groups), version,
    )  # fmt: skip
    return points, names


def _logarithms(ordered: Array, groups: Groups) -> Array:
    """Return the mean logarithm of the positive values of each group."""
    if not len(ordered):
        return np.zeros(0)
    positive = ordered > 0
    logarithms = np.zeros(len(ordered))
    np.log(ordered, out=logarithms, where=positive)
    n = np.add.reduceat(positive, groups.start, dtype=np.int64)
    sums = np.add.reduceat(logarithms, groups.start)
    return np.round(np.where(n > 0, sums / np.maximum(n, 1), np.nan), _DIGITS)


def _most(version: Array, groups: Groups, number: int) -> Array:
    """Return the most frequent of `number` versions in each group; cases are in their order."""
    most = np.zeros(len(groups.size), dtype=np.int64)
    count = np.zeros(len(groups.size), dtype=np.int64)
    for one in range(number):
        same = np.add.reduceat(version == one, groups.start, dtype=np.int64) if len(most) else count
        most[same > count] = one
        count = np.maximum(count, same)
    return most


def control(logarithms: Array, dates: list[str], versions: list[Change]) -> Control:
    """Return limits, signals and changes of the points, in the unit of the values."""
    with np.errstate(invalid="ignore"):
        chart = control_charts.individuals(logarithms)
    outside = sorted({signal.index for signal in chart.signals})
    levels = [
        _with_version(
            Change(found.index, dates[found.index],
                   float(np.exp(found.before)), float(np.exp(found.after))),
            versions,
        )
        for found in control_charts.change_points(logarithms)
    ]  # fmt: skip
    centre, lower, upper = (
        float(np.exp(limit[0])) for limit in (chart.centre, chart.lower, chart.upper)
    )
    points = np.exp(logarithms).tolist()
    return Control(points, centre, lower, upper, outside, levels, versions)


def _versions(devices: Array) -> tuple[Array, list[str]]:
    """Return the number of the software version of each study, and the versions there are."""
    rows = dict(Device.objects.values_list("id", "software_versions"))
    known, place = np.unique(devices, return_inverse=True)
    texts = [rows.get(device, "") for device in known.tolist()]
    names = sorted(set(texts))
    of_known = np.array([names.index(text) for text in texts], dtype=np.int64)
    return of_known[place], names


def _version_changes(version: Array, names: list[str], dates: list[str]) -> list[Change]:
    """Return where the version of a period is another than that of the period before."""
    changes = []
    for index in (np.flatnonzero(np.diff(version)) + 1).tolist():
        before, after = names[version[index - 1]], names[version[index]]
        changes.append(Change(index, dates[index], version_before=before, version_after=after))
    return changes


def _with_version(level: Change, versions: list[Change]) -> Change:
    """Return a change of level with the change of version that is nearest, if one is near."""
    near = [one for one in versions if abs(one.index - level.index) <= _NEAR]
    if not near:
        return level
    one = min(near, key=lambda other: abs(other.index - level.index))
    return Change(level.index, level.day, level.before, level.after,
                  one.version_before, one.version_after)  # fmt: skip


kinds.add(Kind("control", _series))
