"""Studies that were put aside: tests of physicists, and those of scanners without reports."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from kerma.pipeline import collected as collecting
from kerma.pipeline import physics as keeping
from kerma.store import options
from kerma.store.models import CollectedStudy, PhysicsStudy
from kerma.web.access import groups
from kerma.web.actor import note
from kerma.web.formats import plural
from kerma.web.work import Step, Work, carry_on, kept, through

_ON_A_PAGE = 50


class Shelf(NamedTuple):
    """One kind of studies put aside."""

    view: str
    model: Any
    remove: Callable[[Any], None]
    words: tuple[str, ...]
    """Columns that the search looks into."""
    label: str
    """One of them, in a message."""


_PHYSICS = Shelf(
    "physics", PhysicsStudy, keeping.delete,
    ("study_description", "station_name", "model", "modality", "pattern"), "physics study",
)  # fmt: skip
_COLLECTED = Shelf(
    "collected", CollectedStudy, collecting.delete,
    ("manufacturer", "model", "station_name"), "collected study",
)  # fmt: skip


@require_safe
@groups("admin")
def physics(request: HttpRequest) -> HttpResponse:
    """List the physics studies, latest first."""
    return _list(request, _PHYSICS, {"folder": keeping.folder()})


@require_safe
@groups("admin")
def collected(request: HttpRequest) -> HttpResponse:
    """List the collected studies, latest first."""
    more = {
        "minutes": options.get("collect_minutes"),
        "is_read": collecting.can_read(),
        "folder": collecting.folder(),
    }
    return _list(request, _COLLECTED, more)


@require_safe
@groups("admin")
def download(request: HttpRequest, number: int) -> HttpResponseBase:
    """Send the zip file of a physics study."""
    study = get_object_or_404(PhysicsStudy, pk=number)
    try:
        path = keeping.zip_of(study)
    except FileNotFoundError:
        messages.error(request, f"The file {study.file_name} is no longer in the physics folder.")
        return redirect("physics")
    note(request, "download physics study", study=study.study_instance_uid)
    return FileResponse(path.open("rb"), as_attachment=True, filename=study.file_name)


@require_POST
@groups("admin")
def physics_delete(request: HttpRequest) -> HttpResponse:
    """Delete the physics studies chosen, asking a second time."""
    return _delete(request, _PHYSICS)


@require_POST
@groups("admin")
def collected_delete(request: HttpRequest) -> HttpResponse:
    """Delete the collected studies chosen, asking a second time."""
    return _delete(request, _COLLECTED)


def _list(request: HttpRequest, shelf: Shelf, more: dict[str, Any]) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    found = _found(shelf, words).order_by("-last_at", "-pk")
    page = Paginator(found, _ON_A_PAGE).get_page(request.GET.get("page"))
    given = urlencode({"q": words}) if words else ""
    context = {"q": words, "given": given, "page": page, "shelf": shelf, **more}
    return render(request, f"web/{shelf.view}.html", context)


def _found(shelf: Shelf, words: str) -> "QuerySet[Any]":
    found: QuerySet[Any] = shelf.model.objects.all()
    if words:
        met = Q(study_instance_uid=words)
        for name in shelf.words:
            met |= Q(**{f"{name}__icontains": words})
        found = found.filter(met)
    return found


def _delete(request: HttpRequest, shelf: Shelf) -> HttpResponse:
    back = reverse(shelf.view)
    numbers = [int(text) for text in request.POST.getlist("chosen") if text.isdecimal()]
    chosen = shelf.model.objects.filter(pk__in=numbers)
    if request.POST.get("sure") == "yes":
        return carry_on(request, _deleting(request, shelf, chosen, back))
    count = chosen.count()
    if not count:
        messages.warning(request, "Choose one or more studies first.")
        return redirect(back)
    context = {
        "what": plural(count, shelf.label),
        "kept": kept(request),
        "back": back,
        "action": reverse(f"{shelf.view}-delete"),
        "within": shelf.view,
    }
    return render(request, "web/put_aside_sure.html", context)


def _deleting(request: HttpRequest, shelf: Shelf, chosen: "QuerySet[Any]", back: str) -> Work:
    def remove(study: Any) -> bool:
        shelf.remove(study)
        note(request, f"delete {shelf.label}", study=study.study_instance_uid)
        return True

    def finished(step: Step) -> str:
        return f"{plural(step.done, 'study')} deleted."

    return Work(
        "Deleting studies",
        "The objects go for good.",
        lambda step: through(chosen, step, remove),
        chosen.count,
        finished,
        back,
    )
