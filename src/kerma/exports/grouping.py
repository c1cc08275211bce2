"""The exposures of a fluoroscopy study in, groups of similar ones out.

Similar are exposures of the same plane, protocol, field size, pulse rate, filters and type whose
two angles both lie within 5° of those of the group's first.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from kerma.exports.columns import Value

Row = tuple[Any, ...]

_RANGE_DEG = 5.0
_SLACK = 1e-9

_SAME = (
    "event_type", "acquisition_protocol", "standard_acquisition_name", "acquisition_plane",
    "pulse_rate_per_s", "field_size_mm", "filters", "filter_thicknesses_mm",
)  # fmt: skip
"""Names of the values that are the same in a group, in the order of the sheet."""

_SAME_HEADINGS = (
    "Type", "Protocol", "Standard acquisition name", "Plane", "Pulse rate", "Field size",
    "Filter material", "Mean filter thickness (mm)",
)  # fmt: skip
_BEFORE_COUNT = 3

_SPREAD = (
    ("kvp", 1.0, "kVp {}"),
    ("tube_current_ma", 1.0, "mA {}"),
    ("pulse_width_ms", 1.0, "pulse width {} (ms)"),
    ("exposure_time_ms", 1.0, "Exp time {} (ms)"),
    ("dap_cgycm2", 1e-6, "DAP {} (Gy.m^2)"),
    ("rp_dose_gy", 1.0, "Ref point dose {} (Gy)"),
    ("primary_angle_deg", 1.0, "Primary angle {}"),
    ("secondary_angle_deg", 1.0, "Secondary angle {}"),
)
"""Name of a value, factor to the unit of its heading, heading of min, max and mean."""

_NUMBERS = frozenset({"pulse_rate_per_s", "field_size_mm"})


def kinds() -> list[str]:
    """Return the kinds of the values of a group."""
    same = ["number" if name in _NUMBERS else "text" for name in _SAME]
    return [*same[:_BEFORE_COUNT], "whole", *same[_BEFORE_COUNT:]] + ["number"] * 3 * len(_SPREAD)


def headings(number: int) -> list[str]:
    """Return the headings of a group, the first being 1."""
    found = [*_SAME_HEADINGS[:_BEFORE_COUNT], "No. exposures", *_SAME_HEADINGS[_BEFORE_COUNT:]]
    for _, _, heading in _SPREAD:
        found += [heading.format(what) for what in ("min", "max", "mean")]
    return [f"G{number} {one}" for one in found]


class Grouping:
    """Groups the events of one study after another."""

    def __init__(self, values: Sequence[Value]) -> None:
        at = {one.name: index for index, one in enumerate(values)}
        self._same = [at[name] for name in _SAME]
        self._spread = [(at[name], factor) for name, factor, _ in _SPREAD]
        self._angles = at["primary_angle_deg"], at["secondary_angle_deg"]

    def groups(self, events: Iterable[Row]) -> list[list[Row]]:
        """Return the groups in the order of their first exposures."""
        found: list[list[Row]] = []
        alike: dict[Row, list[list[Row]]] = {}
        for event in events:
            candidates = alike.setdefault(tuple(event[i] for i in self._same), [])
            group = next((one for one in candidates if self._is_near(one[0], event)), None)
            if group is None:
                group = []
                candidates.append(group)
                found.append(group)
            group.append(event)
        return found

    def values(self, group: list[Row]) -> list[Any]:
        """Return the values of a group in the order of its headings."""
        same: list[Any] = [group[0][i] for i in self._same]
        found = [*same[:_BEFORE_COUNT], len(group), *same[_BEFORE_COUNT:]]
        for index, factor in self._spread:
            found += _spread([event[index] for event in group], factor)
        return found

    def _is_near(self, first: Row, event: Row) -> bool:
        return all(_within(first[index], event[index]) for index in self._angles)


def _within(first: float | None, angle: float | None) -> bool:
    if first is None or angle is None:
        return first is angle
    return abs(angle - first) <= _RANGE_DEG + _SLACK


def _spread(values: list[float | None], factor: float) -> list[float | None]:
    """Return least, greatest and mean of what is given."""
    given = [value for value in values if value is not None]
    if not given:
        return [None, None, None]
    found = (min(given), max(given), sum(given) / len(given))
    return [round(value * factor, _DECIMALS) for value in found]


_DECIMALS = 16
