"""An uploaded list in, kept encrypted beside the database until its import is over."""

import secrets
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from kerma.errors import KermaError
from kerma.pipeline.size_table import SizeTable, UnreadableList, read_table
from kerma.store.models import HistoricalDoses, SizeImport
from kerma.store.sealing import seal, unseal

Import = TypeVar("Import", HistoricalDoses, SizeImport)


class ListGone(KermaError):
    """The list of an import is no longer there."""


def receive(
    kind: type[Import], data: bytes, file_name: str, user: AbstractBaseUser | None = None
) -> tuple[Import, SizeTable]:
    """Keep a list until its import is over.

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
    made = kind.objects.create(
        user_id=user.pk if user else None,
        file_name=Path(file_name).name,
        upload=name,
        rows=len(table.rows),
    )
    return made, table


def data_of(found: HistoricalDoses | SizeImport) -> bytes:
    """Return the bytes of the list of an import.

    Raises
    ------
    ListGone
        If it was deleted, because the import is done or nobody went on with it.
    """
    path = _folder() / found.upload
    if not found.upload or not path.exists():
        raise ListGone("The list is deleted. Upload it again.")
    return unseal(path)


def table_of(found: HistoricalDoses | SizeImport) -> SizeTable:
    """Return the list of an import; raises as `data_of`."""
    return read_table(data_of(found))


def abort(found: HistoricalDoses | SizeImport) -> bool:
    """Stop an import where it is, and delete its list; return whether there was one to stop.

    What it has stored stays, and can be undone.
    """
    states, others = found.State, type(found)._default_manager
    stopped = others.filter(pk=found.pk, state__in=(states.QUEUED, states.RUNNING))
    changed = stopped.update(state=states.ABORTED, finished_at=timezone.now())
    drop(found)
    return bool(changed)


def drop(found: HistoricalDoses | SizeImport) -> None:
    """Delete the list, if it is still there."""
    if found.upload:
        (_folder() / found.upload).unlink(missing_ok=True)
        found.upload = ""
        type(found)._default_manager.filter(pk=found.pk).update(upload="")


def _folder() -> Path:
    return Path(settings.KERMA_HOME) / "uploads"
