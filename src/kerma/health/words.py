"""Sizes and times in, words out."""

import datetime as dt


def size(count: float) -> str:
    """Return bytes as "4.2 GB"."""
    for unit in ("B", "kB", "MB", "GB"):
        if abs(count) < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def lasting(seconds: float) -> str:
    """Return a time as "5 minutes"."""
    for length, unit in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= length:
            return many(round(seconds / length), unit)
    return many(round(seconds), "second")


def many(count: int, word: str) -> str:
    """Return "1 file", "2 files"."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def now() -> dt.datetime:
    """Return the time, with its zone."""
    return dt.datetime.now(dt.UTC)
