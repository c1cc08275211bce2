"""Lists of historical doses: received, looked at, imported in portions, aborted, undone.

The list lies encrypted beside the database until the import is done. The log names lines of the
list, never a patient. A study is one transaction with the progress it made, so an import that was
interrupted goes on where it was.
"""

import datetime as dt
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from msgspec.structs import replace

from kerma.errors import KermaError
from kerma.pipeline.historical import listed, storing
from kerma.pipeline.historical.listed import Choices, Read
from kerma.pipeline.size_table import SizeTable, UnreadableList, read_table
from kerma.records import Device
from kerma.store import audit
from kerma.store.models import HistoricalDoses, HistoricalStudy
from kerma.store.sealing import seal, unseal

State = HistoricalDoses.State

COMMENT = "Imported from a list of historical doses."

_FORGOTTEN = dt.timedelta(days=7)
"""After this time a list that nobody goes on with is deleted."""

Say = Callable[[str], object]


class ListGone(KermaError):
    """The list of an import is no longer there."""


class Summary(NamedTuple):
    """What would become of a list."""

    rows: int
    """How many were looked at."""
    studies: int
    """That would be stored."""
    faulty: int
    doubtful: int
    lines: list[str]
    """Of those that would not be stored, or not without a choice."""


def receive(
    data: bytes, file_name: str, user: AbstractBaseUser | None = None
) -> tuple[HistoricalDoses, SizeTable]:
    """Keep a list until it is chosen how it is read.

    Raises
    ------
    UnreadableList
        If it is none.
    """
    table = read_table(data)
    if not table.rows:
        raise UnreadableList("The list has titles but no rows.")
    name = f"{secrets.token_hex(16)}.sealed"
    seal(data, _folder() / name)
    made = HistoricalDoses.objects.create(
        user_id=user.pk if user else None,
        file_name=Path(file_name).name,
        upload=name,
        rows=len(table.rows),
        choices=msgspec.to_builtins(listed.guess(table)),
    )
    return made, table


def data_of(found: HistoricalDoses) -> bytes:
    """Return the bytes of the list.

    Raises
    ------
    ListGone
        If it was deleted, because the import is done or nobody went on with it.
    """
    path = _folder() / found.upload
    if not found.upload or not path.exists():
        raise ListGone("The list is deleted. Upload it again.")
    return unseal(path)


def choices_of(found: HistoricalDoses) -> Choices:
    """Return how the list is to be read."""
    return msgspec.convert(found.choices, Choices)


def choose(found: HistoricalDoses, choices: Choices) -> None:
    """Keep how the list is to be read."""
    found.choices = msgspec.to_builtins(choices)
    found.save(update_fields=["choices"])


def summary(table: SizeTable, choices: Choices, rows: int, lines: int) -> Summary:
    """Return what would become of the first rows of a list, storing nothing.

    Raises
    ------
    UnclearList
        If something must be chosen first.
    """
    listed.check(table, choices)
    studies = faulty = doubtful = 0
    told: list[str] = []
    for read in listed.studies(table, choices, rows):
        faulty += bool(read.faults)
        doubtful += bool(read.doubts)
        if not read.faults and (choices.takes_doubtful or not read.doubts):
            studies += 1
        if (read.faults or read.doubts) and len(told) < lines:
            told.append(_line(read, _words(read)))
    return Summary(min(rows, len(table.rows)), studies, faulty, doubtful, told)


def start(found: HistoricalDoses) -> None:
    """Begin an import as chosen.

    Raises
    ------
    UnclearList
        If something must be chosen first.
    ListGone
        If the list is deleted.
    """
    listed.check(read_table(data_of(found)), choices_of(found))
    found.state = State.RUNNING
    found.save(update_fields=["state"])


def carry_on(found: HistoricalDoses, seconds: float | None = None, say: Say | None = None) -> None:
    """Go on with an import until it is done or aborted, or for some seconds.

    Raises
    ------
    ListGone
        If the list is deleted.
    """
    until = None if seconds is None else time.monotonic() + seconds
    table, choices = read_table(data_of(found)), choices_of(found)
    scanners: dict[Device, Device] = {}
    passed = 0
    for read in listed.studies(table, choices):
        passed += read.rows
        if passed <= found.rows_read:
            continue
        if not _take(found, read, choices, scanners, say):
            return
        if until is not None and time.monotonic() > until:
            break
    if found.rows_read >= len(table.rows):
        _finish(found)


