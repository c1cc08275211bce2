"""Waiting until the log of changes tells what was written: on PostgreSQL others may delay it."""

import time

from django.db import connection

from kerma.pipeline import follow_up
from kerma.store import changes


def wait_until_final(seconds: float = 60.0) -> None:
    """Return once everything that is written by now counts as final.

    The tests of another process, in another database of the same server, hold transactions open
    for as long as one of them takes.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        wanted = cursor.fetchone()[0]
    end = time.monotonic() + seconds
    while changes.end() < wanted and time.monotonic() < end:
        time.sleep(0.02)


def end() -> int:
    """Return the position after everything written by now."""
    wait_until_final()
    return changes.end()


def since(position: int, limit: int | None = None, *, derived: bool = True) -> changes.Changes:
    """Return what `changes.since` does once everything written by now is final."""
    wait_until_final()
    return changes.since(position, limit, derived=derived)


def work_off() -> int:
    """Do what follows from everything written by now."""
    wait_until_final()
    return follow_up.work_off()
