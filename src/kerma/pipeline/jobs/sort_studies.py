"""The job that decides anew which modality the studies of systems have."""

from typing import Any

from kerma.pipeline.to_the_end import SECONDS, to_the_end
from kerma.store import jobs
from kerma.store.jobs import Job, Progress
from kerma.store.models import System
from kerma.store.portions import sort_some
from kerma.store.systems import uids_to_sort


def _run(progress: Progress, systems: list[int]) -> dict[str, Any]:
    done = changed = 0
    for system in System.objects.filter(pk__in=systems):
        found = _sort(progress, system)
        done, changed = done + found[0], changed + found[1]
    return {"done": done, "changed": changed}


def _sort(progress: Progress, system: System) -> tuple[int, int]:
    found = to_the_end(
        progress, lambda after: sort_some(system, after, SECONDS), uids_to_sort(system).count()
    )
    return found.done, found.changed


jobs.add(
    Job(
        "sort-studies",
        "Sort studies by modality",
        _run,
        effect="Studies looked at so far are where they belong; the others stay where they were.",
    )
)
