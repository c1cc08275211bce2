"""Periods of time charts: the last day of one, and what people call it."""

import datetime as dt

from kerma.web import formats


def last_day(first: dt.date, period: str) -> dt.date:
    """Return the last day of the period that begins at `first`."""
    day = dt.timedelta(days=1)
    if period in {"day", "week"}:
        return first + day * (6 if period == "week" else 0)
    months = {"month": 1, "quarter": 3}.get(period, 12)
    years, month = divmod(first.month - 1 + months, 12)
    return first.replace(year=first.year + years, month=month + 1, day=1) - day


def period_words(first: str, period: str) -> str:
    """Return a period as people say it."""
    start = dt.date.fromisoformat(first)
    if period == "month":
        return f"{start:%B %Y}"
    if period == "quarter":
        return f"Quarter {(start.month + 2) // 3} of {start.year}"
    if period == "year":
        return str(start.year)
    return f"Week from {formats.day(start)}" if period == "week" else formats.day(start)
