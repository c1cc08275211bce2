"""The text of a cell in, its value out, or what is wrong with it in a few words.

No word names the patient: faults are shown and logged.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from kerma.pipeline.historical.entry import LOCALISER, SEQUENCED, SPIRAL, STATIONARY


class Format(NamedTuple):
    """How a list writes numbers and dates."""

    decimal: str = "."
    dates: str = "ymd"
    """One of `DATES`."""


class CellFault(ValueError):
    """A cell cannot be used; says why."""


Reader = Callable[[str, Format], Any]

DATES = {
    "ymd": ("year, month, day: 2010-04-03", re.compile(r"(\d{4})[-./]?(\d\d?)[-./]?(\d\d?)")),
    "dmy": ("day, month, year: 03.04.2010", re.compile(r"(\d\d?)[-./](\d\d?)[-./](\d{4})")),
    "mdy": ("month, day, year: 04/03/2010", re.compile(r"(\d\d?)[-./](\d\d?)[-./](\d{4})")),
}
"""Order of the parts -> example and pattern."""
DECIMALS = {".": "a point: 12.5", ",": "a comma: 12,5"}

_LONGEST = 64
"""Characters of most texts in DICOM (PS3.5 6.2)."""
_EMPTY = frozenset(("", "-", "–", "n/a", "na", "none", "null", "nan"))


def is_empty(cell: str) -> bool:
    """Return whether a cell says that there is no value."""
    return cell.strip().casefold() in _EMPTY


def text(cell: str, _: Format) -> str:
    r"""Return a text without signs that mean something in DICOM; a ``\`` would part values."""
    plain = "".join(c if c.isprintable() else " " for c in cell).replace("\\", "/").strip()
    return plain[:_LONGEST].rstrip()


def uid(cell: str, _: Format) -> str:
    """Return a UID."""
    if not re.fullmatch(r"[0-2](\.(0|[1-9]\d*))+", cell) or len(cell) > 64:
        raise CellFault("is no UID: digits and points, at most 64")
    return cell


def number(factor: float) -> Reader:
    """Return a reader of numbers, given how many of the stored unit one of theirs is."""

    def read(cell: str, how: Format) -> float:
        other = "," if how.decimal == "." else "."
        if other in cell:
            raise CellFault(f"has a {'comma' if other == ',' else 'point'}, where the list's "
                            f"decimals have a {'point' if other == ',' else 'comma'}")  # fmt: skip
        plain = cell.replace(how.decimal, ".")
        if not re.fullmatch(r"\+?(\d+(\.\d*)?|\.\d+)", plain):
            raise CellFault("is no number, or has another unit than the title")
        return float(f"{float(plain) * factor:.12g}")

    return read


def date(cell: str, how: Format) -> dt.date:
    """Return a date; a time behind it is passed over."""
    day = cell.split("T")[0].split(" ")[0]
    match = DATES[how.dates][1].fullmatch(day)
    if match is None:
        raise CellFault(f"is no date as {DATES[how.dates][0]}")
    parts = dict(zip(how.dates, map(int, match.groups()), strict=True))
    try:
        return dt.date(parts["y"], parts["m"], parts["d"])
    except ValueError:
        raise CellFault(f"is no day of a calendar, read as {DATES[how.dates][0]}") from None


def time(cell: str, _: Format) -> dt.time:
    """Return a time of the day; a date before it is passed over."""
    last = cell.replace("T", " ").split(" ")[-1]
    match = re.fullmatch(r"(\d\d?):?(\d\d)(?::?(\d\d))?(?:[.,]\d+)?", last)
    try:
        if match is None:
            raise ValueError(last)
        hour, minute, second = (int(part or 0) for part in match.groups())
        return dt.time(hour, minute, second)
    except ValueError:
        raise CellFault("is no time as 09:30 or 09:30:00") from None


_SEXES = {
    "M": ("m", "male", "man", "männlich", "h", "homme", "hombre", "masculin"),
    "F": ("f", "female", "woman", "w", "weiblich", "femme", "mujer", "féminin"),
    "O": ("o", "other", "d", "divers", "x"),
    "": ("u", "unknown", "?"),
}


def sex(cell: str, _: Format) -> str:
    """Return the sex as DICOM writes it."""
    for letter, words in _SEXES.items():
        if cell.casefold() in words:
            return letter
    raise CellFault("is not M, F or O")


_PHANTOMS = {
    160: ("16", "160", "head", "s"),
    320: ("32", "320", "body", "l"),
}


def phantom(cell: str, _: Format) -> int:
    """Return the diameter of the phantom in mm."""
    words = re.findall(r"[a-z]+|\d+", cell.casefold())
    found = {mm for mm, names in _PHANTOMS.items() if any(word in names for word in words)}
    if len(found) != 1:
        raise CellFault("is neither the phantom of 16 cm (head) nor that of 32 cm (body)")
    return found.pop()


_TYPES = {
    SPIRAL: ("spiral", "helical", "helix", "spirale"),
    SEQUENCED: ("sequenced", "sequence", "sequential", "axial", "sequenz", "step"),
    LOCALISER: ("localizer", "localiser", "scout", "topogram", "surview", "scanogram", "angle"),
    STATIONARY: ("stationary", "cine", "bolus", "monitoring", "dynamic", "perfusion"),
}


def acquisition_type(cell: str, _: Format) -> str:
    """Return the acquisition type in the words of the standard (CID 10013)."""
    words = re.findall(r"[^\W\d]+", cell.casefold())
    found = {kind for kind, names in _TYPES.items() if any(word in names for word in words)}
    if len(found) != 1:
        raise CellFault("is not one of spiral, sequenced, stationary, localiser")
    return found.pop()


def told_decimal(values: Iterable[str]) -> str:
    """Return the decimal sign that numbers use, "" if it cannot be told.

    A sign with three digits after it everywhere may part thousands.
    """
    signs: set[str] = set()
    decimals: set[str] = set()
    for value in values:
        here = {sign for sign in DECIMALS if sign in value}
        signs |= here
        if not _MAY_BE_THOUSANDS.fullmatch(value):
            decimals |= here
    if not signs:
        return "."
    return signs.pop() if len(signs) == 1 and signs == decimals else ""


_MAY_BE_THOUSANDS = re.compile(r"[1-9]\d{0,2}([.,]\d{3})+")


def told_dates(values: Iterable[str]) -> str:
    """Return the order in which dates are written, "" if several fit, or not one fits all.

    What is no date in any order tells nothing; it is a fault of its row.
    """
    fitting = {frozenset(order for order in DATES if _is_date(value, order)) for value in values}
    told = fitting - {frozenset()}
    if not told:
        return "ymd"
    left = set(DATES).intersection(*told)
    return left.pop() if len(left) == 1 else ""


def _is_date(value: str, order: str) -> bool:
    try:
        date(value, Format(dates=order))
    except CellFault:
        return False
    return True
