"""The events of a record in, the table of them out, and what the table leaves out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from kerma.query.columns.base import Column, named
from kerma.query.columns.ct_events import CT_EVENTS
from kerma.query.columns.nuclear_events import NM_EVENTS, ORGAN_DOSES, SERIES
from kerma.query.columns.projection_events import DX_EVENTS, MG_EVENTS, RF_EVENTS
from kerma.records import Administration, ProjectionEvent, StudyRecord
from kerma.records.study import Event
from kerma.web import formats, tables
from kerma.web.cells import NOTHING, Get, write
from kerma.web.facts import Fact, facts
from kerma.web.tables import Head, Table, with_sub

EVENTS = {"CT": CT_EVENTS, "RF": RF_EVENTS, "DX": DX_EVENTS, "MG": MG_EVENTS, "NM": NM_EVENTS}
"""Modality -> columns of its events."""

FEW = 100
"""Events listed before one asks for all."""


class Numbered(NamedTuple):
    """An event with its place in the record, from 1."""

    number: int
    event: Event
    standard_name: str = ""
    """What the site calls the acquisition."""
    computed: Mapping[str, float] = {}
    """Column of a computed value -> value."""


def ordered(events: Sequence[Numbered], columns: dict[str, Column], order: str) -> list[Numbered]:
    """Return the events in the order of a column ("" = as in the record), empty values last."""
    column = columns.get(order.removeprefix("-"))
    if column is None:
        return sorted(events, reverse=order == "-number")
    keyed = [(one, _key(_getter(one)(column.path))) for one in events]
    given = [pair for pair in keyed if pair[1] is not None]
    given.sort(key=lambda pair: pair[1], reverse=order.startswith("-"))
    return [one for one, _ in given] + [one for one, key in keyed if key is None]


def _key(value: Any) -> Any:
    """Return what a value is ordered by, None for an empty one."""
    if isinstance(value, str):
        return value.casefold() or None
    if isinstance(value, tuple):
        return tuple(str(one) for one in value) or None
    return value


def event_table(
    modality: str,
    events: Sequence[Numbered],
    address: Callable[[str], str],
    order: str,
) -> Table:
    """Return the table of events; columns that no event has a value for are left out."""
    known = named(EVENTS[modality])
    name, *rest = EVENTS[modality]
    others = [column for column in rest if column.priority and _is_used(column, events)]
    chosen = (name, *others)

    def by(column: Column) -> str:
        return address(column.name if order != column.name else f"-{column.name}")

    number = Head("No.", "", "num", address("-number" if order == "" else ""), "")
    heads = [number, *tables.heads(chosen, known, by, order)]
    peaks = {column.path: _peak(column, events) for column in chosen if column.kind == "bar"}
    rows = [tables.row(_cells(one, name, others, known, peaks)) for one in events]
    return Table("Events", heads, rows, "cards events")


def _cells(
    one: Numbered,
    name: Column,
    others: Sequence[Column],
    known: dict[str, Column],
    peaks: dict[str, float | None],
) -> list[str]:
    get = _getter(one)
    main = with_sub(name, known, get, None)
    head = (
        tables.row_head(main.main, main.sub)
        if main.main
        else tables.row_head(main.sub or '<span class="muted">Not named</span>')
    )
    cells = [
        tables.cell(column, with_sub(column, known, get, peaks.get(column.path)))
        for column in others
    ]
    return [f'<td class="num muted hide">{one.number}</td>', head, *cells]


def _is_used(column: Column, events: Sequence[Numbered]) -> bool:
    """Return whether the column says something of any event."""
    if column.kind == "bar":
        return any(getattr(one.event, column.path) is not None for one in events)
    return any(write(column, _getter(one)).main for one in events)


def _getter(one: Numbered) -> Get:
    """Return how to ask an event for a value; what it has no field for is not there."""

    def get(path: str) -> Any:
        if path == "standard_name":
            return one.standard_name
        return one.computed.get(path) or getattr(one.event, path, None)

    return get


def _peak(column: Column, events: Sequence[Numbered]) -> float | None:
    values = [getattr(one.event, column.path) for one in events]
    return max((value for value in values if value is not None), default=None)


def plain_table(caption: str, columns: tuple[Column, ...], rows: Sequence[Any]) -> Table:
    """Return a table of records, such as organ doses or image series."""
    known = named(columns)
    used = [
        column
        for column in columns
        if column.priority and any(getattr(row, column.path) not in (None, "", ()) for row in rows)
    ]
    if not used:
        return Table(caption, [], [])
    heads = tables.heads(used, known)
    lines = []
    for row in rows:
        get = row.__getattribute__
        first = with_sub(used[0], known, get, None)
        cells = [tables.cell(column, with_sub(column, known, get, None)) for column in used[1:]]
        lines.append(tables.row([tables.row_head(first.main or NOTHING, first.sub), *cells]))
    return Table(caption, heads, lines, "cards")


class Remark(NamedTuple):
    """What an event says in words: its comment, and its dose check."""

    number: int
    name: str
    comment: str
    dose_check: list[Fact]


def remarks(events: Sequence[Numbered]) -> list[Remark]:
    """Return comments and dose checks of the events that have them."""
    found = []
    for number, event, *_ in events:
        check = facts(getattr(event, "dose_check", None))
        comment = "; ".join(filter(None, (
            getattr(event, "comment", ""), getattr(event, "comments_on_radiation_dose", ""),
        )))  # fmt: skip
        if check or comment:
            name = getattr(event, "acquisition_protocol", "")
            found.append(Remark(number, name, comment, check))
    return found


def all_values(one: Numbered) -> list[Fact]:
    """Return every value of an event."""
    return facts(one.event)


def organ_tables(record: StudyRecord) -> list[Table]:
    """Return a table of organ doses for every administration that has them."""
    found = []
    for event in record.events:
        if isinstance(event, Administration) and event.organ_doses:
            agent = event.radiopharmaceutical_agent or event.radiopharmaceutical
            caption = f"Organ doses of {formats.text(agent)}" if agent else "Organ doses"
            found.append(plain_table(caption, ORGAN_DOSES, event.organ_doses))
    return found


def series_table(record: StudyRecord) -> Table:
    """Return the table of PET and NM image series."""
    return plain_table("Image series", SERIES, record.series)


def types_of(events: Sequence[Numbered]) -> list[tuple[str, int]]:
    """Return the types of the events with their numbers, the commonest first."""
    counts: dict[str, int] = {}
    for one in events:
        name = type_of(one.event)
        counts[name] = counts.get(name, 0) + 1
    return sorted(((name, n) for name, n in counts.items() if name), key=lambda pair: -pair[1])


def type_of(event: Event) -> str:
    """Return the type of an event in words, "" where it has none."""
    if isinstance(event, ProjectionEvent):
        return event.event_type
    return getattr(event, "acquisition_type", "")
