"""A site's formats of date and time in, the texts of dates, times and moments out.

Formats are written in the letters of spreadsheets: `dd/mm/yyyy`, `hh:mm:ss`.
"""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings

from kerma.errors import KermaError
from kerma.store import options

ISO_DATE, ISO_TIME = "yyyy-mm-dd", "hh:mm:ss"

_LETTERS = {
    "yyyy": "%Y", "yy": "%y", "mmmm": "%B", "mmm": "%b", "mm": "%m", "m": "%-m", "dddd": "%A",
    "ddd": "%a", "dd": "%d", "d": "%-d", "hh": "%H", "h": "%-H", "ss": "%S", "s": "%-S",
    "am/pm": "%p",
}  # fmt: skip
_PART = re.compile(r"yyyy|yy|m{1,4}|d{1,4}|h{1,2}|s{1,2}|am/pm|[^a-z]", re.IGNORECASE)


class DateFormatError(KermaError):
    """A format of dates or times that cannot be read."""


class Formats(NamedTuple):
    """How a site writes dates and times."""

    date: str = ISO_DATE
    time: str = ISO_TIME

    @property
    def moment(self) -> str:
        """Return the format of a date with its time."""
        return f"{self.date} {self.time}"


def of_site() -> Formats:
    """Return the formats chosen on the page, or else in the environment."""
    date, time = options.several("export_date_format", "export_time_format")
    date = date or settings.KERMA_EXPORT_DATE_FORMAT
    return Formats(date, time or settings.KERMA_EXPORT_TIME_FORMAT)


def of_csv() -> Formats:
    """Return the formats of csv: the site's if it says so, else ISO 8601."""
    return of_site() if options.get("export_csv_dates") == "site" else Formats()


def check(text: str) -> str:
    """Return the format if it can be read.

    Raises
    ------
    DateFormatError
        If it has other letters than those of days, months, years, hours, minutes and seconds.
    """
    strftime(text)
    return text


def strftime(text: str) -> str:
    """Return the pattern of `strftime` for a format; `mm` after hours means minutes."""
    pattern, after_hours, at = "", False, 0
    for part in _PART.finditer(text):
        if part.start() != at:
            break
        at = part.end()
        letters = part[0].lower()
        if letters in {"m", "mm"} and after_hours:
            pattern += "%M" if letters == "mm" else "%-M"
        else:
            pattern += _LETTERS.get(letters, letters.replace("%", "%%"))
        after_hours = letters.startswith("h") or (after_hours and not letters.isalpha())
    if at != len(text) or not text.strip():
        raise DateFormatError(
            f"{text!r} is not a format of dates or times. Write it with d, m, y, h and s, as "
            "dd/mm/yyyy or hh:mm:ss."
        )
    return pattern


def writers(formats: Formats) -> dict[str, Callable[[Any], str]]:
    """Return for each kind of value what writes it; fractions of a second are left out."""
    date, time = strftime(formats.date), strftime(formats.time)
    if formats == Formats():
        return {"date": dt.date.isoformat, "time": _iso_time, "moment": _iso_moment}
    return {
        "date": lambda value: value.strftime(date),
        "time": lambda value: value.strftime(time),
        "moment": lambda value: f"{value.strftime(date)} {value.strftime(time)}",
    }


def _iso_time(value: dt.time) -> str:
    return value.isoformat("seconds")


def _iso_moment(value: dt.datetime) -> str:
    return value.isoformat(" ", "seconds")
