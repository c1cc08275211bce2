"""Data in, one study after another with its events out, by name: for formats that fill in forms."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Self

import msgspec
import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from kerma.exports.base import ExportError, Progress
from kerma.exports.reading import Data
from kerma.exports.spreadsheet import legal

Values = dict[str, Any]
"""Name of a column of the store -> its value; JSON decoded."""

_JSON = frozenset({"filters", "grid", "more", "field_of_view_mm", "planes", "series"})


class WholeStudy(NamedTuple):
    """One study with its events, in the order of its report."""

    number: int
    """From 1, in the order of the selection."""
    id: int
    values: Values
    events: list[Values]


def whole_studies(
    data: Data, study: Sequence[str], event: Sequence[str], progress: Progress
) -> Iterator[WholeStudy]:
    """Return the studies with these columns of theirs and of their events, telling progress."""
    number = 0
    for batch in data.batches(("id", *study), event):
        for values, events in zip(batch.studies, batch.events, strict=True):
            progress(number, len(data.ids))
            number += 1
            named = [_named(event, one) for one in events]
            yield WholeStudy(number, values[0], _named(study, values[1:]), named)


def _named(names: Sequence[str], row: Sequence[Any]) -> Values:
    return {
        name: msgspec.json.decode(value) if value and name in _JSON else value
        for name, value in zip(names, row, strict=True)
    }


def more(event: Values, name: str) -> Any:
    """Return a value of an event that has no column of its own; None if there is none."""
    return (event.get("more") or {}).get(name)


def scaled(value: float | None, factor: float) -> float | None:
    """Return a value in another unit, without digits that only the conversion makes."""
    return None if value is None else round(value * factor, 10)


def distinct(texts: Sequence[Any]) -> list[Any]:
    """Return what is said, each once, in the order in which it is first said."""
    return [one for one in dict.fromkeys(texts) if one not in (None, "")]


def joined(texts: Sequence[Any]) -> str:
    """Return several different texts as one: "Card LD | Coro 15"."""
    return " | ".join(map(str, distinct(texts)))


_MOST_ROWS = 1_048_576
"""Rows of a sheet."""


class Form:
    """One sheet of a workbook, written row by row: texts as texts, numbers as numbers."""

    def __init__(self, out: BinaryIO, name: str) -> None:
        self._book = xlsxwriter.Workbook(
            out,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": True,
                "default_date_format": "yyyy-mm-dd",
            },
        )
        self._sheet = self._book.add_worksheet(name)
        self._bold = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top"})

    def headings(self, row: int, texts: Sequence[str]) -> None:
        """Write headings into a row, counted from 0."""
        self._sheet.write_row(row, 0, texts, self._bold)

    def write(self, row: int, values: Sequence[Any]) -> None:
        """Write values into a row; what there is none of, or is no number, stays empty.

        Raises
        ------
        ExportError
            If a sheet has no such row.
        """
        if row >= _MOST_ROWS:
            raise ExportError(
                f"A sheet has {_MOST_ROWS} rows, the studies need more. Filter fewer studies."
            )
        for column, value in enumerate(values):
            if isinstance(value, str):
                if value:
                    self._sheet.write_string(row, column, legal(value))
            elif value is not None and value == value:
                self._sheet.write(row, column, value)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, fault: type[BaseException] | None, *_: object) -> None:
        """Finish the workbook, or give it up where a fault ended it."""
        if fault is None:
            self._close()
        else:
            self._sheet._opt_close()
            Path(self._sheet.row_data_filename).unlink(missing_ok=True)
            self._book.fileclosed = True

    def _close(self) -> None:
        try:
            self._book.close()
        except FileCreateError as error:
            raise OSError(*error.args) from error
