"""Exports in, what the pages say of them out: what is in a file, how far it is, who may have it."""

from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone

from kerma.errors import KermaError
from kerma.exports.base import Format
from kerma.health.words import size
from kerma.pipeline import exporting
from kerma.query.columns import HEADINGS
from kerma.query.selection import NEWEST_FIRST, FilterError, select
from kerma.store.models import Export, Task
from kerma.web import task_lines
from kerma.web.access import User, may
from kerma.web.address import Address
from kerma.web.chips import chips
from kerma.web.formats import plural

Pairs = tuple[tuple[str, str], ...]


class Words(NamedTuple):
    """One filter or choice, in words."""

    heading: str
    words: str


class ExportLine(NamedTuple):
    """One export as the pages show it."""

    export: Export
    heading: str
    """E.g. "CT: Excel workbook"."""
    filters: list[Words]
    choices: list[Words]
    how_far: str
    left: str
    amount: str
    """"1 204 studies, 5 310 rows, 2.1 MB" of one that is ready."""
    may_have: bool
    """Whether this user may download it."""


def visible(user: User) -> "QuerySet[Export]":
    """Return the exports a user sees: the own ones, an administrator those of all."""
    found = Export.objects.select_related("user", "task").order_by("-pk")
    return found if may(user, "admin") else found.filter(user=user.pk)


def under_way() -> Q:
    """Return the condition that an export waits or runs."""
    return Q(state__in=(Export.State.QUEUED, Export.State.RUNNING))


def may_have(export: Export, user: User) -> bool:
    """Return whether a user may have the file: names of patients are for the group pid alone."""
    own = export.user_id == user.pk or may(user, "admin")
    return own and (may(user, "pid") or not exporting.tells_who(export))


def line(export: Export, user: User) -> ExportLine:
    """Return what the pages say of an export."""
    form = _form(export)
    task = export.task or Task()
    pairs = tuple((str(name), str(text)) for name, text in export.filters)
    return ExportLine(
        export,
        f"{HEADINGS[export.modality]}: {form.title if form else export.format}",
        filter_words(export.modality, pairs, identity=may(user, "pid")),
        _choices(export, form) if form else [],
        task_lines.how_far(task),
        task_lines.left(task, timezone.now()),
        _amount(export),
        may_have(export, user),
    )


def filter_words(modality: str, pairs: Pairs, *, identity: bool) -> list[Words]:
    """Return filters and order in words; who is searched for stays with those who may know it."""
    hidden = [name for name, _ in pairs if name in exporting.IDENTITY_FILTERS and not identity]
    shown = tuple(pair for pair in pairs if pair[0] not in hidden)
    try:
        selection = select(modality, shown, identity=identity)
    except FilterError as error:
        return [Words("Filter", str(error))]
    found = [
        Words(chip.heading, chip.words)
        for chip in chips(
            selection, Address(modality, shown), identity=identity, today=timezone.localdate()
        )
        if chip.words
    ]
    found += [Words(name.replace("_", " ").capitalize(), "not shown") for name in hidden]
    if selection.order != NEWEST_FIRST:
        ends = "falling" if selection.descending else "rising"
        found.append(Words("Order", f"{selection.column.heading}, {ends}"))
    return found


def _form(export: Export) -> Format | None:
    """Return the format; None if this version has it no more."""
    try:
        return exporting.find(export.format, export.modality)
    except KermaError:
        return None


def _choices(export: Export, form: Format) -> list[Words]:
    """Return the choices made; of plain tables only those that are not the usual."""
    chosen = ((one, str(export.options.get(one.name, ""))) for one in form.options)
    return [
        Words(one.heading, dict(one.choices).get(value, value))
        for one, value in chosen
        if value and not (form.identity and value == one.choices[0][0])
    ]


def _amount(export: Export) -> str:
    if export.state != Export.State.DONE:
        return ""
    parts = [plural(export.studies or 0, "study")]
    parts += [plural(export.rows, "row")] if export.rows else []
    return ", ".join([*parts, size(export.size_bytes or 0)])
