"""Exports: what can be made of a list, what is being made, and what lies ready."""

import io
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kerma.errors import KermaError
from kerma.exports.base import Format, Plan
from kerma.exports.formats.openskin import ONE
from kerma.exports.making import stream
from kerma.pipeline import exporting
from kerma.query import pages
from kerma.query.columns import HEADINGS
from kerma.query.filters import Filter
from kerma.query.selection import FilterError, Given, Selection, select
from kerma.store import options, processes
from kerma.store.models import Export, Study
from kerma.web import export_lines
from kerma.web.access import groups, may
from kerma.web.actor import actor, note
from kerma.web.address import Address
from kerma.web.formats import plural

_ON_A_PAGE = 50


@require_safe
@groups("export")
def exports(request: HttpRequest) -> HttpResponse:
    """Show the exports under way and those that have ended."""
    return render(request, "web/exports.html", _under_way(request) | _ended(request))


@require_safe
@groups("export")
def live(request: HttpRequest) -> HttpResponse:
    """Return a part of the page that changes by itself."""
    if request.GET.get("part") == "ended":
        return render(request, "web/exports_ended.html", _ended(request))
    return render(request, "web/exports_running.html", _under_way(request))


@require_http_methods(["GET", "HEAD", "POST"])
@groups("export")
def new(request: HttpRequest, modality: str) -> HttpResponse:
    """Choose a format for the studies of a list, and ask for the file."""
    modality = modality.upper()
    address = Address.of(modality, request.GET).without("format")
    error = ""
    if request.method == "POST":
        try:
            _ask(request, address)
        except KermaError as refusal:
            error = str(refusal)
        else:
            return redirect("exports")
    try:
        context = _choice(request, address)
    except FilterError as refusal:
        context = {"heading": HEADINGS[modality], "here": address.without().path()}
        return render(request, "web/studies_refused.html", context | {"error": refusal}, status=400)
    return render(request, "web/export_new.html", context | {"error": error})


@require_safe
@groups("export")
def download(request: HttpRequest, number: int) -> HttpResponseBase:
    """Send the file of an export."""
    found = _one(request, number)
    if not export_lines.may_have(found, request.user):
        raise Http404
    try:
        path = exporting.file_of(found)
    except KermaError as error:
        messages.error(request, str(error))
        return redirect("exports")
    note(
        request,
        "download export",
        export=found.pk,
        modality=found.modality,
        format=found.format,
        identity=found.identity,
        studies=found.studies,
    )
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=found.file_name,
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"},
    )


@require_safe
@groups("export")
def openskin(request: HttpRequest, number: int) -> HttpResponse:
    """Send the exposures of one fluoroscopy study as openSkin reads them."""
    study = get_object_or_404(Study, pk=number, modality="RF", number_of_events__gt=0)
    out = io.BytesIO()
    stream(Plan(_only(study)), ONE, out)
    note(request, "export study for openSkin", study=study.pk, modality="RF", identity=False)
    name = f'attachment; filename="openskin-{study.pk}.csv"'
    return HttpResponse(
        out.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": name, "Cache-Control": "private, no-store"},
    )


def _only(study: Study) -> Selection:
    """Return the selection of one study."""
    ends = (("study_min", "min"), ("study_max", "max"))
    given = (Given(Filter(name, kind, "Study", "pk"), study.pk, "") for name, kind in ends)
    return Selection(study.modality, tuple(given))


@require_POST
@groups("export")
def abort(request: HttpRequest, number: int) -> HttpResponse:
    """End an export under way."""
    if exporting.abort(_one(request, number), actor(request)):
        messages.success(request, "The export is aborted. No file was made.")
    else:
        messages.info(request, "The export has ended already.")
    return redirect("exports")


@require_POST
@groups("export")
def again(request: HttpRequest, number: int) -> HttpResponse:
    """Ask for the same export once more."""
    found = _one(request, number)
    if not export_lines.may_have(found, request.user):
        raise Http404
    try:
        exporting.again(found, actor(request))
    except KermaError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Asked for again. It holds the studies as they are now.")
    return redirect("exports")


@require_POST
@groups("export")
def delete(request: HttpRequest) -> HttpResponse:
    """Remove the exports that are ticked, with their files."""
    numbers = [int(text) for text in request.POST.getlist("export") if text.isdecimal()][:1000]
    chosen = list(export_lines.visible(request.user).filter(pk__in=numbers))
    with transaction.atomic():
        for one in chosen:
            exporting.delete(one, actor(request))
    if chosen:
        messages.success(request, f"{plural(len(chosen), 'export')} deleted.")
    else:
        messages.info(request, "Nothing was deleted: no export was ticked.")
    return redirect("exports")


def _ask(request: HttpRequest, address: Address) -> None:
    """Ask for the file that the form describes."""
    given = request.POST
    name = given.get("format", "")
    form = exporting.find(name, address.modality)
    chosen = {one.name: given.get(f"{name}.{one.name}", "") for one in form.options}
    exporting.ask(
        actor(request),
        address.modality,
        name,
        address.filters,
        {option: text for option, text in chosen.items() if text},
        identity=given.get("identity") == "yes",
    )
    messages.success(request, "The export is asked for. It is made in the background.")


def _choice(request: HttpRequest, address: Address) -> dict[str, Any]:
    """Return what the page of formats shows."""
    identity = may(request.user, "pid")
    selection = select(address.modality, address.filters, identity=identity)
    forms = exporting.formats_of(address.modality)
    return {
        "modality": address.modality,
        "heading": HEADINGS[address.modality],
        "list": address.path(),
        "filters": export_lines.filter_words(address.modality, address.filters, identity=identity),
        "studies": pages.count(selection),
        "forms": forms,
        "preferred": _preferred(request, address.modality, forms),
        "knows": identity,
        "days": options.get("export_days"),
    }


def _preferred(request: HttpRequest, modality: str, forms: list[Format]) -> str:
    """Return the format asked for, that of the user's last export, or the first."""
    names = [form.name for form in forms]
    own = Export.objects.filter(user=actor(request).pk, modality=modality).order_by("-pk")
    wanted = (
        request.POST.get("format") or request.GET.get("format"),
        own.values_list("format", flat=True).first(),
    )
    return next((name for name in wanted if name in names), names[0] if names else "") or ""


def _under_way(request: HttpRequest) -> dict[str, Any]:
    exporting.settle()
    found = export_lines.visible(request.user).filter(export_lines.under_way())
    return {
        "running": [export_lines.line(one, request.user) for one in found[:_ON_A_PAGE]],
        "works": processes.living("work").exists(),
    }


def _ended(request: HttpRequest) -> dict[str, Any]:
    found = export_lines.visible(request.user).exclude(export_lines.under_way())
    page = Paginator(found, _ON_A_PAGE).get_page(request.GET.get("page"))
    return {
        "page": page,
        "lines": [export_lines.line(one, request.user) for one in page.object_list],
        "administers": may(request.user, "admin"),
        "days": options.get("export_days"),
        "modalities": [
            (label, reverse("export-new", args=[name.lower()]))
            for name, label in HEADINGS.items()
            if name
        ],
    }


def _one(request: HttpRequest, number: int) -> Export:
    """Return an export; those of others are for administrators alone."""
    return get_object_or_404(export_lines.visible(request.user), pk=number)
