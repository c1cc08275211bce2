"""Rows into tables with as few steps as possible: columns come from the models' fields.

Django's own way makes an instance of a model for each row and prepares each value on its own,
which costs several times what the database needs for the row.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec
from django.db import connection, models
from django.db.backends.utils import CursorWrapper

from kerma.store.models.fields import LocalDateTimeField

Convert = Callable[[Any], Any]


class Table:
    """The table of a model: statements are made once, rows are sequences in column order."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.fields = [f for f in model._meta.local_concrete_fields if not f.primary_key]
        self.names = tuple(f.attname for f in self.fields)

    def insert(self, cursor: CursorWrapper, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert `rows`, each of which has a value for every column."""
        if len(rows) == 1:
            cursor.execute(self.insert_statement, self.values(rows[0]))
        elif rows:
            cursor.executemany(self.insert_statement, [self.values(row) for row in rows])

    def insert_one(self, cursor: CursorWrapper, row: Mapping[str, Any]) -> int:
        """Insert `row` and return its id."""
        cursor.execute(self._insert_returning, self.values(row))
        return int(cursor.fetchone()[0])

    def update(self, cursor: CursorWrapper, row_id: int, row: Mapping[str, Any]) -> None:
        """Make the row with this id equal to `row`, which has a value for every column."""
        cursor.execute(self._update, [*self.values(row), row_id])

    def values(self, row: Mapping[str, Any]) -> list[Any]:
        """Return what the database driver takes for each column."""
        values = [row[name] for name in self.names]
        for place, convert in self._conversions:
            if values[place] is not None:
                values[place] = convert(values[place])
        return values

    @cached_property
    def _conversions(self) -> list[tuple[int, Convert]]:
        """Return what must be done to the columns whose values no driver takes as they are."""
        found = [(place, _conversion(field)) for place, field in enumerate(self.fields)]
        return [(place, convert) for place, convert in found if convert is not None]

    @cached_property
    def insert_statement(self) -> str:
        """The statement that inserts one row."""
        columns = ", ".join(f'"{field.column}"' for field in self.fields)
        marks = ", ".join(["%s"] * len(self.fields))
        return f'INSERT INTO "{self.model._meta.db_table}" ({columns}) VALUES ({marks})'

    @cached_property
    def _insert_returning(self) -> str:
        return f'{self.insert_statement} RETURNING "id"'

    @cached_property
    def _update(self) -> str:
        columns = ", ".join(f'"{field.column}" = %s' for field in self.fields)
        return f'UPDATE "{self.model._meta.db_table}" SET {columns} WHERE "id" = %s'


def _conversion(field: "models.Field[Any, Any]") -> Convert | None:
    """Return the function that prepares values of `field`; None where they go as they are."""
    if isinstance(field, models.JSONField):
        return _json
    if isinstance(field, models.IntegerField) and not isinstance(field, models.BigIntegerField):
        return _whole
    if connection.vendor == "postgresql":
        return None
    if isinstance(field, LocalDateTimeField):
        return _local
    if isinstance(field, models.DateTimeField):
        return _moment
    if isinstance(field, models.TimeField):
        return str
    return None


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _whole(value: float) -> int | None:
    """Return None for what no count of anything can be; PostgreSQL would refuse it."""
    return int(value) if abs(value) < 2**31 else None


def _local(value: dt.datetime) -> str:
    return value.isoformat(" ")


def _moment(value: dt.datetime) -> str:
    return value.astimezone(dt.UTC).replace(tzinfo=None).isoformat(" ")
