"""The job that gives stored studies and events the standard names of today."""

from typing import Any

from kerma.store import audit, jobs
from kerma.store.jobs import Job, Progress
from kerma.store.models import Task
from kerma.store.name_book import APPLY
from kerma.store.naming import apply_all

_SECOND_LOOK_S = 5.0
"""Imports under way when the names were changed have ended after this time."""


def _run(progress: Progress) -> dict[str, Any]:
    """Apply twice: a study whose import began before the change may be stored after it."""
    first = apply_all(lambda done: progress.tell(done))
    progress.tell(first.studies + first.events, note="Looking once more after running imports")
    progress.wait(_SECOND_LOOK_S)
    second = apply_all(lambda done: progress.tell(done))
    done = {"studies": first.studies + second.studies, "events": first.events + second.events}
    user = Task.objects.select_related("user").get(pk=progress.task_id).user
    audit.write(user, "apply standard names", **done)
    return {"changed": done["studies"], **done}


jobs.add(
    Job(
        APPLY,
        "Apply standard names",
        _run,
        effect="Studies changed so far have their new standard name, the others their old one.",
    )
)
