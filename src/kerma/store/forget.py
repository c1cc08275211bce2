"""Deleting studies: rows, sources and Kerma's own copies, with an entry in the audit."""

from collections import Counter
from collections.abc import Callable, Iterable

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction

from kerma.store import audit, changes, counts, ct_sizes, image_studies, screens
from kerma.store.counts import Day
from kerma.store.locks import lock_study
from kerma.store.models import Device, Source, StoredObject, Study

Discard = Callable[[str], None]


def forget_study(
    study: Study,
    user: AbstractBaseUser | None = None,
    discard: Discard | None = None,
    reason: str = "",
) -> None:
    """Delete a study with its events and sources; its objects may be imported again.

    Parameters
    ----------
    user
        Who wants it; None for the command line.
    discard
        Given the path of Kerma's copy of an object, removes it; called after the commit.
    reason
        Why, for the audit.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        lock_study(cursor, study.study_instance_uid)
        sources = Source.objects.filter(study=study)
        paths = [path for path in sources.values_list("path", flat=True) if path]
        StoredObject.objects.filter(
            study_instance_uid=study.study_instance_uid,
            sop_instance_uid__in=list(sources.values_list("sop_instance_uid", flat=True)),
        ).update(path="")
        audit.write(
            user,
            "delete study",
            study_instance_uid=study.study_instance_uid,
            modality=study.modality,
            study_date=str(study.study_date),
            system=study.system.display_name,
            reason=reason,
        )
        day = Day(study.modality, study.system_id, study.date_time.date())
        changes.note(cursor, [study.pk])
        study.delete()
        ct_sizes.forget(study.study_instance_uid)
        if study.modality == "CT":
            screens.forget(study.study_instance_uid)
        image_studies.forget(study.study_instance_uid)
        counts.add(cursor, Counter({day: -1}))
        if discard is not None:
            transaction.on_commit(lambda: _discard_all(paths, discard))


def forget_studies_of_device(
    device: Device,
    modality: str,
    user: AbstractBaseUser | None = None,
    *,
    and_device: bool = False,
    discard: Discard | None = None,
) -> int:
    """Delete the studies of a device that have this modality, and return how many.

    The device goes too if so wanted and nothing else refers to it.
    """
    found = Study.objects.filter(device=device, modality=modality).select_related("system")
    number = 0
    for study in found.order_by("id").iterator(chunk_size=500):
        forget_study(study, user, discard)
        number += 1
    if and_device:
        remove_if_unused(device, user)
    return number


@transaction.atomic
def remove_if_unused(device: Device, user: AbstractBaseUser | None = None) -> bool:
    """Remove a device that no study or source refers to, and its system if it was the last."""
    if device.studies.exists() or device.sources.exists():
        return False
    system = device.system
    audit.write(user, "delete device", device=str(device), system=system.display_name)
    device.delete()
    if not system.devices.exists() and not system.studies.exists():
        system.delete()
    return True


def _discard_all(paths: Iterable[str], discard: Discard) -> None:
    for path in paths:
        discard(path)
