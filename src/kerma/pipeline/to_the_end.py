"""Work that is done in portions, done to its end by a task."""

from collections.abc import Callable

from django.contrib.auth.models import AbstractBaseUser

from kerma.store.jobs import Progress
from kerma.store.models import Task
from kerma.store.portions import Portion

SECONDS = 0.5
"""How long a portion takes; between two of them the task may stop."""


def to_the_end(progress: Progress, portion: Callable[[str], Portion], total: int) -> Portion:
    """Do portion after portion, each from where the last stopped; return the sums."""
    found = Portion("", 0, 0)
    while True:
        part = portion(found.after)
        found = Portion(part.after, found.done + part.done, found.changed + part.changed)
        progress.tell(found.done, total)
        if not found.after:
            return found


def asked_by(progress: Progress) -> AbstractBaseUser | None:
    """Return the user who asked for the task, for the audit log."""
    return Task.objects.select_related("user").get(pk=progress.task_id).user
