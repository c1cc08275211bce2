"""The disk of the home: room left, and how quickly it goes."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from kerma.health import base
from kerma.health.base import Fact, State
from kerma.health.words import size
from kerma.store import disk_history

_SOON_DAYS = 30


def _look() -> Iterator[Fact]:
    home = Path(settings.KERMA_HOME)
    usage = shutil.disk_usage(home)
    yield _room(home, usage.free)
    if usage.total:
        yield Fact("disk-size", "Size of the disk", size(usage.total))
    known = disk_history.record(home, timezone.localdate())
    yield _growth(disk_history.growth_per_day(known, timezone.localdate(), usage.free), usage.free)


def _room(home: Path, free: int) -> Fact:
    wanted_gb = settings.KERMA_DISK_FREE_GB
    if free >= wanted_gb * 1e9:
        return Fact("disk-free", "Free", size(free))
    advice = (
        f"The disk of {home} has {free / 1e9:.1f} GB left, less than the "
        f"{wanted_gb} GB of KERMA_DISK_FREE_GB; make room."
    )
    return Fact("disk-free", "Free", size(free), State.OVER, advice, "retention")


def _growth(per_day: float | None, free: int) -> Fact:
    label = "Growth"
    if per_day is None:
        return Fact("disk-growth", label, "known after three days")
    if per_day <= 0:
        return Fact("disk-growth", label, "none")
    days = free / per_day
    value = f"{size(per_day)} a day"
    if days > 3650:
        return Fact("disk-growth", label, value)
    value += f", full in about {days:.0f} days"
    if days > _SOON_DAYS:
        return Fact("disk-growth", label, value)
    advice = f"At this rate the disk is full in about {days:.0f} days; make room before."
    return Fact("disk-growth", label, value, State.WARN, advice, "retention")


base.add(base.Area("disk", "Disk", 10, _look))
