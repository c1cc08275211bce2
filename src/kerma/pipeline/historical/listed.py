"""A list of historical doses and how to read it in, its studies out, each with its faults."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace

from kerma.errors import KermaError
from kerma.pipeline.historical import cells, fields
from kerma.pipeline.historical.cells import CellFault, Format
from kerma.pipeline.historical.entry import Entry, Incomplete, Scan, complete, doubts
from kerma.pipeline.historical.fields import BY_KEY, DEVICE, Field
from kerma.pipeline.size_table import SizeTable, delimiter_of, text_of
from kerma.records import Device
from kerma.records.base import Record


class UnclearList(KermaError):
    """It is not said how a list is to be read."""


class Choices(Record, frozen=True):
    """How a list is to be read."""

    columns: dict[str, str] = {}
    """Place of a column -> key of its field."""
    decimal: str = ""
    dates: str = ""
    """"" where a person must choose."""
    replaces: bool = False
    """Whether values entered before for the same study go."""
    takes_doubtful: bool = False
    """Whether studies are stored whose numbers do not agree."""


class Read(NamedTuple):
    """One study of a list."""

    lines: tuple[int, ...]
    rows: int
    entry: Entry | None
    """None if a row cannot be used."""
    faults: tuple[str, ...]
    """Why it cannot be stored."""
    doubts: tuple[str, ...]
    """What speaks against its numbers."""


class Told(NamedTuple):
    """What is seen of a list before anything is chosen."""

    encoding: str
    delimiter: str


_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs"}


def told(data: bytes) -> Told:
    """Return the encoding and what stands between the cells, in words."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "UTF-16"
    else:
        try:
            data.decode("utf-8-sig")
            encoding = "UTF-8"
        except UnicodeDecodeError:
            encoding = "Windows-1252 (Western European)"
    return Told(encoding, _NAMES[delimiter_of(text_of(data))])


def guess(table: SizeTable) -> Choices:
    """Return what can be told of a list without doubt."""
    return with_format(table, Choices(columns=fields.guess(table.titles)))


def with_format(table: SizeTable, choices: Choices) -> Choices:
    """Return the choices with decimals and dates as they are written, where that can be told."""
    chosen = _chosen(choices)
    numeric = [place for place, field in chosen if field.unit or field.name == "pitch"]
    dated = [place for place, field in chosen if field.read is cells.date]
    decimal = choices.decimal or cells.told_decimal(_values(table, numeric))
    dates = choices.dates or (cells.told_dates(_values(table, dated)) if dated else "ymd")
    return replace(choices, decimal=decimal, dates=dates)


def _values(table: SizeTable, places: Sequence[int]) -> Iterator[str]:
    for _, row in table.rows:
        for place in places:
            if place < len(row) and not cells.is_empty(row[place]):
                yield row[place]


def _chosen(choices: Choices) -> list[tuple[int, Field]]:
    return [(int(place), BY_KEY[key]) for place, key in choices.columns.items() if key in BY_KEY]


def check(table: SizeTable, choices: Choices) -> None:
    """Refuse choices by which a list cannot be read.

    Raises
    ------
    UnclearList
        If something must be chosen first.
    """
    chosen = [field for _, field in _chosen(choices)]
    names = [field.name for field in chosen]
    twice = sorted({field.label for field in chosen if names.count(field.name) > 1})
    if twice:
        raise UnclearList(f"More than one column is chosen for {', '.join(twice)}. Choose one.")
    if not {"dlp_mgycm", "total_dlp_mgycm", "ctdivol_mgy"} & set(names):
        unclear = fields.unclear(table.titles)
        hint = f" Their titles give no unit: {', '.join(map(repr, unclear))}." if unclear else ""
        raise UnclearList(
            f"No column is chosen for DLP, total DLP or CTDIvol; choose it with its unit.{hint}"
        )
    if "study_date" not in names:
        raise UnclearList("No column is chosen for the study date.")
    if not {"manufacturer", "model", "station_name"} & set(names):
        raise UnclearList("No column is chosen for the scanner: manufacturer, model or station.")
    if not choices.decimal:
        raise UnclearList(
            "Decimals cannot be told: 1,234 may be a thousand or a little more than one. Choose "
            "whether they have a point or a comma."
        )
    if not choices.dates:
        raise UnclearList(
            "The order of day and month cannot be told from the dates, as in 03/04/2010. Choose it."
        )


