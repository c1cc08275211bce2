"""The plan of a schedule and a time in; whether it runs now, when next, and for which days out."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from kerma.net.schedule import hours as week

CATCH_UP_DAYS = 7
"""Days beyond the last success that one run asks for: many nodes answer nothing to more."""

PATIENCE_DAYS = 5
"""Days for which a study that failed is asked for again while others are fetched."""

LONGEST_HOLD_DAYS = 30
"""Days for which a node that lists studies, but sends none of them, may hold a schedule up."""

SHORTEST_MIN = 5
LONGEST_MIN = 7 * 24 * 60


class Plan(NamedTuple):
    """What decides when a schedule runs, and for which dates."""

    hours: Sequence[bool]
    every_min: int
    overlap_h: int = 24
    first_days: int = 7
    enabled: bool = True
    last_run_at: dt.datetime | None = None
    last_success_at: dt.datetime | None = None
    """Until when everything that the node lists has been fetched."""


class Decision(NamedTuple):
    """Whether a schedule runs now, and why."""

    is_due: bool
    sentence: str


class Dates(NamedTuple):
    """The days a run asks for, both included."""

    first: dt.date
    last: dt.date


def decide(plan: Plan, now: dt.datetime, zone: ZoneInfo, *, is_running: bool = False) -> Decision:
    """Say whether a schedule runs now.

    A last run in the future is one of a clock that was wrong: from further ahead than the pause
    between two runs, it no longer holds up the next.
    """
    if not plan.enabled:
        return Decision(False, "It is switched off.")
    if is_running:
        return Decision(False, "Its previous run is still under way.")
    if not week.is_allowed(plan.hours, now, zone):
        return Decision(False, "This is not one of its hours.")
    if plan.last_run_at is None:
        return Decision(True, "It has never run.")
    if abs(now - plan.last_run_at) < dt.timedelta(minutes=plan.every_min):
        return Decision(False, "Its previous run was a short while ago.")
    return Decision(True, "Its time has come.")


def next_run(plan: Plan, now: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    """Return when a schedule runs next; None if never."""
    if not plan.enabled:
        return None
    since = now
    pause = dt.timedelta(minutes=plan.every_min)
    if plan.last_run_at is not None and abs(now - plan.last_run_at) < pause:
        since = plan.last_run_at + pause
    return week.next_allowed(plan.hours, since, zone)


def dates(plan: Plan, now: dt.datetime, zone: ZoneInfo) -> Dates:
    """Return the days a run asks for: since the last success, with the overlap.

    A long time without success is caught up in several runs. A success in the future is one of a
    clock that was wrong, and counts for nothing.
    """
    today = now.astimezone(zone).date()
    success = plan.last_success_at
    if success is None or success > now:
        first = since = today - dt.timedelta(days=plan.first_days)
    else:
        since = success.astimezone(zone).date()
        first = (success - dt.timedelta(hours=plan.overlap_h)).astimezone(zone).date()
    return Dates(first, min(today, since + dt.timedelta(days=CATCH_UP_DAYS)))


def covered_until(asked: Dates, begun: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return until when a run that has succeeded has fetched all: its begin, or its last day."""
    midnight = dt.datetime.combine(asked.last + dt.timedelta(days=1), dt.time(), zone)
    return min(begun, midnight.astimezone(dt.UTC))


def success_after(
    known: dt.datetime | None, until: dt.datetime, now: dt.datetime, *, fetched: bool, failed: bool
) -> dt.datetime | None:
    """Return until when all counts as fetched, after a run that has tried all it found.

    What fails is asked for again by the runs that follow, but not for ever: a study that the node
    can never send must not keep the schedule from those of today.

    Parameters
    ----------
    known
        What counted before.
    until
        Until when the run has asked, see `covered_until`.
    fetched, failed
        Whether anything was fetched, and whether anything failed.
    """
    before = None if known is None or known > now else known
    if not failed:
        found = until
    elif fetched:
        found = until - dt.timedelta(days=PATIENCE_DAYS)
    elif before is None:
        return None
    else:
        found = now - dt.timedelta(days=LONGEST_HOLD_DAYS)
    return found if before is None else max(before, found)
