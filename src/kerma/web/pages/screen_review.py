"""One study's dose screens beside the table read from them: confirmed, corrected or put away."""

from typing import Any, NamedTuple

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from kerma.errors import KermaError
from kerma.pipeline.screens import acts
from kerma.screens import second_opinion
from kerma.screens.reading import Reading, ScanRow, ScreenTable
from kerma.store import screens
from kerma.store.models import ScreenPicture, ScreenStudy, Study
from kerma.web import screen_drawing as drawing
from kerma.web import screen_tables as tables
from kerma.web import screen_typed
from kerma.web.access import groups
from kerma.web.actor import actor
from kerma.web.formats import plural
from kerma.web.pages.screens import READERS, scanner_words, sees, trainer_address
from kerma.web.screen_drawing import Mark

State = ScreenStudy.State

_CELL_SCALE = 1.25


class Shown(NamedTuple):
    """One picture; `drawn` is None where this person may not see it, or it is not kept."""

    picture: ScreenPicture
    drawn: SafeString | None
    is_kept: bool
    is_left_out: bool
    """Whether it is an image of the patient, and no page of the table."""


@require_safe
@groups(*READERS)
def review(request: HttpRequest, number: int) -> HttpResponse:
    """Show pictures and table."""
    study = _study(number)
    reading = screens.reading_of(study)
    table = _table(study, reading)
    form = _form(request, study, reading, table, None)
    return render(request, "web/screen_review.html", _context(request, study, reading, form))


@require_POST
@groups(*READERS)
def check(request: HttpRequest, number: int) -> HttpResponse:
    """Check what is typed so far; add or remove a row. Nothing is stored."""
    study = _study(number)
    reading = screens.reading_of(study)
    do = request.POST.get("do", "")
    try:
        table, origins = _changed(*screen_typed.typed(request.POST.dict(), _read(reading)), do)
    except KermaError as error:
        return _refused(request, study, reading, str(error))
    form = _form(request, study, reading, table, origins)
    context = _context(request, study, reading, form) | {"is_checked": True}
    if not getattr(request, "htmx", False):
        return render(request, "web/screen_review.html", context)
    if do:
        return render(request, "web/screen_review_table.html", context)
    return render(request, "web/screen_checked.html", context)


@require_POST
@groups(*READERS)
def decide(request: HttpRequest, number: int) -> HttpResponse:
    """Confirm the table as it is typed, put the study away, or take it up again."""
    study = _study(number)
    do, user = request.POST.get("do", ""), actor(request)
    reading = screens.reading_of(study)
    try:
        if do == "confirm":
            _still_the_same(request, reading)
            table, _ = screen_typed.typed(request.POST.dict(), _read(reading))
            acts.correct(study, table, user, request.POST.get("reason", "").strip())
        elif do == "reject":
            acts.reject(study, user)
        elif do == "reopen":
            acts.reopen(study, user)
    except KermaError as error:
        return _refused(request, study, reading, str(error))
    return redirect("screen-review", number=number)


def _refused(
    request: HttpRequest, study: ScreenStudy, reading: Reading, sentence: str
) -> HttpResponse:
    """Show the table again as it was typed, with what cannot be used of it."""
    context: dict[str, Any] = {"error": sentence}
    if getattr(request, "htmx", False):
        return render(request, "web/screen_checked.html", context)
    try:
        table, origins = screen_typed.typed(request.POST.dict(), _read(reading))
    except KermaError:
        table, origins = _table(study, reading), None
    form = _form(request, study, reading, table, origins)
    context |= _context(request, study, reading, form) | {"reason": request.POST.get("reason", "")}
    return render(request, "web/screen_review.html", context | {"error": sentence}, status=422)


def _still_the_same(request: HttpRequest, reading: Reading) -> None:
    """Refuse what was typed beside another reading than the one there is now."""
    if request.POST.get("read_as", "") != screen_typed.print_of(reading.table):
        raise screen_typed.NotATable(
            "These screens were read anew while you had them open. Compare the table with the "
            "picture once more."
        )


def _study(number: int) -> ScreenStudy:
    return get_object_or_404(ScreenStudy.objects.select_related("decided_by"), pk=number)


def _read(reading: Reading) -> ScreenTable:
    """Return the table as it was read, an empty one where none was."""
    return reading.table or ScreenTable(layout="")


def _table(study: ScreenStudy, reading: Reading) -> ScreenTable:
    return screens.corrected_of(study) or _read(reading)


