"""The processes that a site needs: pages, receiver, worker, scheduler."""

import datetime as dt
from collections.abc import Iterator

from kerma.health import base
from kerma.health.base import Fact, State
from kerma.health.words import lasting, now
from kerma.store.models import LocalStore, Process, Schedule, WatchedFolder
from kerma.store.processes import SILENT_S

_LABELS = {
    "web": "Pages",
    "receive": "Receiver",
    "work": "Workers",
    "schedule": "Scheduler",
}
_FORGOTTEN = dt.timedelta(days=2)


def _look() -> Iterator[Fact]:
    found = list(Process.objects.filter(seen_at__gte=now() - _FORGOTTEN).order_by("host", "pid"))
    for kind, label in _LABELS.items():
        yield _fact(kind, label, [one for one in found if one.kind == kind])


def _fact(kind: str, label: str, found: list[Process]) -> Fact:
    living = [one for one in found if _age_s(one) <= SILENT_S]
    if living:
        hosts = ", ".join(sorted({one.host for one in living}))
        return Fact(f"process-{kind}", label, f"{len(living)} alive on {hosts}")
    if not found:
        return _never(kind, label)
    silent = min(_age_s(one) for one in found)
    value = f"silent for {lasting(silent)}"
    if not _needed(kind):
        return Fact(f"process-{kind}", label, value)
    advice = (
        f"{label}: no process is alive, the last sign of life was {lasting(silent)} ago. "
        f"Start it with `kerma {kind}`, or all of Kerma with `kerma run`."
    )
    return Fact(f"process-{kind}", label, value, State.OVER, advice)


def _never(kind: str, label: str) -> Fact:
    if not _needed(kind):
        return Fact(f"process-{kind}", label, "not started, not needed")
    advice = (
        f"{label}: none has been started, but the configuration needs one. "
        f"Start it with `kerma {kind}`, or all of Kerma with `kerma run`."
    )
    return Fact(f"process-{kind}", label, "not started", State.WARN, advice)


def _needed(kind: str) -> bool:
    """Return whether what is configured does not work without such a process."""
    stores = LocalStore.objects.filter(enabled=True, is_ours=True).exists
    if kind == "receive":
        return stores()
    if kind == "work":
        return stores() or WatchedFolder.objects.filter(enabled=True).exists()
    return kind == "schedule" and Schedule.objects.filter(enabled=True).exists()


def _age_s(process: Process) -> float:
    return (now() - process.seen_at).total_seconds()


base.add(base.Area("processes", "Processes", 30, _look))