def studies(
    table: SizeTable, choices: Choices, rows: int | None = None, passed: int = 0
) -> Iterator[Read]:
    """Yield the studies in the order of their first rows, all rows of a study together.

    Parameters
    ----------
    rows
        How many rows to look at; None for all.
    passed
        How many rows the studies have that were yielded before and are left out now.
    """
    chosen, how = _chosen(choices), Format(choices.decimal, choices.dates)
    places = {field.name: place for place, field in chosen if not field.of_scan}
    groups: dict[tuple[str, ...], list[int]] = {}
    for number, (_, row) in enumerate(table.rows[:rows]):
        groups.setdefault(_name(row, places, number), []).append(number)
    done = 0
    for numbers in groups.values():
        done += len(numbers)
        if done > passed:
            yield _study([table.rows[n] for n in numbers], chosen, how, len(table.titles))


_SCANNER = ("manufacturer", "model", "station_name", "serial_number")
_NAMING = (
    ("study_instance_uid",),
    ("accession_number", "study_date", *_SCANNER),
    ("patient_id", "study_date", "study_time", *_SCANNER),
    ("study_date", "study_time", *_SCANNER),
)
"""Fields by which rows are of one study: the first line whose first field the row says."""


def _name(row: Sequence[str], places: dict[str, int], number: int) -> tuple[str, ...]:
    def said(field: str) -> str:
        place = places.get(field, len(row))
        return row[place] if place < len(row) else ""

    for names in _NAMING:
        if said(names[0]):
            return tuple(map(said, names))
    return (str(number),)


def _study(
    rows: Sequence[tuple[int, tuple[str, ...]]],
    chosen: Sequence[tuple[int, Field]],
    how: Format,
    width: int,
) -> Read:
    faults: list[str] = []
    of_study: dict[str, Any] = {}
    scans: list[Scan] = []
    for line, row in rows:
        where = f"line {line}: " if len(rows) > 1 else ""
        if len(row) > width and any(row[width:]):
            faults.append(f"{where}{len(row)} cells under {width} titles")
        of_scan: dict[str, Any] = {}
        for place, field in chosen:
            cell = row[place] if place < len(row) else ""
            if cells.is_empty(cell):
                continue
            try:
                value = field.read(cell, how)
            except CellFault as fault:
                faults.append(f"{where}{field.label} {fault}")
                continue
            if field.of_scan:
                of_scan[field.name] = value
            elif of_study.setdefault(field.name, value) != value:
                faults.append(f"{where}{field.label} is not that of the rows before")
        scans.append(Scan(**of_scan))
    lines = tuple(line for line, _ in rows)
    read = _checked(lines, _entry(of_study, scans), faults)
    return read._replace(doubts=(*read.doubts, *_twice(rows, read.entry)))


def _twice(rows: Sequence[tuple[int, tuple[str, ...]]], entry: Entry | None) -> Iterator[str]:
    """Yield a doubt if a row is there again to the letter, and no total says that it is not."""
    if entry is None or entry.is_total_only or entry.total_dlp_mgycm is not None:
        return
    first: dict[tuple[str, ...], int] = {}
    for line, row in rows:
        if first.setdefault(row, line) != line:
            yield (
                f"Line {line} is line {first[row]} once more: either one acquisition twice in the "
                "list, or two that are alike, which only a total could tell."
            )
            return


def _entry(of_study: dict[str, Any], scans: list[Scan]) -> Entry:
    device = {name: value for name, value in of_study.items() if name in DEVICE}
    others = {name: value for name, value in of_study.items() if name not in DEVICE}
    said = tuple(scan for scan in scans if scan != Scan())
    return Entry(device=Device(**device), scans=said, **others)


def _checked(lines: tuple[int, ...], entry: Entry, faults: list[str]) -> Read:
    if faults:
        return Read(lines, len(lines), None, tuple(faults), ())
    try:
        complete(entry)
    except Incomplete as error:
        return Read(lines, len(lines), None, (str(error),), ())
    return Read(lines, len(lines), entry, (), doubts(entry))
