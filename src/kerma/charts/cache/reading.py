"""Rows of the database in, arrays out: read in batches, so that memory holds the arrays alone."""

import datetime as dt
import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from django.db import connection, transaction

from kerma.charts.cache.columns import NO_DAY, Column, Table
from kerma.charts.cache.parts import Array, Part, joined

_BATCH = {"sqlite": 1_000, "postgresql": 20_000}
"""Rows at a time: SQLite's are quickest where they fit the processor's cache."""
_IDS = 500
"""Ids in one statement."""
_EPOCH = dt.date(1970, 1, 1)


def read(table: Table, names: Sequence[str], ids: Sequence[int] | None = None) -> Part:
    """Return columns of a table, of all studies or of those with these ids."""
    if ids is None:
        return _read(table, names, "", [])
    part = _read(table, names, " AND 1 = 0", [])
    for start in range(0, len(ids), _IDS):
        some = list(ids[start : start + _IDS])
        marks = ", ".join(["%s"] * len(some))
        part = joined(part, _read(table, names, f" AND {table.key} IN ({marks})", some))
    return _sorted(part, part.studies)


def _read(table: Table, names: Sequence[str], condition: str, values: list[Any]) -> Part:
    columns = [_Collected(table.columns[name]) for name in names]
    keys: list[Array] = [np.zeros((2, 0), dtype=np.int64)]
    expressions = [table.key, "id", *(c.column.expression(connection.vendor) for c in columns)]
    where = table.condition(connection.vendor, whole=not condition) + condition
    statement = f"SELECT {', '.join(expressions)} FROM {table.name} WHERE {where}"
    with _rows(statement, values) as batches, _no_search_for_cycles():
        for batch in batches:
            study, row, *others = zip(*batch, strict=True)
            keys.append(np.array([study, row], dtype=np.int64))
            for column, given in zip(columns, others, strict=True):
                column.add(given)
    study_ids, row_ids = np.concatenate(keys, axis=1)
    part = Part(
        study_ids,
        {column.column.name: column.array() for column in columns},
        {column.column.name: list(column.places) for column in columns if column.is_text},
    )
    return _sorted(part, row_ids)


def _sorted(part: Part, row_ids: Array) -> Part:
    """Return the rows by study and then by their own id."""
    study = part.studies
    later = (study[1:] > study[:-1]) | ((study[1:] == study[:-1]) & (row_ids[1:] >= row_ids[:-1]))
    return part if later.all() else part.where(np.lexsort((row_ids, study)))


@contextmanager
def _rows(statement: str, values: list[Any]) -> Iterator[Iterator[list[tuple[Any, ...]]]]:
    """Give batches of rows as the driver makes them.

    PostgreSQL hands rows out of a cursor of its own, inside a transaction and in binary form.
    """
    connection.ensure_connection()
    driver: Any = connection.connection
    size = _BATCH[connection.vendor]
    if connection.vendor == "postgresql":
        with transaction.atomic(), driver.cursor(name="kerma_charts", binary=True) as cursor:
            cursor.execute(statement, values)
            yield iter(lambda: cursor.fetchmany(size), [])
        return
    cursor = driver.cursor()
    try:
        # Of SQLite's own class: Django's cursor converts each value.
        cursor.execute(*([statement.replace("%s", "?"), values] if values else [statement]))
        yield iter(lambda: cursor.fetchmany(size), [])
    finally:
        cursor.close()


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Keep Python from looking through millions of rows for cycles, which halves the speed."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Collected:
    """One column as it comes in, batch by batch."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self.is_text = column.kind == "text"
        self.places: dict[Any, int] = {"": 0} if self.is_text else {}
        self._days: dict[Any, int] = {}
        self._arrays: list[Array] = [np.zeros(0, dtype=_TYPES[column.kind])]

    def add(self, values: tuple[Any, ...]) -> None:
        """Add the values of one batch."""
        if self.is_text:
            for text in set(values) - self.places.keys():
                self.places[text] = len(self.places)
            self._arrays.append(np.fromiter(map(self.places.__getitem__, values), np.int32))
        elif self.column.kind == "day":
            for day in set(values) - self._days.keys():
                self._days[day] = _number_of(day)
            self._arrays.append(np.fromiter(map(self._days.__getitem__, values), np.int32))
        else:
            self._arrays.append(np.array(values, dtype=_TYPES[self.column.kind]))

    def array(self) -> Array:
        """Return all values."""
        return np.concatenate(self._arrays)


_TYPES = {"number": np.float64, "whole": np.int32, "text": np.int32, "day": np.int32}


def _number_of(day: dt.date | str | None) -> int:
    """Return the day's number; SQLite hands out text."""
    if day is None:
        return NO_DAY
    return ((dt.date.fromisoformat(day) if isinstance(day, str) else day) - _EPOCH).days
