"""A plan and its data in, typed tables out: a row for each event, after the values of its study.

A study without events has one row, whose values of events are null.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from kerma.exports.base import Plan, Progress
from kerma.exports.columns import Value
from kerma.exports.columns.base import Column
from kerma.exports.layout import Flat, Sheets, columns_for
from kerma.exports.reading import Data

_TYPES: dict[str, Any] = {
    "text": pl.String,
    "number": pl.Float64,
    "whole": pl.Int64,
    "flag": pl.Boolean,
    "date": pl.Date,
    "time": pl.Time,
    "moment": pl.Datetime("us"),
}


class Frames:
    """The tables of a plan, one for each batch of studies, all of one schema."""

    def __init__(self, plan: Plan, data: Data) -> None:
        self._columns = columns_for(plan, data, extra=True)
        self._data = data
        self.schema = pl.Schema(
            {one.name: _TYPES[one.kind] for one in (*self._columns.study, *self._columns.event)}
        )
        self.rows = 0
        """Made so far."""

    def made(self, progress: Progress) -> Iterator[pl.DataFrame]:
        """Return the tables one after another."""
        for flat in Sheets(self._columns).flat(self._data, progress):
            frame = self._frame(flat)
            self.rows += frame.height
            yield frame

    def _frame(self, flat: Flat) -> pl.DataFrame:
        study, event = _table(self._columns.study, flat.study), _table(
            self._columns.event, flat.event
        )  # fmt: skip
        of_study = [n for n, count in enumerate(flat.counts) for _ in range(count or 1)]
        left = study.select(pl.all().gather(of_study))
        if 0 in flat.counts:
            event = event.select(pl.all().gather(pl.Series(_places(flat.counts), dtype=pl.UInt32)))
        return pl.concat([left, event], how="horizontal")


def _table(values: Sequence[Value], columns: Sequence[Column]) -> pl.DataFrame:
    frame = pl.DataFrame(
        [
            pl.Series(one.name, column, dtype=_TYPES[one.kind], strict=False)
            for one, column in zip(values, columns, strict=True)
        ]
    )
    return frame.with_columns(pl.col(pl.String).replace("", None))


def _places(counts: list[int]) -> list[int | None]:
    """Return for each row the event that it shows; None where its study has none."""
    found: list[int | None] = []
    first = 0
    for count in counts:
        found += range(first, first + count) if count else [None]
        first += count
    return found
