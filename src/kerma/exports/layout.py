"""A plan and its data in, the rows of studies and events out, batch by batch, for any format."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

import msgspec

from kerma.exports.base import Plan, Progress
from kerma.exports.columns import COLUMNS, Columns, Reader, Value, nm
from kerma.exports.columns.base import Column
from kerma.exports.columns.rf import PLANE_EVENTS, plane_of
from kerma.exports.reading import Data

Row = tuple[Any, ...]


class Flat(NamedTuple):
    """Some studies and their events as columns, one row for each event."""

    study: list[Column]
    """One column for each value of the studies."""
    event: list[Column]
    """One column for each value of the events, those of all studies one after another."""
    counts: list[int]
    """How many events each study has."""


def columns_for(plan: Plan, data: Data, *, extra: bool = False) -> Columns:
    """Return what a plan exports; `extra` values are for formats that have room for them."""
    columns = COLUMNS[plan.modality]
    if plan.modality == "NM" and not extra:
        columns = nm(*_most(data))
    return columns.chosen(identity=plan.identity, extra=extra)


_SOME = msgspec.json.Decoder(list[msgspec.Raw] | None)


def _most(data: Data) -> tuple[int, int]:
    """Return how many organ doses an administration and how many series a study has at most."""
    organs = series = 0
    for batch in data.batches(("series",), ("organ_doses",)):
        series = max(series, *(_length(row[0]) for row in batch.studies), 0)
        organs = max(organs, *(_length(row[0]) for rows in batch.events for row in rows), 0)
    return organs, series


def _length(text: str | None) -> int:
    return len(_SOME.decode(text) or ()) if text else 0


class Sheets:
    """Reads the values of a plan."""

    def __init__(self, columns: Columns, *, events: bool = True) -> None:
        self._counted = [v for v in columns.study if str(v.path).startswith(PLANE_EVENTS)]
        self._study = Reader([v for v in columns.study if v not in self._counted], columns)
        self._event = Reader(columns.event if events else (), columns)
        self._planes = ("acquisition_plane",) if self._counted else ()
        self._order = _places(columns.study, self._study.values, self._counted)

    def flat(self, data: Data, progress: Progress) -> Iterator[Flat]:
        """Return all studies and events by columns, some at a time."""
        done, total = 0, len(data.ids)
        paths = (*self._event.paths, *self._planes)
        for batch in data.batches(self._study.paths, paths):
            events = list(chain.from_iterable(batch.events))
            study = self._study.columns(batch.studies) + self._plane_counts(batch.events)
            counts = [len(rows) for rows in batch.events] or [0] * len(batch.studies)
            yield Flat([study[place] for place in self._order], self._event.columns(events), counts)
            done += len(batch.studies)
            progress(done, total)

    def _plane_counts(self, events: list[list[Row]]) -> list[Column]:
        """Return one column for each value that counts the events of a plane."""
        if not self._counted:
            return []
        planes = [Counter(plane_of(row[-1]) for row in rows) for rows in events]
        return [[count.get(str(v.path)[-1]) for count in planes] for v in self._counted]


def _places(all_of: Sequence[Value], *parts: Sequence[Value]) -> list[int]:
    """Return for each value its place in the parts one after another."""
    found = [one.name for part in parts for one in part]
    return [found.index(one.name) for one in all_of]


def headings(values: Sequence[Value], prefix: str = "") -> list[str]:
    """Return the headings of a sheet."""
    return [f"{prefix}{one.heading}" for one in values]


def wide_headings(columns: Columns, blocks: int) -> list[str]:
    """Return the headings of a study's row with so many events to the right."""
    found = headings(columns.study)
    for number in range(1, blocks + 1):
        found += headings(columns.event, f"E{number} ")
    return found
