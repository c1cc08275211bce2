"""One study entered, corrected or removed by hand."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from kerma.errors import KermaError
from kerma.pipeline.historical import storing
from kerma.pipeline.historical.entry import Entry, entry_of
from kerma.pipeline.historical.storing import Stored
from kerma.store import audit, packing
from kerma.store.models import HistoricalDoses, HistoricalStudy, Source

COMMENT = "Entered by hand."


class NotEntered(KermaError):
    """A study cannot be entered as it is."""


@transaction.atomic
def enter(entry: Entry, user: AbstractBaseUser | None, *, doubts: int = 0) -> Stored:
    """Store one study.

    Parameters
    ----------
    doubts
        In spite of how many; for the audit.

    Raises
    ------
    NotEntered
        If it cannot be stored.
    """
    doses = HistoricalDoses.objects.create(
        user_id=user.pk if user else None, state=HistoricalDoses.State.DONE, rows=1, rows_read=1
    )
    stored = storing.store(entry, doses, COMMENT)
    if stored.outcome == "refused":
        raise NotEntered(f"The study is not stored: {stored.reason}.")
    if stored.outcome == "repeated":
        doses.delete()
        return stored
    HistoricalDoses.objects.filter(pk=doses.pk).update(studies=1)
    _audit(user, "enter historical doses", stored, doubts)
    return stored


@transaction.atomic
def correct(
    one: HistoricalStudy, entry: Entry, user: AbstractBaseUser | None, *, doubts: int = 0
) -> Stored:
    """Replace what was entered for a study; its row in lists stays the same.

    Raises
    ------
    NotEntered
        If it cannot be stored.
    """
    stored = storing.store(entry, one.doses, COMMENT, replaces=True)
    if stored.outcome == "refused":
        raise NotEntered(f"The study is not stored: {stored.reason}.")
    if stored.outcome == "replaced":
        _audit(user, "correct historical doses", stored, doubts)
    return stored


@transaction.atomic
def remove(one: HistoricalStudy, user: AbstractBaseUser | None) -> None:
    """Take out what was entered for a study."""
    storing.take_out(one)
    audit.write(user, "remove historical doses", study_instance_uid=one.study_instance_uid)


def stored_entry(one: HistoricalStudy) -> Entry | None:
    """Return what is stored of an entry; None if it is gone."""
    found = Source.objects.filter(
        study_instance_uid=one.study_instance_uid, sop_instance_uid=one.sop_instance_uid
    ).first()
    return entry_of(packing.unpack(found.record)) if found else None


def _audit(user: AbstractBaseUser | None, action: str, stored: Stored, doubts: int) -> None:
    audit.write(user, action, study_instance_uid=stored.study_instance_uid, doubts=doubts)
