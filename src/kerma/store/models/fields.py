"""The few kinds of column that Kerma's tables are made of."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    LocalField = models.Field[Any, Any]
else:
    LocalField = models.Field


def text(**options: Any) -> "models.TextField[str, str]":
    """Return a column of text, "" where the object does not say."""
    return models.TextField(blank=True, default="", **options)


def number() -> "models.FloatField[float | None, float | None]":
    """Return a column of numbers, NULL where the object does not say."""
    return models.FloatField(null=True)


def whole() -> "models.IntegerField[int | None, int | None]":
    """Return a column of whole numbers, NULL where the object does not say."""
    return models.IntegerField(null=True)


def count() -> "models.IntegerField[int, int]":
    """Return a column that counts; zero means zero."""
    return models.IntegerField(default=0)


class LocalDateTimeField(LocalField):
    """A date and time as the device wrote it, without time zone and never converted.

    Django's own DateTimeField would take it for a moment in the zone of the settings.
    """

    def get_internal_type(self) -> str:
        """Name a type of our own, so that no backend applies a time zone."""
        return "LocalDateTimeField"

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """Return the type of the column."""
        return "timestamp" if connection.vendor == "postgresql" else "datetime"

    def from_db_value(
        self, value: dt.datetime | str | None, expression: object, connection: object
    ) -> dt.datetime | None:
        """Return what the column holds; SQLite hands out text."""
        return self.to_python(value)

    def to_python(self, value: Any) -> dt.datetime | None:
        """Return the date and time."""
        if isinstance(value, str):
            return dt.datetime.fromisoformat(value)
        return value  # type: ignore[no-any-return]

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Return what the database driver takes."""
        value = self.to_python(value)
        if value is None or connection.vendor == "postgresql":
            return value
        return value.isoformat(" ")


class SortIndex(models.Index):
    """An index for sorting one way or the other, empty values at the small end on any database.

    So `ORDER BY x NULLS FIRST` and `ORDER BY x DESC NULLS LAST` both walk along it.
    """

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        """Return the statement; PostgreSQL puts NULL at the large end unless told."""
        statement: Any = super().create_sql(model, schema_editor, using=using, **kwargs)
        if schema_editor.connection.vendor != "postgresql":
            return statement
        columns = statement.parts["columns"]
        columns.col_suffixes = ["NULLS FIRST"] * len(columns.columns)
        return statement
