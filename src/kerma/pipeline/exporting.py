"""Exports asked for in, files in the folder of exports out, until they expire.

A row of `Export` is what was asked for and what became of it; its task is the work. A file lies
under a name that only its row knows, and only a row that is done has one.
"""

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, Group
from django.db import transaction
from django.db.models import Q

from kerma.errors import KermaError
from kerma.exports import base
from kerma.exports.base import Format, Plan, Progress
from kerma.exports.making import make
from kerma.pipeline import export_formats
from kerma.query.columns import HEADINGS
from kerma.query.selection import select
from kerma.registry import load_all
from kerma.store import audit, jobs, options
from kerma.store.models import Export, Task

JOB = "export"
IDENTITY_FILTERS = ("patient_name", "patient_id")
"""Filters that say who somebody is: whoever uses them must be allowed to know."""

_State = Export.State
_UNDER_WAY = (_State.QUEUED, _State.RUNNING)
_GRACE = dt.timedelta(hours=1)
"""A file that no row knows is left alone for so long: it may just be in the making."""


class MayNot(KermaError):
    """Somebody asks for names of patients without belonging to the group pid."""


class FileGone(KermaError):
    """The file of an export is no longer there."""


Pairs = Iterable[tuple[str, str]]


def formats_of(modality: str) -> list[Format]:
    """Return every format of a modality, those made of kept copies too."""
    load_all(export_formats)
    return base.formats_of(modality)


def find(name: str, modality: str) -> Format:
    """Return a format by name, or say which there are, as `kerma.exports.base.find`."""
    load_all(export_formats)
    return base.find(name, modality)


def ask(
    user: AbstractBaseUser,
    modality: str,
    form: str,
    filters: Pairs,
    chosen: Mapping[str, str] | None = None,
    *,
    identity: bool = False,
) -> Export:
    """Ask for an export; a worker makes it.

    Raises
    ------
    ExportError, FilterError, MayNot
        If there is no such format, choice or filter, or not for this user.
    """
    pairs = [(name, text) for name, text in filters]
    wanted = find(form, modality)
    identity = identity and wanted.identity
    _check(user, pairs, identity=identity)
    plan = Plan(select(modality, pairs, identity=True), identity, dict(chosen or {}))
    choices = {one.name: base.option(plan, one) for one in wanted.options}
    with transaction.atomic():
        made = Export.objects.create(
            user_id=user.pk,
            modality=modality,
            format=wanted.name,
            filters=pairs,
            options=choices,
            identity=identity,
        )
        made.task = jobs.enqueue(JOB, title(made, wanted), user=user, export=made.pk)
        made.save(update_fields=["task"])
        audit.write(user, "ask for export", **_details(made))
    return made


def title(export: Export, form: Format) -> str:
    """Return what is made, in words."""
    return f"Export of {HEADINGS[export.modality]}: {form.title}"


def again(export: Export, user: AbstractBaseUser) -> Export:
    """Ask once more for what an export holds, as it is now."""
    filters = [(str(name), str(text)) for name, text in export.filters]
    return ask(
        user, export.modality, export.format, filters, export.options, identity=export.identity
    )


@transaction.atomic
def abort(export: Export, user: AbstractBaseUser) -> bool:
    """End an export under way; return whether it was."""
    ended = Export.objects.filter(pk=export.pk, state__in=_UNDER_WAY)
    if not ended.update(state=_State.ABORTED, finished_at=_now()):
        return False
    if export.task_id is not None:
        jobs.cancel(export.task_id)
    audit.write(user, "abort export", **_details(export))
    return True


@transaction.atomic
def delete(export: Export, user: AbstractBaseUser) -> None:
    """Remove an export and its file; one under way ends first."""
    if export.task_id is not None:
        jobs.cancel(export.task_id)
    audit.write(user, "delete export", **_details(export))
    _remove(export)


def carry_out(export: Export, progress: Progress) -> Export:
    """Make the file of an export, and offer it.

    Raises
    ------
    KermaError
        If there is no file in the end; the row then says why.
    """
    running = Export.objects.filter(pk=export.pk, state__in=_UNDER_WAY)
    if not running.update(state=_State.RUNNING):
        return export
    form = find(export.format, export.modality)
    path = folder() / f"{export.pk}-{secrets.token_hex(8)}{form.suffix}"
    try:
        made = make(_plan(export), form, path, progress)
        size = path.stat().st_size
    except jobs.Cancelled:
        running.update(state=_State.ABORTED, finished_at=_now())
        raise
    except jobs.RunLater:
        running.update(state=_State.QUEUED)
        raise
    except KermaError as error:
        running.update(state=_State.FAILED, fault=str(error), finished_at=_now())
        raise
    done = running.update(
        state=_State.DONE,
        finished_at=_now(),
        expires_at=_expiry(),
        studies=made.studies,
        rows=made.rows,
        notes=list(made.notes),
        file_name=_file_name(export, form),
        path=path.name,
        size_bytes=size,
    )
    if done:
        export.refresh_from_db()
    else:  # aborted or deleted in the last moment
        path.unlink(missing_ok=True)
    return export


