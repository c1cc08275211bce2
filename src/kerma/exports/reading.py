"""A selection in, its studies and events as columns out, all as they were at one moment.

The moment is a transaction that only reads, on a connection of its own: PostgreSQL's repeatable
read, SQLite's read transaction in a write-ahead log. So a study that is replaced or deleted
meanwhile is exported as it was, whole; nobody waits for the export, and the export for nobody.
"""

from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet

from kerma.query.conditions import ordering, studies
from kerma.query.selection import Selection
from kerma.store.models import Administration, CtEvent, ProjectionEvent, Study

AT_ONCE = 500
"""Most studies that are in memory at one time; SQLite takes as many numbers in a statement."""

_EVENTS_AT_ONCE = 5000
"""About as many events are in memory at one time."""

Row = tuple[Any, ...]

_FIRST, _REST = itemgetter(0), itemgetter(slice(1, None))

_EVENTS: dict[str, type[Model]] = {"CT": CtEvent, "NM": Administration}
"""Modality -> its table of events, where it is not that of projections."""


class Batch(NamedTuple):
    """Some studies with all their events."""

    studies: list[Row]
    """Values of the paths asked for, in the order of the selection."""
    events: list[list[Row]]
    """For each study its events in the order of the report; empty where none were asked for."""


class Data:
    """The studies of one selection at one moment."""

    def __init__(self, selection: Selection, at: BaseDatabaseWrapper) -> None:
        self._at = at
        self._statements: dict[tuple[type[Model], int, Row], str] = {}
        self.table = _EVENTS.get(selection.modality, ProjectionEvent)
        self.ids = array("q")
        """Of the studies, in the order of the selection."""
        self.most_events = 0
        """Of one study."""
        self.events = 0
        """Of all studies."""
        found = studies(selection).order_by(*ordering(selection))
        for study_id, events in self.rows(found.values_list("id", "number_of_events")):
            self.ids.append(study_id)
            self.events += events
            self.most_events = max(self.most_events, events)

    def batches(self, study: Sequence[str], event: Sequence[str] = ()) -> Iterator[Batch]:
        """Return all studies in order, some at a time.

        Parameters
        ----------
        study, event
            Paths of the values, as `QuerySet.values_list` takes them. What the database gives is
            handed out as it is: JSON as text, dates and times as such.
        """
        each = max(1, self.events // max(1, len(self.ids)))
        at_once = max(10, min(AT_ONCE, _EVENTS_AT_ONCE // each))
        for start in range(0, len(self.ids), at_once):
            ids = self.ids[start : start + at_once].tolist()
            yield Batch(self._studies(ids, study), self._events(ids, event) if event else [])

    def rows(self, found: "QuerySet[Any, Any]") -> Iterator[Row]:
        """Return the rows of a `values_list` as they were at the moment of the export."""
        try:
            sql, values = found.query.get_compiler(connection=self._at).as_sql()
        except EmptyResultSet:
            return  # a filter that no study can meet
        with self._at.chunked_cursor() as cursor:
            cursor.execute(sql, values)
            while rows := cursor.fetchmany(2000):
                yield from rows

    def _studies(self, ids: list[int], paths: Sequence[str]) -> list[Row]:
        found = self._of(Study, "pk", ids, ("id", *paths), ())
        by_id = dict(zip(map(_FIRST, found), map(_REST, found), strict=True))
        return [by_id[one] for one in ids if one in by_id]

    def _events(self, ids: list[int], paths: Sequence[str]) -> list[list[Row]]:
        order = ("study_id", "ordinal")
        found = self._of(self.table, "study_id", ids, ("study_id", *paths), order)
        by_study = {study: list(map(_REST, rows)) for study, rows in groupby(found, key=_FIRST)}
        return [by_study.get(one, []) for one in ids]

    def _of(
        self, table: type[Model], key: str, ids: list[int], paths: Row, order: Row
    ) -> list[Row]:
        """Return the rows of some studies; the statement is made once for each number of them."""
        asked = (table, len(ids), paths)
        if asked not in self._statements:
            found = table._default_manager.filter(**{f"{key}__in": range(-len(ids), 0)})
            found = found.order_by(*order).values_list(*paths)
            sql, values = found.query.get_compiler(connection=self._at).as_sql()
            assert len(values) == len(ids), "the ids are all that is given"
            self._statements[asked] = sql
        with self._at.cursor() as cursor:
            cursor.execute(self._statements[asked], ids)
            rows: list[Row] = cursor.fetchall()
        return rows


@contextmanager
def snapshot(selection: Selection) -> Iterator[Data]:
    """Open the studies of a selection as they are now.

    Within a transaction that is under way it reads in that one.
    """
    if connection.in_atomic_block:
        yield Data(selection, connection)
        return
    own = _connect()
    try:
        with own.cursor() as cursor:
            cursor.execute(_BEGIN[own.vendor])
        yield Data(selection, own)
    finally:
        own.connection.close()  # Django's own would leave one of a database in memory open


_BEGIN = {
    "sqlite": "BEGIN DEFERRED",
    "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
}


def _connect() -> BaseDatabaseWrapper:
    """Return a connection beside that of the thread; closing it ends its transaction."""
    own = connections.create_connection(connection.alias)
    own.ensure_connection()
    if own.vendor == "sqlite":
        with own.cursor() as cursor:
            cursor.execute(_LITTLE_MEMORY)
            cursor.execute(_NO_MAP)
    return own


_LITTLE_MEMORY = "PRAGMA cache_size = -8000"
_NO_MAP = "PRAGMA mmap_size = 0"
"""An export reads each page once: it needs no cache, and a mapped file counts as its memory."""
