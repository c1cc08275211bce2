"""Comma-separated values: what most spreadsheets and statistics programs read."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from kerma.exports import dates
from kerma.exports.base import ALL, Format, Made, Option, Plan, Progress, add, option
from kerma.exports.columns import Value
from kerma.exports.columns.base import Column
from kerma.exports.layout import Flat, Sheets, columns_for, headings, wide_headings
from kerma.exports.reading import Data
from kerma.exports.spreadsheet import guarded_column

_MARK = Option(
    "mark",
    "Encoding",
    (("no", "UTF-8"), ("yes", "UTF-8 with a byte-order mark")),
    "Excel knows the encoding of a csv file only by the mark.",
)

LAYOUTS = {"CT": "wide", "DX": "wide", "MG": "long", "NM": "long", "RF": "studies"}
"""wide: a row for each study, its events to the right. long: a row for each event, after the
values of its study. studies: no events."""


def write(plan: Plan, data: Data, out: BinaryIO, progress: Progress) -> Made:
    """Write one table; rows end with their last value, so they may be shorter than the headings."""
    layout = LAYOUTS[plan.modality]
    columns = columns_for(plan, data)
    encoding = "utf-8-sig" if option(plan, _MARK) == "yes" else "utf-8"
    text = io.TextIOWrapper(out, encoding, errors="replace", newline="", write_through=False)
    sheets = Sheets(columns, events=layout != "studies")
    writer = csv.writer(text)
    if layout == "wide":
        writer.writerow(wide_headings(columns, data.most_events))
    else:
        events = columns.event if layout == "long" else ()
        writer.writerow(headings(columns.study) + headings(events))
    rows = 0
    for flat in sheets.flat(data, progress):
        lines = list(_LINES[layout](_ready(flat, columns.study, columns.event)))
        writer.writerows(lines)
        rows += len(lines)
    text.flush()
    text.detach()
    return Made(len(data.ids), rows)


def _ready(flat: Flat, study: tuple[Value, ...], event: tuple[Value, ...]) -> Flat:
    """Return the columns as texts and numbers for the writer."""
    of = dates.writers(dates.of_csv())

    def ready(value: Value, column: Column) -> Column:
        if value.kind == "text":
            return guarded_column(column)
        if value.kind in of:
            write = of[value.kind]
            return [None if one is None else write(one) for one in column]
        return column

    return Flat(
        list(map(ready, study, flat.study)), list(map(ready, event, flat.event)), flat.counts
    )


Line = Iterable[Any]


def _wide(flat: Flat) -> Iterator[Line]:
    events = zip(*flat.event, strict=True)
    for study, count in zip(zip(*flat.study, strict=True), flat.counts, strict=True):
        line = list(study)
        for _ in range(count):
            line += next(events)
        yield line


def _long(flat: Flat) -> Iterator[Line]:
    events = zip(*flat.event, strict=True)
    for study, count in zip(zip(*flat.study, strict=True), flat.counts, strict=True):
        if not count:
            yield study
        for _ in range(count):
            yield study + next(events)


def _studies(flat: Flat) -> Iterator[Line]:
    return zip(*flat.study, strict=True)


_LINES = {"wide": _wide, "long": _long, "studies": _studies}

add(
    Format(
        name="csv",
        title="CSV",
        suffix=".csv",
        modalities=ALL,
        write=write,
        explanation="One table: a row for each study, for mammography and nuclear medicine a row "
        "for each event.",
        streams=True,
        options=(_MARK,),
        order=10,
    )
)
