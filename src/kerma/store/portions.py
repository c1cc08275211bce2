"""Changes of many stored studies, done in portions: each goes on where the last one stopped.

A study is one transaction, so that such work may be stopped at any time and started again.
"""

import time
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from kerma.records import Patient
from kerma.store import changes, rules, sizes
from kerma.store.held import stored_sources
from kerma.store.identity import split
from kerma.store.locks import lock_study
from kerma.store.models import SizeEntry, SizeImport, Source, Study, System
from kerma.store.not_patient import matched, sentence
from kerma.store.rules import Rules
from kerma.store.systems import sort_study, uids_to_sort

_AT_ONCE = 200
"""Studies looked up at a time."""

T = TypeVar("T")


class Portion(NamedTuple):
    """How far a portion of work has come."""

    after: str
    """Where to go on; "" when all is done."""
    done: int
    changed: int


def sort_some(system: System, after: str, seconds: float) -> Portion:
    """Decide the modality of projection studies of a system anew, from the UID `after` on."""
    found = uids_to_sort(system).filter(study_instance_uid__gt=after)
    return _each(list(found[:_AT_ONCE]), str, sort_study, seconds)


def named_studies() -> "QuerySet[Study]":
    """Return the studies whose patient's name or id is stored as it is, so that it can be told."""
    return Study.objects.filter(
        (Q(patient_name_hashed=False) & ~Q(patient_name=""))
        | (Q(patient_id_hashed=False) & ~Q(patient_id=""))
    ).order_by("pk")


def mark_some(after: str, seconds: float) -> Portion:
    """Compare stored names and ids with the not-patient patterns of today, a portion of them."""
    found = named_studies().filter(pk__gt=int(after or 0))
    site = rules.load()
    return _each(list(found[:_AT_ONCE]), lambda s: str(s.pk), lambda s: _mark(s, site), seconds)


def undo_some(size_import: SizeImport, seconds: float) -> Portion:
    """Take back what an import of sizes entered, for some of its studies."""
    entries = SizeEntry.objects.filter(size_import=size_import)
    uids = entries.order_by("study_instance_uid").values_list("study_instance_uid", flat=True)
    portion = _each(list(uids.distinct()[:_AT_ONCE]), str, _undo(size_import), seconds)
    if not portion.after:
        SizeImport.objects.filter(pk=size_import.pk).update(state=SizeImport.State.UNDONE)
    return portion


def _each(
    items: list[T], place_of: Callable[[T], str], act: Callable[[T], bool], seconds: float
) -> Portion:
    """Act on items until the time is up; `act` says whether it changed anything."""
    until = time.monotonic() + seconds
    changed = 0
    for done, item in enumerate(items, start=1):
        changed += act(item)
        if time.monotonic() > until or (done == len(items) and done == _AT_ONCE):
            return Portion(place_of(item), done, changed)
    return Portion("", len(items), changed)


def _undo(size_import: SizeImport) -> Callable[[str], bool]:
    def undo(uid: str) -> bool:
        sizes.undo_study(size_import, uid)
        return True

    return undo


@transaction.atomic
def _mark(study: Study, site: Rules) -> bool:
    """Mark the sources of a study by the patterns; return whether the mark of the study changed.

    A part of the identity that is not stored, or stored as a hash, keeps its mark.
    """
    with connection.cursor() as cursor:
        lock_study(cursor, study.study_instance_uid)
        held = [
            s for s in stored_sources(cursor, study.study_instance_uid) if s.study_id == study.pk
        ]
    marks = [_patterns(source.record.patient, source.not_patient, site) for source in held]
    for source, patterns in zip(held, marks, strict=True):
        if patterns != source.not_patient:
            Source.objects.filter(study=study, sop_instance_uid=source.sop_instance_uid).update(
                not_patient=patterns
            )
    said = sentence(marks)
    found = Study.objects.filter(pk=study.pk).exclude(not_patient=said)
    changed = bool(found.update(not_patient=said))
    if changed:
        with connection.cursor() as cursor:
            changes.note(cursor, [study.pk])
    return changed


def _patterns(patient: Patient, before: list[list[str]], site: Rules) -> list[list[str]]:
    """Return the patterns met, those of ids and those of the name; [] where there are none."""
    ids, names = (list(part) for part in matched(patient, site))
    old_ids, old_names = before or ([], [])
    found = [
        ids if _is_plain(patient.id) else old_ids,
        names if _is_plain(patient.name) else old_names,
    ]
    return found if any(found) else []


def _is_plain(value: str) -> bool:
    return value != "" and not split(value)[1]
