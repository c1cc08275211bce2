"""What a person does with dose screens: confirm or correct, put away, take up again, read anew.

Each act is one transaction with its entry in the audit, and harmless to repeat.
"""

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from kerma.errors import KermaError
from kerma.pipeline.screens import build, stock
from kerma.pipeline.screens.settle import settle
from kerma.screens.checks import doubts
from kerma.screens.reading import Doubt, Scanner, ScreenTable
from kerma.store import audit, jobs, screens
from kerma.store.models import ScreenStudy, Task

JOB = "read-screens"
State = ScreenStudy.State


class StillDoubted(KermaError):
    """A table contradicts itself, and nobody said why it is right all the same."""


def read_again(
    scanner: Scanner, user: AbstractBaseUser | None, *, and_stored: bool = False
) -> Task:
    """Read every waiting study of a scanner anew, in the background.

    Parameters
    ----------
    and_stored
        Whether those that are stored are read again as well, because a letter was corrected or
        removed that they may have been read with.
    """
    return jobs.enqueue(
        JOB,
        f"Read the dose screens of {scanner.manufacturer} {scanner.model} anew",
        user=user,
        manufacturer=scanner.manufacturer,
        model=scanner.model,
        software_versions=scanner.software_versions,
        and_stored=and_stored,
    )


def check(study: ScreenStudy, table: ScreenTable) -> tuple[Doubt, ...]:
    """Return what contradicts a table that a person has typed; nothing is stored."""
    return doubts(table, (), screens.scanner_of(study))


def correct(
    study: ScreenStudy, table: ScreenTable, user: AbstractBaseUser | None, reason: str = ""
) -> None:
    """Store a table as a person confirmed or corrected it.

    Raises
    ------
    StillDoubted
        If doubts remain, and no reason is given.
    KermaError
        If no report can be made of it.
    """
    found = check(study, table)
    if found and not reason:
        raise StillDoubted(
            f"{found[0].sentence} Correct the table, or give the reason why it is right."
        )
    uid = study.study_instance_uid
    with transaction.atomic():
        screens.lock(uid)
        study.refresh_from_db()
        read = screens.reading_of(study).table
        build.store(study, table, is_confirmed=True)
        screens.decide(study, State.STORED, user, corrected=table, why=reason if found else "")
        audit.write(
            user,
            "confirm dose screen" if table == read else "correct dose screen",
            study_instance_uid=uid,
            sop_instance_uid=study.sop_instance_uid,
            doubts=len(found),
            reason=reason if found else "",
        )


def reject(study: ScreenStudy, user: AbstractBaseUser | None) -> None:
    """Put a study away: its pictures are no dose screens. What was stored of it goes."""
    with transaction.atomic():
        screens.lock(study.study_instance_uid)
        study.refresh_from_db()
        if study.state == State.REJECTED:
            return
        build.take_back(study)
        screens.decide(study, State.REJECTED, user)
        audit.write(user, "reject dose screen", study_instance_uid=study.study_instance_uid)


def reopen(study: ScreenStudy, user: AbstractBaseUser | None) -> None:
    """Forget what a person decided, and read the screens of a study anew."""
    uid = study.study_instance_uid
    audit.write(user, "reopen dose screen", study_instance_uid=uid)
    settle(uid, anew=True)
    study.refresh_from_db()


def forget(study: ScreenStudy, user: AbstractBaseUser | None) -> None:
    """Remove the screens of a study and what was stored of them."""
    with transaction.atomic():
        screens.lock(study.study_instance_uid)
        build.take_back(study)
        screens.forget(study.study_instance_uid)
        audit.write(user, "delete dose screen", study_instance_uid=study.study_instance_uid)
    stock.drop(study.study_instance_uid)
