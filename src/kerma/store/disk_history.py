"""How much room the disk had on each of the last days, in a small file of the home."""

import datetime as dt
import json
import os
import shutil
from pathlib import Path

_DAYS = 35
_FILE = "disk-history.json"


def record(home: Path, today: dt.date) -> dict[dt.date, int]:
    """Note today's free bytes once, and return those of the days known."""
    known = read(home)
    if today not in known:
        known[today] = shutil.disk_usage(home).free
        kept = {day: free for day, free in known.items() if (today - day).days <= _DAYS}
        _write(home, kept)
    return known


def read(home: Path) -> dict[dt.date, int]:
    """Return the free bytes of the days known; nothing if the file cannot be read."""
    try:
        found = json.loads((home / _FILE).read_text(encoding="utf-8"))
        return {dt.date.fromisoformat(day): int(free) for day, free in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def growth_per_day(known: dict[dt.date, int], today: dt.date, free: int) -> float | None:
    """Return by how many bytes the disk fills a day; None before three days are known."""
    earlier = [day for day in known if (today - day).days >= 3]
    if not earlier:
        return None
    first = min(earlier)
    return (known[first] - free) / (today - first).days


def _write(home: Path, known: dict[dt.date, int]) -> None:
    draft = home / f".{_FILE}.{os.getpid()}"
    try:
        draft.write_text(json.dumps({day.isoformat(): free for day, free in sorted(known.items())}))
        draft.replace(home / _FILE)
    except OSError:
        draft.unlink(missing_ok=True)  # a full disk is told of by the fact itself
