"""Tasks and processes in, what the pages say of them out."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone

from kerma.net import every_job
from kerma.store.jobs import jobs
from kerma.store.models import Process, Task
from kerma.web.formats import percent, whole

_SURE_S = 3.0
"""A task must have run for this long before the time left is guessed."""
_KINDS = {
    "web": "Pages",
    "receive": "Receiver",
    "work": "Worker",
    "schedule": "Schedule",
}


_COUNTED = (
    ("associations", "associations"),
    ("objects", "objects"),
    ("refused", "refused"),
)
"""Number in the status of a process, and what it counts."""

_RESULTS = {
    "query": ("query-page", "query_id"),
    "retrieve": ("query-page", "query_id"),
    "completeness": ("completeness-day", "query_id"),
    "import-sizes": ("size-import", "size_import"),
    "undo-sizes": ("size-import", "size_import"),
}
"""Job -> the page that shows what it did, and the argument that is the number in its address."""


_OUTCOMES = {
    "query": (("found", "found"), ("kept", "kept")),
    "retrieve": (("retrieved", "series fetched"), ("failed", "failed")),
    "completeness": (("listed", "listed"), ("missing", "missing")),
    "import-sizes": (("changed", "studies changed"),),
    "undo-sizes": (("done", "studies set back"),),
    "apply-patterns": (("done", "studies compared"), ("changed", "changed")),
    "sort-studies": (("done", "studies looked at"), ("changed", "changed")),
    "apply-names": (("studies", "studies renamed"), ("events", "events renamed")),
    "recalculate-alerts": (("done", "studies judged"), ("changed", "alerts raised")),
    "send-alerts": (("messages", "messages sent"),),
    "delete-studies": (("done", "studies deleted"),),
    "pack-physics": (("studies", "studies packed"),),
    "read-collected": (("studies", "studies read"),),
    "read-screens": (
        ("studies", "waiting studies read"),
        ("stored", "of them settled"),
        ("checked", "stored ones read again"),
        ("changed", "read otherwise now"),
        ("not_kept", "of which no picture is kept"),
    ),
    "export": (("studies", "studies"), ("rows", "rows")),
}
"""Job -> the numbers of its result, and what they count."""


class TaskLine(NamedTuple):
    """One task as the pages show it."""

    task: Task
    label: str
    """The kind of work."""
    effect: str
    """What terminating it means."""
    how_far: str
    """"62 %", "1 204 done" or nothing."""
    left: str
    """"40 s left" or nothing."""
    took: str
    shows: str
    """Address of the page that shows what it did, if there is one."""
    outcome: str
    """What came of a task that has ended, or why it failed."""


class ServiceLine(NamedTuple):
    """One process as the pages show it."""

    label: str
    process: Process
    words: str


def line(task: Task) -> TaskLine:
    """Return what the pages say of a task."""
    every_job.load()
    known = {job.name: job for job in jobs}
    job = known.get(task.job)
    return TaskLine(
        task,
        job.label if job else task.job,
        job.effect if job else "",
        how_far(task),
        left(task, timezone.now()),
        _took(task),
        _shows(task),
        _outcome(task),
    )


def labels() -> list[tuple[str, str]]:
    """Return name and label of every kind of work."""
    every_job.load()
    return sorted(((job.name, job.label) for job in jobs), key=lambda pair: pair[1])


def how_far(task: Task) -> str:
    """Return the share that is done, or how many where nobody knows of how many."""
    if task.total:
        return percent(min(task.done / task.total, 1.0))
    return f"{whole(task.done)} done" if task.done else ""


def left(task: Task, now: dt.datetime) -> str:
    """Return the time a running task still takes if it goes on as before."""
    if task.state != Task.State.RUNNING or task.started_at is None:
        return ""
    elapsed = (now - task.started_at).total_seconds()
    if not 0 < task.done < task.total or elapsed < _SURE_S:
        return ""
    return f"{_words(elapsed * (task.total - task.done) / task.done)} left"


def services(processes: Iterable[Process]) -> list[ServiceLine]:
    """Return what the pages say of the processes."""
    return [ServiceLine(_service(one), one, _status(one)) for one in processes]


def _service(process: Process) -> str:
    label = _KINDS.get(process.kind, process.kind)
    does = process.status.get("does")
    return f"{label}: {does}" if does else label


def _status(process: Process) -> str:
    """Return what a process says of itself: where it listens, what it has done, what is wrong."""
    said = process.status
    ports = [f"{port['ae_title']}:{port['port']}" for port in said.get("ports", ())]
    known = [f"Open at {', '.join(ports)}"] if ports else []
    known += [f"At {said['address']}"] if "address" in said else []
    known += [f"{whole(said[name])} {words}" for name, words in _COUNTED if name in said]
    return ". ".join([", ".join(known), *said.get("troubles", ())]).strip(". ")


def _shows(task: Task) -> str:
    view, argument = _RESULTS.get(task.job, ("", ""))
    number = task.arguments.get(argument)
    return reverse(view, args=[number]) if view and number else ""


def _outcome(task: Task) -> str:
    """Return "19 found, 10 kept"; of a failure why, of what was terminated how far it was."""
    if task.state != Task.State.DONE:
        return task.error or task.note
    counts = task.result.get("counts", task.result)
    named = _OUTCOMES.get(task.job, ())
    if not any(name in counts for name, _ in named):
        return ""
    return ", ".join(f"{whole(counts.get(name, 0))} {words}" for name, words in named)


def _took(task: Task) -> str:
    if task.started_at is None or task.finished_at is None:
        return ""
    return _words((task.finished_at - task.started_at).total_seconds())


def _words(seconds: float) -> str:
    """Return a length of time in its largest unit."""
    if seconds < 1:
        return "< 1 s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h"
