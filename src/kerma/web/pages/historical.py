"""Historical doses from a CSV list: upload, choose columns, look, import, read the log, undo."""

from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kerma.errors import KermaError
from kerma.pipeline import kept_lists
from kerma.pipeline.historical import cells, fields, imports, listed
from kerma.pipeline.historical.listed import Choices
from kerma.pipeline.size_table import LARGEST_LIST, SizeTable, read_table
from kerma.store import processes
from kerma.store.models import HistoricalDoses
from kerma.web.access import groups
from kerma.web.actor import actor
from kerma.web.configuration import SIZES
from kerma.web.formats import plural
from kerma.web.forms import PageForm
from kerma.web.work import SECONDS, Step, Work, carry_on, hand_over

State = HistoricalDoses.State

_PREVIEWED = 5
_LISTED = 100
_LOOKED_AT = 20_000
"""Rows that are looked at before anything is stored, on the page."""
_SHOWN = 200
"""Lines about studies that would not be stored, or were not."""


class HowForm(PageForm):
    """How the list writes numbers and dates, and what goes for studies that are there."""

    decimal = forms.ChoiceField(
        label="Decimals have", required=False, choices=[("", "Choose …"), *cells.DECIMALS.items()]
    )
    dates = forms.ChoiceField(
        label="Dates are written",
        required=False,
        choices=[("", "Choose …"), *((key, said) for key, (said, _) in cells.DATES.items())],
    )
    replaces = forms.BooleanField(
        required=False,
        label="Replace what was entered before",
        help_text="Otherwise a study for which other values are entered is refused.",
    )
    takes_doubtful = forms.BooleanField(
        required=False,
        label="Store studies whose numbers do not agree",
        help_text="Otherwise they are refused, each with its reason.",
    )


class Column(NamedTuple):
    """One column of the list, and what it is taken for."""

    place: int
    title: str
    key: str
    first: list[str]
    """The first cells."""


@require_http_methods(["GET", "HEAD", "POST"])
@groups(*SIZES)
def doses(request: HttpRequest) -> HttpResponse:
    """List what was entered, and take a list."""
    imports.drop_forgotten()
    if request.method == "POST":
        return _receive(request)
    found = HistoricalDoses.objects.select_related("user").defer("log", "choices")
    context = {"imports": found.order_by("-pk")[:_LISTED]}
    return render(request, "web/doses.html", context)


def _receive(request: HttpRequest) -> HttpResponse:
    file = request.FILES.get("list")
    if file is None:
        messages.error(request, "Choose a CSV file first.")
        return redirect("doses")
    try:
        data = file.read(LARGEST_LIST + 1)
        found, _ = imports.receive(data, file.name or "", actor(request))
    except KermaError as error:
        messages.error(request, str(error))
        return redirect("doses")
    return redirect("doses-import", found.pk)


@require_safe
@groups(*SIZES)
def one(request: HttpRequest, number: int) -> HttpResponse:
    """Show one import: its columns to choose, how far it is, or what it did."""
    found = get_object_or_404(HistoricalDoses.objects.select_related("user"), pk=number)
    context: dict[str, Any] = {"import": found, "within": "doses"}
    if found.state == State.QUEUED and found.upload:
        try:
            context |= _to_choose(request, found)
        except KermaError as error:
            messages.error(request, str(error))
    lines = found.log.splitlines()
    context |= {"log": lines[:_SHOWN], "log_untold": len(lines[_SHOWN:])}
    context["entered"] = found.entered.count()
    return render(request, "web/doses_import.html", context)


def _to_choose(request: HttpRequest, found: HistoricalDoses) -> dict[str, Any]:
    """Return the columns, and what would become of the list as it is chosen now."""
    data = kept_lists.data_of(found)
    table, choices = read_table(data), imports.choices_of(found)
    context: dict[str, Any] = {
        "told": listed.told(data),
        "columns": _columns(table, choices, shows=found.user_id == request.user.pk),
        "of_study": [field for field in fields.FIELDS if not field.of_scan],
        "of_scan": [field for field in fields.FIELDS if field.of_scan],
        "form": HowForm(initial={name: getattr(choices, name) for name in HowForm.base_fields}),
    }
    try:
        context["would"] = imports.summary(table, choices, _LOOKED_AT, _SHOWN)
    except KermaError as error:
        context["unclear"] = str(error)
    return context


