"""One source taken out of its study, as if its object had never come."""

from collections.abc import Callable

from django.db import connection, transaction

from kerma.store import ct_sizes, rules
from kerma.store.locks import lock_study
from kerma.store.merging import renew
from kerma.store.models import Source, StoredObject


@transaction.atomic
def withdraw(
    study_instance_uid: str,
    sop_instance_uid: str,
    discard: Callable[[str], object] | None = None,
) -> bool:
    """Remove a source, and merge its study anew; return False if there is none.

    A study left without sources goes. To replace a source, store the new one first, both in one
    transaction: then the row of the study stays.

    Parameters
    ----------
    discard
        Given the path of Kerma's copy of the object, removes it; called after the commit.
    """
    with connection.cursor() as cursor:
        lock_study(cursor, study_instance_uid)
        named = {
            "study_instance_uid": study_instance_uid,
            "sop_instance_uid": sop_instance_uid,
        }
        found = Source.objects.filter(**named)
        paths = list(found.values_list("path", flat=True))
        if not paths:
            return False
        found.delete()
        StoredObject.objects.filter(**named).update(path="")
        renew(cursor, study_instance_uid, rules.load(cursor))
        ct_sizes.forget(study_instance_uid)
    if discard is not None:
        transaction.on_commit(lambda: _discard_all(paths, discard))
    return True


def _discard_all(paths: list[str], discard: Callable[[str], object]) -> None:
    for path in filter(None, paths):
        discard(path)
