"""The hours of a week in which a schedule may run: 168 flags and a time in, yes or no out."""

import datetime as dt
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEK_H = 7 * 24

_HOUR = dt.timedelta(hours=1)

_NIGHT = {19, 20, 21, 22, 23, 0, 1, 2, 3, 4, 5}


def always() -> list[bool]:
    """Return a week without a forbidden hour."""
    return [True] * WEEK_H


def night() -> list[bool]:
    """Return the hours from 19 h to 6 h of every day."""
    return [hour % 24 in _NIGHT for hour in range(WEEK_H)]


def weekend() -> list[bool]:
    """Return Saturday and Sunday."""
    return [hour >= 5 * 24 for hour in range(WEEK_H)]


def never() -> list[bool]:
    """Return a week without an allowed hour."""
    return [False] * WEEK_H


PRESETS = {
    "night": ("Nights", night),
    "weekend": ("Weekends", weekend),
    "night-weekend": (
        "Nights and weekends",
        lambda: [a or b for a, b in zip(night(), weekend(), strict=True)],
    ),
    "always": ("Always", always),
    "never": ("None", never),
}
"""Name -> label and the week it stands for."""


def is_allowed(hours: Sequence[bool], now: dt.datetime, zone: ZoneInfo) -> bool:
    """Return whether a time lies in an allowed hour of the site's clock.

    An hour that the clock leaves out when summer time begins counts with the one after it; an
    hour that comes twice is allowed twice.
    """
    return len(hours) == WEEK_H and any(hours[slot] for slot in _slots(now, zone))


def next_allowed(hours: Sequence[bool], since: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    """Return the first time from `since` on that lies in an allowed hour; None without any."""
    if is_allowed(hours, since, zone):
        return since
    if not any(hours):
        return None
    begins = since.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
    for ahead in range(1, WEEK_H + 3):
        at = _whole_hour(begins + ahead * _HOUR, zone)
        if at > since and is_allowed(hours, at, zone):
            return at.astimezone(since.tzinfo)
    return None


def in_words(hours: Sequence[bool]) -> str:
    """Return the hours as people say them: "Mon to Fri 19–6 h; Sat, Sun always"."""
    if all(hours):
        return "at any hour"
    if not any(hours):
        return "at no hour"
    parts: list[tuple[list[int], str]] = []
    for day in range(7):
        text = _day_in_words(hours[day * 24 : day * 24 + 24])
        if parts and parts[-1][1] == text:
            parts[-1][0].append(day)
        else:
            parts.append(([day], text))
    return "; ".join(f"{_days(days)} {text}" for days, text in parts if text)


def _day_in_words(flags: Sequence[bool]) -> str:
    if all(flags):
        return "all day"
    return ", ".join(f"{begin}–{end} h" for begin, end in _spans(flags))


def _spans(flags: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield the first hour, and that after the last one, of every stretch."""
    begin = None
    for hour in range(len(flags) + 1):
        allowed = hour < len(flags) and flags[hour]
        if allowed and begin is None:
            begin = hour
        elif not allowed and begin is not None:
            yield begin, hour
            begin = None


def _days(days: Sequence[int]) -> str:
    if len(days) == 7:
        return "daily"
    first, last = DAYS[days[0]][:3], DAYS[days[-1]][:3]
    return first if len(days) == 1 else f"{first}{'–' if len(days) > 2 else ', '}{last}"


def _slots(now: dt.datetime, zone: ZoneInfo) -> Iterator[int]:
    """Yield the hour of the week, and before it those the clock has just left out."""
    here = _slot(now.astimezone(zone))
    before = _slot((now.astimezone(dt.UTC) - _HOUR).astimezone(zone))
    skipped = (here - before) % WEEK_H - 1
    yield here
    if 0 < skipped <= 2:
        yield from ((before + n) % WEEK_H for n in range(1, skipped + 1))


def _slot(local: dt.datetime) -> int:
    return local.weekday() * 24 + local.hour


def _whole_hour(at: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return the begin of the site's hour in which a time lies; zones may be half an hour off."""
    local = at.astimezone(zone)
    return at - dt.timedelta(minutes=local.minute, seconds=local.second)
