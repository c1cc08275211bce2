"""An Excel workbook: a summary, all data, and a sheet for each protocol."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, islice
from typing import BinaryIO

from kerma.exports import dates, front
from kerma.exports.arrangement import ARRANGEMENTS
from kerma.exports.base import ALL, Format, Made, Plan, Progress, add
from kerma.exports.cells import Cell
from kerma.exports.columns import Value
from kerma.exports.columns.base import Column
from kerma.exports.columns.common import PROTOCOL_PATH
from kerma.exports.counts import Summary, summary
from kerma.exports.layout import Flat, Sheets, columns_for, headings
from kerma.exports.reading import Data
from kerma.exports.spreadsheet import sheet_name
from kerma.exports.workbook import Sheet, Workbook

MOST_SHEETS = 250
"""Protocols with a sheet of their own, the most frequent; the others share one."""


def write(plan: Plan, data: Data, out: BinaryIO, progress: Progress) -> Made:
    """Write the sheets."""
    book = Workbook(out, dates.of_site())
    try:
        made = _Filling(plan, data, book).fill(progress)
        book.close(partial(progress, made.studies, made.studies, "writing the sheets"))
    finally:
        book.drop()
    return made


class _Filling:
    """Fills a workbook with the studies of a plan."""

    def __init__(self, plan: Plan, data: Data, book: Workbook) -> None:
        self._plan, self._data, self._book = plan, data, book
        self._columns = columns_for(plan, data)
        self._summary = summary(plan, data)
        self._front = book.sheet("Summary", first_row=1)
        self._all = [book.sheet("All data")]
        self._of_key = _Protocols(plan, self._summary, book)
        self._arrangement = ARRANGEMENTS[plan.modality](self._columns, data, book.cells)

    def fill(self, progress: Progress) -> Made:
        """Write all rows, then the headings and the summary."""
        for flat in Sheets(self._columns).flat(self._data, progress):
            self._write(flat)
        for sheet in self._all:
            sheet.headings = self._arrangement.headings()
        below = headings(self._columns.study) + headings(self._columns.event)
        for sheet in self._of_key.sheets():
            sheet.headings = below
        notes = (*self._arrangement.notes(), *self._of_key.notes(), *self._continued())
        front.write(
            self._front, self._plan, len(self._data.ids), self._summary, notes, self._of_key.name
        )
        rows = sum(sheet.rows for sheet in (*self._all, *self._of_key.sheets()))
        return Made(len(self._data.ids), rows, notes)

    def _write(self, flat: Flat) -> None:
        """Write the rows of some studies to all sheets."""
        study = list(zip(*self._cells(self._columns.study, flat.study), strict=True))
        events = list(zip(*self._cells(self._columns.event, flat.event), strict=True))
        for row in self._arrangement.rows(flat, study, events):
            self._book.room(self._all).add(row)
        keys, left = self._keys(flat), iter(events)
        for cells, count in zip(study, flat.counts, strict=True):
            for event in islice(left, count):
                for key in next(keys):
                    self._of_key.room(key).add(cells + event)

    def _cells(self, values: Sequence[Value], columns: Sequence[Column]) -> list[list[Cell]]:
        make = self._book.cells.column
        return [make(one.kind, column) for one, column in zip(values, columns, strict=True)]

    def _keys(self, flat: Flat) -> Iterator[tuple[str, ...]]:
        """Return for each event the texts that its sheets are named after."""
        if self._plan.modality == "NM":
            texts = flat.study[_place(self._columns.study, "study_description")]
            pairs = zip(texts, flat.counts, strict=True)
            return chain.from_iterable([(text or "",)] * count for text, count in pairs)
        protocols = flat.event[_place(self._columns.event, PROTOCOL_PATH)]
        names = flat.event[_place(self._columns.event, "standard_name")]
        return (
            (protocol or "", front.standard(name)) if name else (protocol or "",)
            for protocol, name in zip(protocols, names, strict=True)
        )

    def _continued(self) -> Iterator[str]:
        if len(self._all) > 1:
            yield "All data has more rows than a sheet holds, and goes on in further sheets."


def _place(values: Sequence[Value], path: str) -> int:
    return next(index for index, one in enumerate(values) if one.path == path)


_OTHERS = "Other protocols"


class _Protocols:
    """The sheets named after protocols and standard names of acquisitions.

    For nuclear medicine they are named after study descriptions.
    """

    def __init__(self, plan: Plan, counted: Summary, book: Workbook) -> None:
        self._book = book
        texts = counted.study_descriptions if plan.modality == "NM" else counted.protocols
        named = [(front.standard(name), number) for name, number in counted.standard_acquisitions]
        frequencies: Counter[str] = Counter()
        for text, number in (*texts, *named):
            frequencies[sheet_name(text)] += number
        names = sorted(name for name, _ in frequencies.most_common(MOST_SHEETS))
        self._by_name = {name: [book.sheet(name)] for name in names}
        self._left_out = len(frequencies) - len(names)
        if self._left_out:
            self._by_name[_OTHERS] = [book.sheet(_OTHERS)]
        self._by_text: dict[str, list[Sheet]] = {}

    def room(self, text: str) -> Sheet:
        """Return the sheet of a protocol that has room for a row."""
        sheets = self._by_text.get(text)
        if sheets is None:
            sheets = self._by_text[text] = self._by_name[self.name(text)]
        return self._book.room(sheets)

    def name(self, text: str) -> str:
        """Return the name of the sheet of a protocol."""
        name = sheet_name(text)
        return name if name in self._by_name else _OTHERS

    def sheets(self) -> list[Sheet]:
        """Return all of them."""
        return list(chain.from_iterable(self._by_name.values()))

    def notes(self) -> Iterator[str]:
        """Tell of protocols without a sheet of their own."""
        if self._left_out:
            yield (
                f"The {MOST_SHEETS} most frequent protocols have a sheet of their own; the "
                f"{self._left_out} others are in the sheet “{_OTHERS}”."
            )


add(
    Format(
        name="xlsx",
        title="Excel workbook",
        suffix=".xlsx",
        modalities=ALL,
        write=write,
        explanation="A summary, all data, and a sheet for each protocol, for nuclear medicine for "
        "each study description.",
        order=20,
    )
)
