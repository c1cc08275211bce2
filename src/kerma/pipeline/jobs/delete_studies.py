"""The job that deletes the studies of a device, or those without events."""

from typing import Any

from django.db.models import QuerySet

from kerma.pipeline.keep import discard
from kerma.pipeline.to_the_end import asked_by
from kerma.store import jobs
from kerma.store.forget import forget_study, remove_if_unused
from kerma.store.jobs import Job, Progress
from kerma.store.models import Device, Study


def _run(
    progress: Progress, reason: str, modality: str, device: int = 0, *, and_device: bool = False
) -> dict[str, Any]:
    user = asked_by(progress)
    studies = _chosen(device, modality)
    numbers = list(studies.order_by("pk").values_list("pk", flat=True))
    for done, number in enumerate(numbers):
        progress.tell(done, len(numbers))
        for study in studies.select_related("system").filter(pk=number):
            forget_study(study, user, discard, reason)
    for found in Device.objects.filter(pk=device if and_device else 0):
        remove_if_unused(found, user)
    progress.tell(len(numbers), len(numbers))
    return {"done": len(numbers)}


def _chosen(device: int, modality: str) -> "QuerySet[Study]":
    """Return the studies of a device, of one modality; without a device, those without events."""
    if device:
        return Study.objects.filter(device=device, modality=modality)
    empty = Study.objects.filter(number_of_events=0)
    return empty.filter(modality=modality) if modality else empty


jobs.add(
    Job(
        "delete-studies",
        "Delete studies",
        _run,
        effect="Studies deleted so far are gone; the others stay whole.",
    )
)
