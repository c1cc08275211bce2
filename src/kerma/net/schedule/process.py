"""The process that watches the clock: starts what is due, gives away lost tasks, tidies daily."""

import datetime as dt
import logging
import threading
from collections.abc import Callable

from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from kerma.net import every_job, queries
from kerma.net.schedule.runs import run_due
from kerma.pipeline.tidy import tidy
from kerma.store import jobs, processes
from kerma.store.models import Schedule

_log = logging.getLogger("kerma.schedule")

EVERY_S = 5.0
"""Seconds between two looks at the clock."""

_DAY = dt.timedelta(days=1)


def watch(stop: threading.Event, say: Callable[[str], object]) -> None:
    """Look at the clock until told to stop; `say` gets the one line that tells it has begun."""
    every_job.load()
    count = Schedule.objects.filter(enabled=True).count()
    say(f"Kerma watches the clock; schedules switched on: {count}.")
    with processes.alive("schedule"):
        tidied: dt.datetime | None = None
        while not stop.is_set():
            tidied = _look_quietly(tidied)
            stop.wait(EVERY_S)


def look(tidied: dt.datetime | None) -> dt.datetime:
    """Do everything that is due; return when old copies were last removed."""
    now = timezone.now()
    jobs.requeue_lost()
    queries.settle_orphans()
    run_due(now)
    if tidied is not None and abs(now - tidied) < _DAY:
        return tidied
    tidy()
    return now


def _look_quietly(tidied: dt.datetime | None) -> dt.datetime | None:
    """Look; where the database does not answer, say so and leave it to the next time."""
    try:
        return look(tidied)
    except DatabaseError as error:
        _log.warning("The database does not answer; the scheduler tries again: %s", error)
        close_old_connections()
        return tidied
