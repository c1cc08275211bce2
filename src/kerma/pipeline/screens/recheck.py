"""A stored study whose letters were corrected in; it waits for a person if it reads otherwise now.

What is stored of it stays until the person decides. Studies that a person has confirmed or
corrected are not looked at: there the person counts, not the letters.
"""

from enum import StrEnum

from django.db import transaction

from kerma.pipeline.screens import second_opinion, stock
from kerma.pipeline.screens.look import look
from kerma.pipeline.screens.settle import state_of
from kerma.screens.differences import compared
from kerma.screens.reading import Reading
from kerma.store import screens
from kerma.store.models import ScreenStudy


class Found(StrEnum):
    """What became of the study."""

    SAME = "same"
    CHANGED = "changed"
    NOT_KEPT = "not kept"
    """Its pictures are gone, so that nobody can read them again."""


def recheck(study: ScreenStudy) -> Found:
    """Read the kept pictures of a stored study again; harmless to repeat."""
    uid, before = study.study_instance_uid, list(study.pictures.order_by("number"))
    known = screens.reading_of(study)
    table, stocked = known.table, stock.of(uid)
    if table is None or not stocked or not all(one.sealed_picture for one in before):
        return Found.NOT_KEPT
    reading = compared(look(stocked, before, known.left_out).reading, table)
    return _shown_to_a_person(study, reading) if reading.before else Found.SAME


def _shown_to_a_person(study: ScreenStudy, reading: Reading) -> Found:
    """Let a study wait, unless it was decided about while it was read."""
    with transaction.atomic():
        screens.lock(study.study_instance_uid)
        now = ScreenStudy.objects.get(pk=study.pk)
        if now.changed_at != study.changed_at:
            return Found.SAME
        screens.put_reading(now, state_of(reading), reading)
        second_opinion.ask(now)
    return Found.CHANGED