def _changed(table: ScreenTable, origins: list[int], do: str) -> tuple[ScreenTable, list[int]]:
    """Return the table with a row more or less."""
    rows = list(table.rows)
    name, _, index = do.partition("-")
    if name == "add":
        rows.append(ScanRow())
        origins = [*origins, -1]
    elif name == "remove" and index.isdecimal() and int(index) < len(rows):
        del rows[int(index)]
        origins = origins[: int(index)] + origins[int(index) + 1 :]
    return msgspec.structs.replace(table, rows=tuple(rows)), origins


def _form(
    request: HttpRequest,
    study: ScreenStudy,
    reading: Reading,
    table: ScreenTable,
    origins: list[int] | None,
) -> tables.Form:
    read = _read(reading)
    is_as_read = origins is None and table == read
    doubts = reading.doubts if is_as_read else acts.check(study, table)
    second = screens.second_of(study)
    form = tables.form_of(
        table,
        read,
        doubts,
        second.table if second else None,
        origins
        if origins is not None
        else tables.origins_of(table, read)
        if not is_as_read
        else None,
    )
    return _with_cells(request, study, form)


def _with_cells(request: HttpRequest, study: ScreenStudy, form: tables.Form) -> tables.Form:
    """Return the form with the picture of each cell."""
    seen = {one.number: one for one in _pictures(study) if sees(request, one)}

    def drawn(field: tables.Field) -> tables.Field:
        picture = seen.get(field.cell.page) if field.cell else None
        if picture is None or field.cell is None:
            return field
        view = drawing.around(field.cell.box, picture, 4, 3)
        label = f"{field.column.heading} on the screen"
        return field._replace(drawn=drawing.part(picture, view, (), label, _CELL_SCALE))

    rows = [
        row._replace(main=[drawn(f) for f in row.main], more=[drawn(f) for f in row.more])
        for row in form.rows
    ]
    return form._replace(rows=rows, totals=[drawn(field) for field in form.totals])


def _pictures(study: ScreenStudy) -> list[ScreenPicture]:
    pictures = list(study.pictures.order_by("number", "pk"))
    for one in pictures:
        one.study = study
    return pictures


def _context(
    request: HttpRequest, study: ScreenStudy, reading: Reading, form: tables.Form
) -> dict[str, Any]:
    stored = Study.objects.filter(study_instance_uid=study.study_instance_uid).first()
    before, after = _others(study)
    scanner = screens.scanner_of(study)
    return {
        "study": study,
        "title": scanner_words(scanner),
        "reading": reading,
        "layout": tables.layout_words(reading.table.layout) if reading.table else "",
        "read_as": screen_typed.print_of(reading.table),
        "form": form,
        "unknown": len({one.glyph for _, one in reading.unknown}),
        "trainer": trainer_address(scanner),
        "shown": [_shown(request, one, form, reading) for one in _pictures(study)],
        "how_to_get_second": "" if second_opinion.is_installed() else second_opinion.HOW_TO_GET_IT,
        "stored": stored if study.state == State.STORED else None,
        "before": before,
        "next": after,
        "columns": [c for c in tables.COLUMNS if c.is_main],
        "types": tables.TYPES,
        "phantoms": tables.PHANTOMS,
        "doubts": _count(form),
        "changes": _changes(study, reading),
    }


def _changes(study: ScreenStudy, reading: Reading) -> list[tables.Change]:
    corrected = screens.corrected_of(study)
    return tables.changes(_read(reading), corrected) if corrected else []


def _count(form: tables.Form) -> str:
    """Return "3 doubts", "" for none."""
    number = len(form.doubts) + sum(len(row.doubts) for row in form.rows)
    return plural(number, "doubt") if number else ""


def _shown(
    request: HttpRequest, picture: ScreenPicture, form: tables.Form, reading: Reading
) -> Shown:
    kept = bool(picture.sealed_picture)
    left_out = picture.sop_instance_uid in reading.left_out
    if not sees(request, picture) or (left_out and picture.is_blanked):
        return Shown(picture, None, kept, left_out)
    fields = [f for row in form.rows for f in (*row.main, *row.more)] + form.totals
    marks = [
        Mark(f.cell.box, f.id, "doubt" if f.doubts else "")
        for f in fields
        if f.cell and f.cell.page == picture.number
    ]
    label = f"Dose screen {picture.number + 1}"
    return Shown(picture, drawing.whole(picture, marks, label), kept, left_out)


def _others(study: ScreenStudy) -> tuple[str, str]:
    """Return the addresses of the studies to review before and after this one."""
    waiting = ScreenStudy.objects.filter(state=State.REVIEW).exclude(pk=study.pk)
    before = waiting.filter(pk__lt=study.pk).order_by("-pk").first()
    after = waiting.filter(pk__gt=study.pk).order_by("pk").first() or waiting.order_by("pk").first()
    return tuple(  # type: ignore[return-value]
        reverse("screen-review", args=[one.pk]) if one else "" for one in (before, after)
    )
