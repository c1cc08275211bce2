"""Heights and weights from a list: entered for studies, and taken back.

They are kept beside the sources, so that merging a study anew does not lose them.
"""

from django.db import connection, transaction

from kerma.store import rules
from kerma.store.identity import hashed
from kerma.store.locks import lock_study
from kerma.store.merging import renew
from kerma.store.models import SizeEntry, SizeImport, Study


def studies_with(id_kind: str, value: str) -> list[str]:
    """Return the Study Instance UIDs that an id of a list names, however it is stored."""
    if not value:
        return []
    if id_kind == SizeImport.IdKind.STUDY_UID:
        found = Study.objects.filter(study_instance_uid=value)
    else:
        plain = Study.objects.filter(accession_number=value, accession_number_hashed=False)
        found = plain | Study.objects.filter(
            accession_number=hashed(value), accession_number_hashed=True
        )
    uids = found.order_by("study_instance_uid").values_list("study_instance_uid", flat=True)
    return list(uids.distinct())


@transaction.atomic
def enter(
    study_instance_uid: str,
    height_m: float | None,
    weight_kg: float | None,
    *,
    overwrite: bool = False,
    size_import: SizeImport | None = None,
) -> bool:
    """Enter the size of a patient at a study; return whether the study says anything new.

    Without `overwrite` it only fills what the study does not say.
    """
    with connection.cursor() as cursor:
        lock_study(cursor, study_instance_uid)
        before = _sizes(study_instance_uid)
        entry = SizeEntry.objects.create(
            study_instance_uid=study_instance_uid,
            height_m=height_m,
            weight_kg=weight_kg,
            overwrite=overwrite,
            size_import=size_import,
        )
        renew(cursor, study_instance_uid, rules.load(cursor))
        changed = _sizes(study_instance_uid) != before
        if not changed:
            entry.delete()
    return changed


def undo(size_import: SizeImport) -> int:
    """Take back all that an import entered; return how many studies it concerned."""
    uids = sorted(set(size_import.entries.values_list("study_instance_uid", flat=True)))
    for uid in uids:
        undo_study(size_import, uid)
    SizeImport.objects.filter(pk=size_import.pk).update(state=SizeImport.State.UNDONE)
    return len(uids)


@transaction.atomic
def undo_study(size_import: SizeImport, study_instance_uid: str) -> None:
    """Take back what an import entered for one study."""
    with connection.cursor() as cursor:
        lock_study(cursor, study_instance_uid)
        size_import.entries.filter(study_instance_uid=study_instance_uid).delete()
        renew(cursor, study_instance_uid, rules.load(cursor))


def _sizes(uid: str) -> list[tuple[float | None, float | None]]:
    found = Study.objects.filter(study_instance_uid=uid).order_by("id")
    return list(found.values_list("height_m", "weight_kg"))
