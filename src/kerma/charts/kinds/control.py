"""Doses of an item on one system over time: limits, changes of level, and software versions.

A point is the geometric mean of the values of a period; values of 0 are left out of it. Limits are
those of single values and moving ranges of the logarithms (`kerma.control_charts.individuals`):
they allow for what differs from period to period, not only for chance within one. Periods without
a case are no points.
"""

from collections.abc import Iterator

import numpy as np

from kerma import control_charts
from kerma.charts.base import Change, Control, Item, Series
from kerma.charts.cache.parts import Array
from kerma.charts.grouping import grouped, statistics
from kerma.charts.kind import Asked, Kind, iso, kinds, periods
from kerma.store.models import Device

_DIGITS = 12
"""Of logarithms: values that are all alike have no spread that comes from adding them up."""
_NEAR = 1
"""Points between a change of level and one of the software that may belong together."""


def _series(asked: Asked) -> list[Series]:
    return asked.series(_items(asked))


def _items(asked: Asked) -> Iterator[Item]:
    cases, studies = asked.cases, asked.cases.studies
    days = periods(studies.columns["study_date"], asked.options.period)
    of_device, names = _versions(studies.columns["device_id"])
    for _, item, part in asked.items():
        chosen = asked.groups.order[part]
        places = cases.study[chosen]
        firsts, period = np.unique(days[places], return_inverse=True)
        groups = grouped(period, len(firsts))
        found = statistics(cases.value[chosen], groups)
        dates = [iso(day) for day in firsts.tolist()]
        item.points = list(
            zip(dates, groups.size.tolist(), found.mean.tolist(), found.median.tolist(),
                strict=True)
        )  # fmt: skip
        versions = _version_changes(period, of_device[places], names, dates)
        logarithms = _logarithms(cases.value[chosen], period, len(firsts))
        item.control = control(logarithms, dates, versions)
        yield item


def _logarithms(values: Array, period: Array, number: int) -> Array:
    """Return the mean logarithm of each period, NaN where no value is above 0."""
    positive = values > 0
    n = np.bincount(period[positive], minlength=number)
    sums = np.bincount(period[positive], weights=np.log(values[positive]), minlength=number)
    return np.round(np.where(n > 0, sums / np.maximum(n, 1), np.nan), _DIGITS)


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
    """Return the number of the software version of each study, and the versions."""
    rows = dict(Device.objects.values_list("id", "software_versions"))
    names = sorted(set(rows.values()) | {""})
    known = np.unique(devices)
    number = {device: names.index(rows.get(device, "")) for device in known.tolist()}
    of_known = np.array([number[device] for device in known.tolist()], dtype=np.int64)
    return of_known[np.searchsorted(known, devices)] if len(known) else devices, names


def _version_changes(
    period: Array, version: Array, names: list[str], dates: list[str]
) -> list[Change]:
    """Return where the version that most cases of a period were made with is another."""
    table = np.bincount(period * len(names) + version, minlength=len(dates) * len(names))
    most = table.reshape(-1, len(names)).argmax(axis=1)
    changes = []
    for index in (np.flatnonzero(np.diff(most)) + 1).tolist():
        before, after = names[most[index - 1]], names[most[index]]
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
