"""Heights and weights from a CSV list: upload, choose columns, try, run, read the log, undo."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kerma.errors import KermaError
from kerma.pipeline import kept_lists, sizes
from kerma.pipeline.size_table import (
    HEIGHTS_CM,
    LARGEST_LIST,
    WEIGHTS_KG,
    Columns,
    SizeTable,
    guess,
)
from kerma.store import processes
from kerma.store.models import SizeImport
from kerma.store.portions import undo_some
from kerma.web.access import groups, may
from kerma.web.actor import actor, note
from kerma.web.configuration import SIZES
from kerma.web.formats import plural
from kerma.web.forms import PageForm
from kerma.web.work import SECONDS, Step, Work, carry_on, hand_over

_PREVIEWED = 5
_LISTED = 100


class ColumnsForm(PageForm):
    """Which column is what, and the rule for sizes that are there already."""

    id_column = forms.ChoiceField(label="Column of the ids")
    id_kind = forms.ChoiceField(
        label="The ids are", choices=SizeImport.IdKind.choices, initial=SizeImport.IdKind.ACCESSION
    )
    height_column = forms.ChoiceField(label="Column of the height, in cm")
    weight_column = forms.ChoiceField(label="Column of the weight, in kg")
    overwrite = forms.BooleanField(
        required=False,
        label="Replace sizes that studies have already",
        help_text="Otherwise only what is missing is filled in.",
    )

    def __init__(self, table: SizeTable, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Choose …"), *((title, title or "(no title)") for title in table.titles)]
        guessed = guess(table.titles)
        for name, title in zip(
            ("id_column", "height_column", "weight_column"), guessed, strict=True
        ):
            field = self.fields[name]
            field.choices = choices  # type: ignore[attr-defined]
            field.initial = title
        if "uid" in guessed.id.casefold() or "instance" in guessed.id.casefold():
            self.fields["id_kind"].initial = SizeImport.IdKind.STUDY_UID

    def columns(self) -> Columns:
        """Return the titles chosen."""
        given = self.cleaned_data
        return Columns(given["id_column"], given["height_column"], given["weight_column"])


@require_http_methods(["GET", "HEAD", "POST"])
@groups(*SIZES)
def imports(request: HttpRequest) -> HttpResponse:
    """List the imports, and take a list for another one."""
    sizes.drop_forgotten()
    if request.method == "POST":
        return _receive(request)
    context = {
        "imports": SizeImport.objects.select_related("user").defer("log").order_by("-pk")[:_LISTED],
        "deletes": may(request.user, "admin"),
    }
    return render(request, "web/sizes.html", context)


def _receive(request: HttpRequest) -> HttpResponse:
    """Keep the list uploaded, and go on to choosing its columns."""
    file = request.FILES.get("list")
    if file is None:
        messages.error(request, "Choose a CSV file first.")
        return redirect("sizes")
    try:
        found, _ = sizes.receive(file.read(LARGEST_LIST + 1), file.name or "", actor(request))
    except KermaError as error:
        messages.error(request, str(error))
        return redirect("sizes")
    return redirect("size-import", found.pk)


@require_safe
@groups(*SIZES)
def size_import(request: HttpRequest, number: int) -> HttpResponse:
    """Show one import: its columns to choose, how far it is, or what it did."""
    return _show(request, get_object_or_404(SizeImport.objects.select_related("user"), pk=number))


def _show(request: HttpRequest, found: SizeImport, form: ColumnsForm | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "import": found,
        "within": "sizes",
        "aborts": may(request.user, "admin"),
        "heights": HEIGHTS_CM,
        "weights": WEIGHTS_KG,
    }
    waits = found.state == SizeImport.State.QUEUED or (found.dry_run and _is_over(found))
    if waits and found.upload:
        try:
            table = kept_lists.table_of(found)
        except KermaError as error:
            messages.error(request, str(error))
        else:
            context["form"] = form or ColumnsForm(table, initial=_chosen(found))
            context["titles"] = table.titles
            if found.user_id == request.user.pk:
                context["preview"] = [cells for _, cells in table.rows[:_PREVIEWED]]
    return render(request, "web/size_import.html", context)


def _is_over(found: SizeImport) -> bool:
    return found.state not in (SizeImport.State.QUEUED, SizeImport.State.RUNNING)


def _chosen(found: SizeImport) -> dict[str, Any]:
    """Return what was chosen for a dry run."""
    if not found.id_column:
        return {}
    names = ("id_column", "id_kind", "height_column", "weight_column", "overwrite")
    return {name: getattr(found, name) for name in names}


@require_POST
@groups(*SIZES)
def start(request: HttpRequest, number: int) -> HttpResponse:
    """Begin with the columns chosen: as a task, or with the first second of the work.

    The list lies on this host, so that a worker of another could not read it.
    """
    found = get_object_or_404(SizeImport, pk=number)
    if found.state != SizeImport.State.QUEUED and not (found.dry_run and _is_over(found)):
        return redirect("size-import", number)
    try:
        form = ColumnsForm(kept_lists.table_of(found), request.POST)
        if not form.is_valid():
            return _show(request, found, form)
        sizes.start(
            found,
            form.columns(),
            form.cleaned_data["id_kind"],
            overwrite=form.cleaned_data["overwrite"],
            dry_run=request.POST.get("do") != "run",
        )
        if processes.are_all_here("work"):
            title = "Trying sizes" if found.dry_run else "Importing sizes"
            return hand_over(request, "import-sizes", title, {"size_import": number})
        sizes.carry_on(found, SECONDS)
    except KermaError as error:
        messages.error(request, str(error))
    return redirect("size-import", number)


@require_POST
@groups(*SIZES)
def step(request: HttpRequest, number: int) -> HttpResponse:
    """Go on with an import for a second; a script asks again until it is done."""
    found = get_object_or_404(SizeImport, pk=number)
    try:
        if found.state == SizeImport.State.RUNNING:
            sizes.carry_on(found, SECONDS)
    except KermaError as error:
        messages.error(request, str(error))
        kept_lists.abort(found)
    if getattr(request, "htmx", False) and found.state == SizeImport.State.RUNNING:
        context = {"import": found, "aborts": may(request.user, "admin")}
        return render(request, "web/size_import_part.html", context)
    response = redirect("size-import", number)
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Redirect": response["Location"]})
    return response


@require_POST
@groups("admin")
def abort(request: HttpRequest, number: int) -> HttpResponse:
    """Stop an import where it is."""
    found = get_object_or_404(SizeImport, pk=number)
    if kept_lists.abort(found):
        messages.success(request, "The import is aborted. What it has entered can be undone.")
    return redirect("size-import", number)


@require_safe
@groups(*SIZES)
def log(request: HttpRequest, number: int) -> HttpResponse:
    """Return the log as text."""
    found = get_object_or_404(SizeImport, pk=number)
    response = HttpResponse(found.log, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="size-import-{number}.txt"'
    return response


@require_http_methods(["GET", "POST"])
@groups(*SIZES)
def undo(request: HttpRequest, number: int) -> HttpResponse:
    """Take back what an import entered."""
    found = get_object_or_404(SizeImport, pk=number)
    if found.state == SizeImport.State.RUNNING or found.dry_run:
        return redirect("size-import", number)

    def portion(step: Step) -> Step:
        done = undo_some(found, SECONDS)
        return step.next(done.after, done.done, done.changed)

    def finished(step: Step) -> str:
        note(request, "undo size import", file_name=found.file_name, studies=step.done)
        return f"Undone: the sizes of {plural(step.done, 'study')} are as before."

    def count() -> int:
        return found.entries.values("study_instance_uid").distinct().count()

    about = "Studies get back the sizes that their own objects, or other imports, give them."
    back = reverse("size-import", args=[number])
    work = Work(
        "Undoing an import", about, portion, count, finished, back,
        "undo-sizes", {"size_import": number},
    )  # fmt: skip
    return carry_on(request, work)


@require_POST
@groups("admin")
def delete(request: HttpRequest) -> HttpResponse:
    """Delete the records and logs of imports; the sizes they entered stay."""
    numbers = [int(text) for text in request.POST.getlist("chosen") if text.isdecimal()]
    found = SizeImport.objects.filter(pk__in=numbers).exclude(state=SizeImport.State.RUNNING)
    count = 0
    for one in found:
        sizes.remove(one, actor(request))
        count += 1
    messages.success(request, f"{plural(count, 'record')} deleted.")
    return redirect("sizes")
