"""The bytes of a list of heights and weights in, its columns and believable sizes out."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kerma.errors import KermaError

LARGEST_LIST = 20 * 1024**2
"""Bytes of a list, some 500,000 rows."""

HEIGHTS_CM = (20.0, 260.0)
"""Heights that a person can have, from the smallest newborn on."""

WEIGHTS_KG = (0.2, 650.0)
"""Weights that a person can have."""

_DELIMITERS = (",", ";", "\t")
_NUMBER = re.compile(r"\+?(\d+(?:[.,]\d*)?|[.,]\d+)")
_LOOKED_AT = 20
"""Rows from which the delimiter is told."""


class UnreadableList(KermaError):
    """A file is no list of sizes."""


class UnknownColumn(KermaError):
    """A list has no column of a given title."""


class Columns(NamedTuple):
    """Titles of the columns to read."""

    id: str
    height: str
    weight: str


class Size(NamedTuple):
    """What one row says; None where the cell is empty or cannot be believed."""

    line: int
    """Number of the row's last line in the file, from 1."""
    id: str
    height_m: float | None
    weight_kg: float | None
    faults: tuple[str, ...]
    """Why a cell cannot be used, each in a few words without the patient's id."""


class SizeTable(NamedTuple):
    """A list with a title above every column."""

    titles: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    """Line number and cells; empty rows are left out."""

    def sizes(self, columns: Columns, start: int = 0) -> Iterator[Size]:
        """Yield what the rows from the `start`-th on say.

        Raises
        ------
        UnknownColumn
            If there is no column of one of the titles.
        """
        places = [self.place(title) for title in columns]
        for line, cells in self.rows[start:]:
            yield _size(line, cells, len(self.titles), places)

    def place(self, title: str) -> int:
        """Return the place of a column; letter case and spaces around a title do not matter."""
        if title in self.titles:
            return self.titles.index(title)
        folded = [known.strip().casefold() for known in self.titles]
        if title.strip().casefold() in folded:
            return folded.index(title.strip().casefold())
        known = ", ".join(repr(one) for one in self.titles)
        raise UnknownColumn(f"The list has no column {title!r}. It has: {known}.")


def read_table(data: bytes) -> SizeTable:
    """Return the list: commas, semicolons or tabs between cells, any usual encoding.

    Raises
    ------
    UnreadableList
        If it is empty, too large, no text, or has less than two columns.
    """
    if len(data) > LARGEST_LIST:
        raise UnreadableList("The list is larger than 20 MiB; split it.")
    text = text_of(data)
    delimiter = delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = [
            (reader.line_num, tuple(cell.strip() for cell in row))
            for row in reader
            if any(cell.strip() for cell in row)
        ]
    except csv.Error as error:
        raise UnreadableList(f"The list cannot be read as CSV: {error}.") from None
    if not rows:
        raise UnreadableList("The list is empty.")
    titles = rows[0][1]
    if len(titles) < 2:
        raise UnreadableList(
            "The list has a single column. Its first line must hold the titles of the columns, "
            "with commas, semicolons or tabs between them."
        )
    return SizeTable(titles, tuple(rows[1:]))


def guess(titles: Sequence[str]) -> Columns:
    """Return the columns that look like id, height and weight, "" where no title does."""

    def like(*words: str) -> str:
        for word in words:
            for title in titles:
                if word in title.casefold():
                    return title
        return ""

    return Columns(
        like("accession", "acc", "study instance", "studyinstance", "study uid", "uid"),
        like("height", "length", "size", "altura", "taille", "größe", "groesse", "talla"),
        like("weight", "mass", "peso", "poids", "gewicht"),
    )


def text_of(data: bytes) -> str:
    """Return the text: UTF-8 or UTF-16 with its mark, UTF-8, else Latin-1 as Windows has it."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        found = data.decode("utf-16", errors="replace")
    else:
        try:
            found = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            found = data.decode("cp1252", errors="replace")
    if "\0" in found:
        raise UnreadableList("This is no text. Save the list as CSV.")
    return found


def delimiter_of(text: str) -> str:
    """Return the mark that cuts the first line into most cells, as many as the lines below have."""
    lines = io.StringIO(text, newline="")
    head = [line for _, line in zip(range(_LOOKED_AT), lines, strict=False)]

    def fitness(mark: str) -> tuple[int, int]:
        try:
            rows = [row for row in csv.reader(head, delimiter=mark) if any(row)]
        except csv.Error:
            return (0, 0)
        if not rows or len(rows[0]) < 2:
            return (0, 0)
        return (sum(len(row) == len(rows[0]) for row in rows), len(rows[0]))

    return max(_DELIMITERS, key=fitness)


def _size(line: int, cells: tuple[str, ...], width: int, places: list[int]) -> Size:
    if len(cells) > width and any(cells[width:]):
        fault = f"the row has {len(cells)} cells under {width} titles"
        return Size(line, "", None, None, (fault,))
    found = [cells[place] if place < len(cells) else "" for place in places]
    height, no_height = _number(found[1], "height", "cm", HEIGHTS_CM)
    weight, no_weight = _number(found[2], "weight", "kg", WEIGHTS_KG)
    faults = [fault for fault in (no_height, no_weight) if fault]
    if not found[0]:
        return Size(line, "", None, None, ("the id is missing",))
    metres = None if height is None else round(height / 100, 6)
    return Size(line, found[0], metres, weight, tuple(faults))


def _number(
    cell: str, what: str, unit: str, limits: tuple[float, float]
) -> tuple[float | None, str]:
    """Return the number in a cell and what is wrong with it; an empty cell says nothing.

    The unit may stand behind it; any other is not converted but refused.
    """
    text = cell.casefold().removesuffix(unit).strip()
    if not text or text == "-":
        return None, ""
    if not _NUMBER.fullmatch(text):
        return None, f"the {what} is no number of {unit}"
    value = float(text.replace(",", "."))
    low, high = limits
    if not low <= value <= high:
        return None, f"the {what} is not between {low:g} and {high:g} {unit}"
    return value, ""
