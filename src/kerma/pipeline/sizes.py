"""Heights and weights from a CSV list into stored studies: begun, carried on, aborted, undone.

The list lies encrypted beside the database only until the import is done. The log names lines of
the list, never an id. Every portion is one transaction with the progress it made, so an import
that was interrupted goes on where it was.
"""

import datetime as dt
import time
from collections.abc import Callable

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils import timezone

from kerma.pipeline import kept_lists
from kerma.pipeline.size_table import Columns, Size, SizeTable
from kerma.store import audit, sizes
from kerma.store.models import SizeImport, Study

_PORTION = 50
"""Rows of a transaction."""

_FORGOTTEN = dt.timedelta(days=1)
"""After this time a list of which nobody has chosen the columns, or run it, is deleted."""

_ABANDONED = dt.timedelta(days=7)
"""After this time an import that nobody has let go on is aborted."""

_REFUSED = "refused: "

Say = Callable[[str], object]


def receive(
    data: bytes, file_name: str, user: AbstractBaseUser | None = None
) -> tuple[SizeImport, SizeTable]:
    """Keep a list until its columns are chosen; raises as `kept_lists.receive`."""
    return kept_lists.receive(SizeImport, data, file_name, user)


def start(
    found: SizeImport,
    columns: Columns,
    id_kind: str,
    *,
    overwrite: bool = False,
    dry_run: bool = False,
) -> None:
    """Begin an import with the columns chosen, or begin anew after a dry run.

    Raises
    ------
    UnknownColumn
        If the list has not these columns.
    ListGone
        If the list is deleted.
    """
    table = kept_lists.table_of(found)
    places = [table.place(title) for title in columns]
    found.id_column, found.height_column, found.weight_column = (table.titles[p] for p in places)
    found.id_kind, found.overwrite, found.dry_run = id_kind, overwrite, dry_run
    found.state = SizeImport.State.RUNNING
    found.rows_read = found.studies_changed = 0
    found.log, found.finished_at = "", None
    found.save()


def carry_on(found: SizeImport, seconds: float | None = None, say: Say | None = None) -> None:
    """Go on with an import until it is done or aborted, or for some seconds.

    Raises
    ------
    ListGone
        If the list is deleted.
    """
    until = None if seconds is None else time.monotonic() + seconds
    table = kept_lists.table_of(found)
    while _portion(found, table, say) and (until is None or time.monotonic() < until):
        pass


def remove(found: SizeImport, user: AbstractBaseUser | None = None) -> None:
    """Delete the record and the log of an import; the sizes it entered stay with the studies."""
    kept_lists.drop(found)
    with transaction.atomic():
        if not found.dry_run and found.rows_read:
            audit.write(user, "delete size import", file_name=found.file_name)
        found.entries.update(size_import=None)
        found.delete()


def refused_lines(found: SizeImport) -> list[str]:
    """Return the lines of the log about rows with something that cannot be used."""
    return [line for line in found.log.splitlines() if _REFUSED in line]


def drop_forgotten() -> None:
    """Delete the lists that nobody has gone on with."""
    lists = SizeImport.objects.exclude(upload="")
    old = lists.filter(made_at__lt=timezone.now() - _FORGOTTEN).exclude(
        state=SizeImport.State.RUNNING
    )
    for found in old | lists.filter(made_at__lt=timezone.now() - _ABANDONED):
        kept_lists.abort(found)


@transaction.atomic
def _portion(found: SizeImport, table: SizeTable, say: Say | None) -> bool:
    """Take some rows, note the progress, and return whether there is more to do."""
    locked = SizeImport.objects.select_for_update().filter(pk=found.pk).first()
    if locked is None or locked.state != SizeImport.State.RUNNING:
        return False
    found.refresh_from_db()
    columns = Columns(found.id_column, found.height_column, found.weight_column)
    rows = [
        size
        for size, _ in zip(table.sizes(columns, found.rows_read), range(_PORTION), strict=False)
    ]
    lines, changed = [], 0
    for size in rows:
        line, number = _take(found, size)
        changed += number
        lines.append(f"{line}\n")
        if say is not None:
            say(line)
    SizeImport.objects.filter(pk=found.pk).update(
        rows_read=F("rows_read") + len(rows),
        studies_changed=F("studies_changed") + changed,
        log=Concat("log", Value("".join(lines))),
    )
    found.refresh_from_db()
    if found.rows_read < len(table.rows):
        return True
    _finish(found)
    return False


def _take(found: SizeImport, size: Size) -> tuple[str, int]:
    """Enter what a row says; return its line of the log and how many studies it changed."""
    words, changed = _used(found, size)
    refused = [f"{_REFUSED}{fault}" for fault in size.faults]
    return f"Line {size.line}: {'; '.join(filter(None, (words, *refused)))}.", changed


def _used(found: SizeImport, size: Size) -> tuple[str, int]:
    """Enter what can be used of a row; return what to say of it and how many studies it changed."""
    if size.height_m is None and size.weight_kg is None:
        return "" if size.faults else "no size is given", 0
    uids = sizes.studies_with(found.id_kind, size.id)
    if not uids:
        return "no stored study has this id", 0
    changed = sum(_enter(found, uid, size) for uid in uids)
    if not changed:
        return "the study has these values or its own", 0
    given = (
        f"height {size.height_m:g} m" if size.height_m is not None else "",
        f"weight {size.weight_kg:g} kg" if size.weight_kg is not None else "",
    )
    verb = "would be set" if found.dry_run else "set"
    of = f" for {changed} studies" if changed > 1 else ""
    return f"{', '.join(filter(None, given))} {verb}{of}", changed


def _enter(found: SizeImport, uid: str, size: Size) -> bool:
    """Enter the size of one study, or tell whether that would change it."""
    if not found.dry_run:
        return sizes.enter(
            uid, size.height_m, size.weight_kg, overwrite=found.overwrite, size_import=found
        )
    stored = Study.objects.filter(study_instance_uid=uid).values_list("height_m", "weight_kg")
    return any(
        new is not None and (old is None or (found.overwrite and old != new))
        for pair in stored
        for old, new in zip(pair, (size.height_m, size.weight_kg), strict=True)
    )


def _finish(found: SizeImport) -> None:
    found.state, found.finished_at = SizeImport.State.DONE, timezone.now()
    found.save(update_fields=["state", "finished_at"])
    if not found.dry_run:
        audit.write(
            found.user,
            "import sizes",
            file_name=found.file_name,
            rows=found.rows,
            studies_changed=found.studies_changed,
            overwrite=found.overwrite,
        )
        transaction.on_commit(lambda: kept_lists.drop(found))
