"""Typical values and levels in, which are over, by how much, and whether again and again, out."""

from collections.abc import Iterable
from typing import NamedTuple

from kerma.query.reference_levels.lookup import Reference, references
from kerma.query.reference_levels.typical import (
    Asked,
    Found,
    Group,
    Tell,
    Typical,
    nobody,
    typical,
)

DEFINITION = (
    "Over: the median is above the level. Exceeded: so is the lower end of the 95 % interval of "
    "confidence of the median, so that chance is an unlikely reason. Consistently exceeded: "
    "exceeded in this period, and the median was above the level in the period before too."
)
"""Directive 2013/59/Euratom, Article 58(f), asks for a review where levels are consistently
exceeded, but leaves open what that is; this is how Kerma takes it."""

STATES = {
    "below": "Below",
    "few": "Few patients",
    "over": "Over",
    "exceeded": "Exceeded",
    "consistently": "Consistently exceeded",
}


class Compared(NamedTuple):
    """A typical value beside one level."""

    reference: Reference
    ratio: float
    """Median over level."""
    state: str
    """One of `STATES`."""


class Row(NamedTuple):
    """A typical value with the levels that hold at the end of the period."""

    typical: Typical
    compared: list[Compared]

    @property
    def worst(self) -> str:
        """Return the gravest state, "" without a level."""
        order = list(STATES)
        states = [one.state for one in self.compared]
        return max(states, key=order.index) if states else ""


class Comparison(NamedTuple):
    """Everything that was asked for, with levels."""

    asked: Asked
    found: Found
    rows: list[Row]

    @property
    def exceeded(self) -> list[Row]:
        """Return the rows that ask for a review."""
        return [row for row in self.rows if row.worst in ("exceeded", "consistently")]


def compare(asked: Asked, tell: Tell = nobody) -> Comparison:
    """Return the typical values with the levels, and what was so in the period before."""
    found = typical(asked, tell)
    names = {row.group.name for row in found.rows}
    levels = {} if asked.by_description else references(
        asked.modality, asked.level, names, asked.until
    )  # fmt: skip
    before = _medians(typical(asked.before(), tell).rows) if levels else {}
    rows = [
        Row(row, _compared(row, levels.get(row.group.name, ()), before.get(row.group)))
        for row in found.rows
    ]
    return Comparison(asked, found, rows)


def _medians(rows: Iterable[Typical]) -> dict[Group, float]:
    return {row.group: row.summary.median for row in rows if not row.summary.is_few}


def _compared(row: Typical, levels: Iterable[Reference], before: float | None) -> list[Compared]:
    group = row.group
    return [
        Compared(one, row.summary.median / one.value, _state(row, one.value, before))
        for one in levels
        if one.quantity == group.quantity
        and one.band == group.band
        and one.fits(group.phantom_cm)
        and one.value > 0
    ]


def _state(row: Typical, level: float, before: float | None) -> str:
    summary = row.summary
    if summary.median <= level:
        return "below"
    if summary.is_few:
        return "few"
    if summary.low is None or summary.low <= level:
        return "over"
    return "consistently" if before is not None and before > level else "exceeded"
