"""Values in, the words people read out; `None` and "" become nothing, never zero."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import floor, isfinite, log10

THIN = "\u202f"
"""Narrow no-break space: sets thousands apart and units off."""

DIGITS = 4
"""Significant digits shown; the tool tip holds the rest."""


def number(value: float | None, digits: int = DIGITS) -> str:
    """Return the number with `digits` significant digits, more only left of the point."""
    if value is None or not isfinite(value):
        return ""
    if value == 0:
        return "0"
    decimals = digits - 1 - floor(log10(abs(value)))
    if decimals > digits + 4:
        return f"{value:.{digits - 1}e}"
    text = f"{value:,.{max(decimals, 0)}f}".replace(",", THIN)
    return text.rstrip("0").rstrip(".") if "." in text else text


def exact(value: float | None) -> str:
    """Return the number with all the digits it has."""
    return "" if value is None else f"{value:.12g}"


def whole(value: float | None) -> str:
    """Return a count, thousands set apart."""
    return "" if value is None else f"{value:,.0f}".replace(",", THIN)


_RAISED = re.compile(r"\^([0-9m]+)\^")
_SUPERSCRIPTS = str.maketrans("0123456789m", "⁰¹²³⁴⁵⁶⁷⁸⁹ᵐ")


def text(value: str) -> str:
    """Return text as people write it: nuclides with raised numbers, several values set apart.

    PS3.16 writes "^18^Fluorine"; an attribute with several values has a backslash in between.
    """
    raised = _RAISED.sub(lambda found: found[1].translate(_SUPERSCRIPTS), value)
    return raised.replace("\\", " | ")


def percent(share: float) -> str:
    """Return a share, e.g. 0.7, as "70 %"; a small one is not called nothing."""
    if 0 < share < 0.005:
        return f"< 1{THIN}%"
    return f"{share * 100:.0f}{THIN}%"


DATES: dict[str, tuple[str, Callable[[dt.date], str]]] = {
    "words": ("20 Nov 2026", lambda value: f"{value.day} {value:%b %Y}"),
    "ymd": ("2026-11-20", lambda value: f"{value:%Y-%m-%d}"),
    "dmy": ("20/11/2026", lambda value: f"{value:%d/%m/%Y}"),
    "mdy": ("11/20/2026", lambda value: f"{value:%m/%d/%Y}"),
    "points": ("20.11.2026", lambda value: f"{value:%d.%m.%Y}"),
}
"""Ways to write a date: an example, and how it is made."""

_dates: ContextVar[Callable[[], str]] = ContextVar("dates", default=lambda: "words")


@contextmanager
def dates_as(chosen: Callable[[], str]) -> Iterator[None]:
    """Write dates in the way of `DATES` that `chosen` returns, for as long as the block runs."""
    token = _dates.set(chosen)
    try:
        yield
    finally:
        _dates.reset(token)


def day(value: dt.date | None) -> str:
    """Return a date as the user writes it, by default "20 Nov 2026"."""
    return "" if value is None else DATES[_dates.get()()][1](value)


def weekday(value: dt.date | None) -> str:
    """Return "Fri 20 Nov 2026"."""
    return "" if value is None else f"{value:%a} {day(value)}"


def minute(value: dt.time | dt.datetime | None) -> str:
    """Return "17:48"."""
    return "" if value is None else f"{value:%H:%M}"


def second(value: dt.time | dt.datetime | None) -> str:
    """Return "17:48:05"."""
    return "" if value is None else f"{value:%H:%M:%S}"


def moment(value: dt.datetime | None) -> str:
    """Return "20 Nov 2026 17:48"."""
    return "" if value is None else f"{day(value)} {minute(value)}"


def duration(seconds: float | None) -> str:
    """Return minutes and seconds, "24:18", with hours where there are any."""
    if seconds is None:
        return ""
    total = round(seconds)
    minutes, rest = divmod(total, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def years(age: float | None) -> str:
    """Return an age: "67 y", below two years in months, below two months in days."""
    if age is None:
        return ""
    if age >= 2:
        return f"{age:.0f}{THIN}y" if age == int(age) else f"{int(age)}{THIN}y"
    months = age * 12
    return f"{months:.0f}{THIN}mo" if months >= 2 else f"{age * 365.25:.0f}{THIN}d"


_AGES = (
    (60, 1, "second"), (3600, 60, "minute"), (86_400, 3600, "hour"), (14 * 86_400, 86_400, "day"),
    (61 * 86_400, 7 * 86_400, "week"), (730 * 86_400, 30.44 * 86_400, "month"),
)  # fmt: skip
"""Up to how many seconds, and how many seconds one is."""


def ago(then: dt.datetime, now: dt.datetime) -> str:
    """Return "3 minutes ago"; both times with or both without zone."""
    seconds = (now - then).total_seconds()
    if 0 <= seconds < 60:
        return "just now"
    length, unit = next(
        ((length, unit) for limit, length, unit in _AGES if abs(seconds) < limit),
        (365.25 * 86_400, "year"),
    )
    count = round(abs(seconds) / length)
    words = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{words} ago" if seconds > 0 else f"in {words}"


def plural(count: int, word: str) -> str:
    """Return "1 event", "2 events", "2 studies"."""
    if count == 1:
        return f"1 {word}"
    many = f"{word[:-1]}ies" if word.endswith("y") and word[-2] not in "aeo" else f"{word}s"
    return f"{whole(count)} {many}"