def _columns(table: SizeTable, choices: Choices, *, shows: bool) -> list[Column]:
    first = [row for _, row in table.rows[:_PREVIEWED]] if shows else []
    return [
        Column(
            place,
            title or "(no title)",
            choices.columns.get(str(place), ""),
            [row[place] for row in first if place < len(row)],
        )
        for place, title in enumerate(table.titles)
    ]


@require_POST
@groups(*SIZES)
def choose(request: HttpRequest, number: int) -> HttpResponse:
    """Keep what was chosen, and show what would become of the list; or begin."""
    found = get_object_or_404(HistoricalDoses, pk=number)
    form = HowForm(request.POST)
    if found.state != State.QUEUED or not form.is_valid():
        return redirect("doses-import", number)
    try:
        table = kept_lists.table_of(found)
        columns = {
            str(place): key
            for place in range(len(table.titles))
            if (key := request.POST.get(f"column-{place}", "")) in fields.BY_KEY
        }
        choices = Choices(columns=columns, **form.cleaned_data)
        imports.choose(found, listed.with_format(table, choices))
    except KermaError as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('doses-import', args=[number])}#would")


@require_POST
@groups(*SIZES)
def start(request: HttpRequest, number: int) -> HttpResponse:
    """Begin: as a task, or with the first second of the work."""
    found = get_object_or_404(HistoricalDoses, pk=number)
    if found.state != State.QUEUED:
        return redirect("doses-import", number)
    try:
        imports.start(found)
        if processes.are_all_here("work"):
            title = "Importing historical doses"
            return hand_over(request, "import-doses", title, {"doses": number})
        imports.carry_on(found, SECONDS)
    except KermaError as error:
        messages.error(request, str(error))
    return redirect("doses-import", number)


@require_POST
@groups(*SIZES)
def step(request: HttpRequest, number: int) -> HttpResponse:
    """Go on with an import for a second; a script asks again until it is done."""
    found = get_object_or_404(HistoricalDoses, pk=number)
    try:
        if found.state == State.RUNNING:
            imports.carry_on(found, SECONDS)
    except KermaError as error:
        messages.error(request, str(error))
        kept_lists.abort(found)
    found.refresh_from_db()
    if getattr(request, "htmx", False):
        if found.state == State.RUNNING:
            return render(request, "web/doses_import_part.html", {"import": found})
        return HttpResponse(headers={"HX-Redirect": reverse("doses-import", args=[number])})
    return redirect("doses-import", number)


@require_POST
@groups(*SIZES)
def abort(request: HttpRequest, number: int) -> HttpResponse:
    """Stop an import where it is, or drop a list that is not to be imported."""
    found = get_object_or_404(HistoricalDoses, pk=number)
    was_running = found.state == State.RUNNING
    if kept_lists.abort(found):
        if not was_running:
            found.delete()
            messages.success(request, "The list is deleted.")
            return redirect("doses")
        messages.success(request, "The import is aborted. What it has stored can be undone.")
    return redirect("doses-import", number)


@require_safe
@groups(*SIZES)
def log(request: HttpRequest, number: int) -> HttpResponse:
    """Return the log as text."""
    found = get_object_or_404(HistoricalDoses, pk=number)
    response = HttpResponse(found.log, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="doses-import-{number}.txt"'
    return response


@require_http_methods(["GET", "POST"])
@groups(*SIZES)
def undo(request: HttpRequest, number: int) -> HttpResponse:
    """Take back what was entered together."""
    found = get_object_or_404(HistoricalDoses, pk=number)
    if found.state in (State.RUNNING, State.QUEUED):
        return redirect("doses-import", number)

    def portion(step: Step) -> Step:
        before = found.entered.count()
        left = imports.undo(found, actor(request), SECONDS)
        return step.next(str(left) if left else "", before - left, before - left)

    def finished(step: Step) -> str:
        return f"Undone: {plural(step.done, 'study')} taken out."

    about = "Studies that only this import knows are deleted; others keep what else says of them."
    back = reverse("doses-import", args=[number])
    work = Work(
        "Undoing an import", about, portion, found.entered.count, finished, back,
        "undo-doses", {"doses": number},
    )  # fmt: skip
    return carry_on(request, work)
