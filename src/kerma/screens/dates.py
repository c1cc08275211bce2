"""Date and time as screens print them; a date that could be read in two ways is none."""

import datetime as dt
import re

_MONTHS = {
    "jan": 1, "feb": 2, "fév": 2, "fev": 2, "mar": 3, "mär": 3, "mrz": 3, "apr": 4, "avr": 4,
    "abr": 4, "may": 5, "mai": 5, "mag": 5, "jun": 6, "juin": 6, "giu": 6, "jul": 7, "juil": 7,
    "lug": 7, "aug": 8, "aoû": 8, "aou": 8, "ago": 8, "sep": 9, "set": 9, "oct": 10, "okt": 10,
    "ott": 10, "nov": 11, "dec": 12, "dez": 12, "déc": 12, "dic": 12,
}  # fmt: skip
"""Beginnings of months in English, German, French, Spanish and Italian."""
_TIME = re.compile(r"\b(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\b")
_NAMED = re.compile(r"\b(\d{1,2})[-. ]+([^\W\d_]{3,9})\.?[-. ]+(\d{4})\b")
_YEAR_FIRST = re.compile(r"\b(\d{4})[-./](\d{1,2})[-./](\d{1,2})\b")
_DAY_FIRST = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b")


def date_time(text: str) -> str:
    """Return the date and time that are all of `text`, in ISO 8601; "" for anything else.

    A date without a time is not enough: it may be somebody's date of birth.
    """
    text = re.sub(r"(?<=[0-9])T(?=[0-9])", " ", text)
    time = _TIME.search(text)
    if time is None:
        return ""
    rest = (text[: time.start()] + text[time.end() :]).strip(" ,;-")
    day = _date(rest)
    if day is None:
        return ""
    try:
        clock = dt.time(int(time[1]), int(time[2]), int(time[3] or 0))
        return dt.datetime.combine(dt.date(*day), clock).isoformat()
    except ValueError:
        return ""


def _date(text: str) -> tuple[int, int, int] | None:
    if match := _NAMED.fullmatch(text):
        month = _MONTHS.get(match[2].casefold()[:4]) or _MONTHS.get(match[2].casefold()[:3])
        return (int(match[3]), month, int(match[1])) if month else None
    if match := _YEAR_FIRST.fullmatch(text):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _DAY_FIRST.fullmatch(text):
        return int(match[3]), int(match[2]), int(match[1])
    return None