@transaction.atomic
def _take(
    found: HistoricalDoses,
    read: Read,
    choices: Choices,
    scanners: dict[Device, Device],
    say: Say | None,
) -> bool:
    """Store one study and note the progress; return False if the import was stopped."""
    locked = HistoricalDoses.objects.select_for_update().filter(pk=found.pk)
    if not locked.filter(state=State.RUNNING, rows_read=found.rows_read).exists():
        return False
    outcome, reason = _stored(found, read, choices, scanners)
    told = "" if outcome in ("stored", "repeated") else _line(read, reason)
    if say is not None:
        say(told or _line(read, outcome))
    locked.update(
        rows_read=F("rows_read") + read.rows,
        studies=F("studies") + int(outcome in ("stored", "replaced")),
        repeated=F("repeated") + int(outcome == "repeated"),
        refused=F("refused") + int(outcome == "refused"),
        log=Concat("log", Value(f"{told}\n" if told else "")),
    )
    found.rows_read += read.rows
    return True


def _stored(
    found: HistoricalDoses, read: Read, choices: Choices, scanners: dict[Device, Device]
) -> tuple[str, str]:
    if read.entry is None or (read.doubts and not choices.takes_doubtful):
        return "refused", _words(read)
    said = read.entry.device
    if said not in scanners:
        scanners[said] = storing.scanner(said)
    entry = replace(read.entry, device=scanners[said])
    stored = storing.store(entry, found, COMMENT, replaces=choices.replaces)
    if stored.outcome == "replaced":
        return "replaced", "replaces what was entered before"
    return stored.outcome, stored.reason


def _words(read: Read) -> str:
    """Return what is wrong with a study."""
    return "; ".join(read.faults) or " ".join(read.doubts)


def _line(read: Read, words: str) -> str:
    """Return a line of the log."""
    first, last = read.lines[0], read.lines[-1]
    lines = f"Line {first}" if first == last else f"Lines {first} to {last}"
    return f"{lines}: {words.rstrip('.')}."


def _finish(found: HistoricalDoses) -> None:
    with transaction.atomic():
        done = HistoricalDoses.objects.filter(pk=found.pk, state=State.RUNNING)
        if not done.update(state=State.DONE, finished_at=_now()):
            return
        found.refresh_from_db()
        audit.write(
            found.user,
            "import historical doses",
            file_name=found.file_name,
            rows=found.rows,
            studies=found.studies,
            refused=found.refused,
        )
        transaction.on_commit(lambda: _drop_list(found))


def abort(found: HistoricalDoses) -> bool:
    """Stop an import where it is; what it has stored stays, and can be undone."""
    stopped = HistoricalDoses.objects.filter(pk=found.pk, state__in=(State.QUEUED, State.RUNNING))
    changed = bool(stopped.update(state=State.ABORTED, finished_at=_now()))
    if changed:
        _drop_list(found)
    return changed


def undo(
    found: HistoricalDoses, user: AbstractBaseUser | None, seconds: float | None = None
) -> int:
    """Take back what was entered together, for some seconds; return how many studies are left."""
    until = None if seconds is None else time.monotonic() + seconds
    for one in _entered(found):
        storing.take_out(one)
        if until is not None and time.monotonic() > until:
            break
    left = found.entered.count()
    if not left:
        with transaction.atomic():
            undone = HistoricalDoses.objects.filter(pk=found.pk).exclude(state=State.UNDONE)
            if undone.update(state=State.UNDONE, undone_at=_now()):
                audit.write(
                    user, "undo historical doses", file_name=found.file_name, studies=found.studies
                )
    return left


def _entered(found: HistoricalDoses) -> Iterator[HistoricalStudy]:
    while batch := list(found.entered.order_by("pk")[:200]):
        yield from batch


def drop_forgotten() -> None:
    """Delete the lists that nobody goes on with."""
    waiting = HistoricalDoses.objects.exclude(upload="").filter(made_at__lt=_now() - _FORGOTTEN)
    for found in waiting:
        abort(found)


def _drop_list(found: HistoricalDoses) -> None:
    if found.upload:
        (_folder() / found.upload).unlink(missing_ok=True)
        HistoricalDoses.objects.filter(pk=found.pk).update(upload="")
        found.upload = ""


def _folder() -> Path:
    return Path(settings.KERMA_HOME) / "uploads"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
