"""Lists of historical doses: received, looked at, imported in portions, aborted, undone.

The list lies encrypted beside the database until the import is done. The log names lines of the
list, never a patient. A study is one transaction with the progress it made, so an import that was
interrupted goes on where it was.
"""

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils import timezone
from msgspec.structs import replace

from kerma.pipeline import kept_lists
from kerma.pipeline.historical import listed, storing
from kerma.pipeline.historical.listed import Choices, Read
from kerma.pipeline.size_table import SizeTable
from kerma.records import Device
from kerma.store import audit
from kerma.store.models import HistoricalDoses, HistoricalStudy

State = HistoricalDoses.State

COMMENT = "Imported from a list of historical doses."

_FORGOTTEN = dt.timedelta(days=7)
"""After this time a list that nobody goes on with is deleted."""

_REFUSED_TOGETHER = 500
"""Studies that are refused before the progress is noted; each time the log is written anew."""

Say = Callable[[str], object]


class Summary(NamedTuple):
    """What would become of a list."""

    rows: int
    """How many were looked at."""
    studies: int
    """That would be stored."""
    faulty: int
    doubtful: int
    lines: list[str]
    """Of those that would not be stored, or not without a choice; the first ones."""

    @property
    def untold(self) -> int:
        """Of how many more there is no line."""
        return self.faulty + self.doubtful - len(self.lines)


def receive(
    data: bytes, file_name: str, user: AbstractBaseUser | None = None
) -> tuple[HistoricalDoses, SizeTable]:
    """Keep a list until it is chosen how it is read; raises as `kept_lists.receive`."""
    made, table = kept_lists.receive(HistoricalDoses, data, file_name, user)
    choose(made, listed.guess(table))
    return made, table


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
        studies += not _is_refused(read, choices)
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
    listed.check(kept_lists.table_of(found), choices_of(found))
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
    table, choices = kept_lists.table_of(found), choices_of(found)
    scanners: dict[Device, Device] = {}
    reads = listed.studies(table, choices, passed=found.rows_read)
    for batch in _batches(reads, choices):
        told = _take(found, batch, choices, scanners)
        if told is None:
            return
        if say is not None:
            for line in told:
                say(line)
        if until is not None and time.monotonic() > until:
            break
    if found.rows_read >= len(table.rows):
        _finish(found)


def _batches(reads: Iterable[Read], choices: Choices) -> Iterator[list[Read]]:
    """Yield what is taken in one transaction: one study to store after some that are refused."""
    batch: list[Read] = []
    for read in reads:
        batch.append(read)
        if not _is_refused(read, choices) or len(batch) == _REFUSED_TOGETHER:
            yield batch
            batch = []
    if batch:
        yield batch


def _is_refused(read: Read, choices: Choices) -> bool:
    return bool(read.faults or (read.doubts and not choices.takes_doubtful))


@transaction.atomic
def _take(
    found: HistoricalDoses, batch: Sequence[Read], choices: Choices, scanners: dict[Device, Device]
) -> list[str] | None:
    """Store studies, note the progress, and return a line on each; None if the import was stopped.

    The log has the lines of those that did not go in as they are.
    """
    locked = HistoricalDoses.objects.select_for_update().filter(pk=found.pk)
    if not locked.filter(state=State.RUNNING, rows_read=found.rows_read).exists():
        return None
    outcomes = [_stored(found, read, choices, scanners) for read in batch]
    lines = [
        _line(read, words or name) for read, (name, words) in zip(batch, outcomes, strict=True)
    ]
    log = "".join(f"{line}\n" for line, (_, words) in zip(lines, outcomes, strict=True) if words)
    count = Counter(name for name, _ in outcomes)
    rows = sum(read.rows for read in batch)
    locked.update(
        rows_read=F("rows_read") + rows,
        studies=F("studies") + count["stored"] + count["replaced"],
        repeated=F("repeated") + count["repeated"],
        refused=F("refused") + count["refused"],
        **({"log": Concat("log", Value(log))} if log else {}),
    )
    found.rows_read += rows
    return lines


def _stored(
    found: HistoricalDoses, read: Read, choices: Choices, scanners: dict[Device, Device]
) -> tuple[str, str]:
    if read.entry is None or _is_refused(read, choices):
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
        if not done.update(state=State.DONE, finished_at=timezone.now()):
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
        transaction.on_commit(lambda: kept_lists.drop(found))


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
            if undone.update(state=State.UNDONE, undone_at=timezone.now()):
                audit.write(
                    user, "undo historical doses", file_name=found.file_name, studies=found.studies
                )
    return left


def _entered(found: HistoricalDoses) -> Iterator[HistoricalStudy]:
    while batch := list(found.entered.order_by("pk")[:200]):
        yield from batch


def drop_forgotten() -> None:
    """Delete the lists that nobody goes on with."""
    waiting = HistoricalDoses.objects.exclude(upload="").filter(
        made_at__lt=timezone.now() - _FORGOTTEN
    )
    for found in waiting:
        kept_lists.abort(found)