def file_of(export: Export) -> Path:
    """Return where the file of an export lies.

    Raises
    ------
    FileGone
        If there is none, or no more.
    """
    path = folder() / export.path
    if export.state != _State.DONE or not export.path or not path.is_file():
        raise FileGone(
            "The file of this export is not there. Run the export again to have a new one."
        )
    return path


def settle() -> None:
    """Say of exports whose task ended without them what became of them.

    Reads only, unless there is such an export: pages ask for it again and again.
    """
    left = Export.objects.filter(state__in=_UNDER_WAY)
    over = Q(task__state__in=jobs.FINISHED) | Q(task=None)
    for one in left.filter(over).select_related("task"):
        state, fault = _outcome(one)
        if state:
            left.filter(pk=one.pk).update(state=state, fault=fault, finished_at=_now())


def _outcome(export: Export) -> tuple[str, str]:
    """Return what became of an export whose task has ended, and why; "" for one just made."""
    task = export.task
    if task is not None and task.state == Task.State.CANCELLED:
        return _State.ABORTED, ""
    if task is not None and task.state == Task.State.FAILED:
        return _State.FAILED, task.error
    if export.made_at > _now() - _GRACE:
        return "", ""
    return _State.FAILED, "Its task is gone. Run the export again."


def sweep() -> int:
    """Remove what has expired, and files that no row knows; return how many exports went."""
    settle()
    due = list(Export.objects.filter(expires_at__lt=_now()))
    for one in due:
        audit.write(None, "expire export", **_details(one))
        _remove(one)
    _drop_strays()
    return len(due)


def folder() -> Path:
    """Return the folder of exports, made if need be."""
    found = Path(settings.KERMA_HOME) / "exports"
    found.mkdir(mode=0o700, exist_ok=True)
    return found


def may_know(user: AbstractBaseUser) -> bool:
    """Return whether a user may see names and ids of patients."""
    return user.is_active and Group.objects.filter(name="pid", user=user.pk).exists()


def tells_who(export: Export) -> bool:
    """Return whether an export is only for those who may see names: for what it holds."""
    return export.identity or any(name in IDENTITY_FILTERS for name, _ in export.filters)


def _check(user: AbstractBaseUser, pairs: Pairs, *, identity: bool) -> None:
    asks = identity or any(name in IDENTITY_FILTERS for name, text in pairs if text.strip())
    if asks and not may_know(user):
        raise MayNot(
            "Names and ids of patients are for members of the group pid. "
            "Export without them, or ask an administrator for the group."
        )


def _plan(export: Export) -> Plan:
    """Return the plan of an export, if its user may still have it."""
    filters = [(str(name), str(text)) for name, text in export.filters]
    if export.user is None:
        raise MayNot("The user who asked for this export is gone.")
    _check(export.user, filters, identity=export.identity)
    selection = select(export.modality, filters, identity=True)
    return Plan(selection, export.identity, export.options, export.user.get_username())


def _file_name(export: Export, form: Format) -> str:
    """Return the name under which the file is downloaded."""
    return f"kerma-{export.modality.lower()}-{form.name}-{_now():%Y%m%d-%H%M%S}{form.suffix}"


def _expiry() -> dt.datetime | None:
    days = int(options.get("export_days"))
    return _now() + dt.timedelta(days=days) if days else None


def _details(export: Export) -> dict[str, object]:
    """Return what the audit log keeps of an export: which filters, not what they say."""
    return {
        "export": export.pk,
        "modality": export.modality,
        "format": export.format,
        "identity": export.identity,
        "filters": sorted({str(name) for name, _ in export.filters}),
        "studies": export.studies,
    }


def _remove(export: Export) -> None:
    """Forget an export; its file goes once that is settled."""
    path = export.path
    Export.objects.filter(pk=export.pk).delete()
    if path:
        transaction.on_commit(lambda: (folder() / path).unlink(missing_ok=True))


def _drop_strays() -> None:
    """Remove files that a worker left that was killed."""
    known = set(Export.objects.exclude(path="").values_list("path", flat=True))
    before = (_now() - _GRACE).timestamp()
    for path in folder().iterdir():
        if path.name not in known and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
