"""Charts of a modality: the page at once, each chart when its numbers are ready."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kerma.errors import KermaError
from kerma.query.columns import HEADINGS
from kerma.query.selection import Selection, select
from kerma.store.models import Study
from kerma.web import chart_choices, chart_panels, chart_tables, preferences
from kerma.web.access import BROWSE, groups, may
from kerma.web.actor import note, note_search
from kerma.web.address import Address
from kerma.web.chart_choices import Choices
from kerma.web.chart_colours import MAPS, THEMES, template_of
from kerma.web.chart_results import Drawn, NoSuchChart, compute, drawn
from kerma.web.chips import chips

_PICTURES = "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'self'; " \
    "form-action 'self'; frame-ancestors 'none'"  # fmt: skip
"""As everywhere, but pictures may also come from the page's own memory: a download is drawn so."""

View = Callable[..., HttpResponseBase]


def _draws_pictures(view: View) -> View:
    @wraps(view)
    def widened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.headers["Content-Security-Policy"] = _PICTURES
        return response

    return widened


@require_safe
@groups(*BROWSE)
def charts_home(request: HttpRequest) -> HttpResponse:
    """Go to the charts of the modality with most of the newest studies."""
    newest = Study.objects.order_by("-id").values_list("modality", flat=True)[:200]
    counts = {modality: list(newest).count(modality) for modality in HEADINGS}
    best = max(HEADINGS, key=lambda modality: counts[modality])
    return redirect("charts", best.lower())


@require_safe
@_draws_pictures
@groups(*BROWSE)
def charts(request: HttpRequest, modality: str) -> HttpResponse:
    """Show the frame of every chart chosen; the address says all that is chosen."""
    modality = modality.upper()
    address = Address.of(modality, request.GET)._replace(view="charts").without("order")
    try:
        choices = _choices(request, address)
        if not any(chart_choices.is_choice(name) for name, _ in address.pairs):
            return redirect(_with_choices(address, choices).path())
        selection = _selection(request, address)
    except KermaError as error:
        return _refused(request, modality, error)
    note_search(request, address)
    identity = may(request.user, "pid")
    return render(request, "web/charts.html", {
        "modality": modality,
        "heading": HEADINGS[modality],
        "here": reverse("charts-home"),
        "form_action": Address(modality, (), "charts").path(),
        "modalities": _modalities(address),
        "address": _filters(address)._replace(view="studies"),
        "selection": selection,
        "chips": chips(selection, address, identity=identity, today=timezone.localdate()),
        "hidden": choices.pairs,
        "clear_all": _with_choices(Address(modality, (), "charts"), choices).path(),
        "choices": choices,
        "panels": chart_panels.panels(choices, _with_choices(address, choices)),
        "chooser": chart_panels.chooser(modality, choices.charts),
        "words": _WORDS,
        "averages": chart_panels.AVERAGES,
        "types": chart_choices.TYPES,
        "types_chosen": choices.options.acquisition_type.split(","),
        "maps": MAPS,
        "themes": THEMES,
        "template": template_of(choices.theme),
        "per_row": range(1, chart_choices.MOST_PER_ROW + 1),
        "filters": _filters(address).pairs,
    })  # fmt: skip


_WORDS = {
    "period": {"day": "Day", "week": "Week", "month": "Month", "quarter": "Quarter",
               "year": "Year"},
    "group_by": {"item": "Names", "system": "Systems"},
    "sort": {"frequency": "Number of cases", "value": "Value", "name": "Name"},
    "direction": {"descending": "Greatest first", "ascending": "Least first"},
    "split": {"": "No", "physician": "Physician"},
}  # fmt: skip
"""Choices of one word -> what people read."""


def _modalities(address: Address) -> list[tuple[str, str, bool]]:
    """Return the modalities with the addresses of their charts."""
    return [
        (words, Address(modality, (), "charts").path(), modality == address.modality)
        for modality, words in HEADINGS.items()
    ]


def _choices(request: HttpRequest, address: Address) -> Choices:
    """Return what the address says, or else what the user chose before."""
    known = chart_panels.charts_of(address.modality)
    given = [pair for pair in address.pairs if chart_choices.is_choice(pair[0])]
    if given:
        found = chart_choices.read(given, known)
    else:
        own = preferences.of(request.user).charts.get(address.modality, {})
        found = chart_choices.kept(own, known)
    return found if found.charts else found._replace(
        charts=chart_panels.first_of(address.modality))  # fmt: skip


def _filters(address: Address) -> Address:
    """Return the address with its filters alone."""
    return address.without(*(name for name, _ in address.pairs if chart_choices.is_choice(name)))


def _with_choices(address: Address, choices: Choices) -> Address:
    filters = _filters(address)
    return filters._replace(pairs=(*filters.pairs, *choices.pairs))


def _selection(request: HttpRequest, address: Address) -> Selection:
    return select(address.modality, _filters(address).filters, identity=may(request.user, "pid"))


def _refused(request: HttpRequest, modality: str, error: KermaError) -> HttpResponse:
    """Say which choice or filter cannot be used, and which are known."""
    here = Address(modality, (), "charts").path()
    context = {
        "heading": f"Charts, {HEADINGS[modality]}",
        "here": here,
        "error": error,
        "what": "This filter or option",
        "way_out": "Begin anew",
    }
    return render(request, "web/studies_refused.html", context, status=400)


@require_POST
@groups(*BROWSE)
def charts_options(request: HttpRequest, modality: str) -> HttpResponse:
    """Keep what a user chose, and go to the page whose address says it."""
    modality = modality.upper()
    pairs = [(name, text) for name, texts in request.POST.lists() for text in texts]
    known = chart_panels.charts_of(modality)
    try:
        choices = chart_choices.read(
            [pair for pair in pairs if chart_choices.is_choice(pair[0])], known
        )
    except KermaError as error:
        return _refused(request, modality, error)
    if request.POST.get("reset"):
        choices = Choices()
    if not choices.charts:
        choices = choices._replace(charts=chart_panels.first_of(modality))
    own = dict(preferences.of(request.user).charts)
    own[modality] = dict(choices.pairs)
    preferences.keep(request.user, charts=own)
    filters = tuple(
        (name.removeprefix("f-"), text) for name, text in pairs if name.startswith("f-")
    )
    return redirect(_with_choices(Address(modality, filters, "charts"), choices).path())


@require_safe
@groups(*BROWSE)
def chart(request: HttpRequest, modality: str, name: str) -> HttpResponse:
    """Return one chart: its numbers, how they are drawn, and their table."""
    try:
        found = _drawn(request, modality.upper(), name)
    except KermaError as error:
        status = 404 if isinstance(error, NoSuchChart) else 200
        return render(request, "web/chart_failed.html", {"error": error}, status=status)
    return render(request, "web/chart.html", {"drawn": found, "file": request.GET.urlencode()})


def _drawn(request: HttpRequest, modality: str, name: str) -> Drawn:
    address = Address.of(modality, request.GET)._replace(view="charts").without("order")
    choices = _choices(request, address)
    found = compute(name, _selection(request, address), choices)
    return drawn(found, choices, _filters(address)._replace(view="studies"))


@require_safe
@groups(*BROWSE)
def chart_table(request: HttpRequest, modality: str, name: str) -> HttpResponseBase:
    """Return the table below a chart as a CSV file, all of its rows."""
    address = Address.of(modality.upper(), request.GET)._replace(view="charts").without("order")
    try:
        choices = _choices(request, address)
        found = compute(name, _selection(request, address), choices, whole=True)
    except KermaError as error:
        return _refused(request, modality.upper(), error)
    table = chart_tables.table(found.result, choices.options.period)
    note(request, "download chart", chart=name)
    response = StreamingHttpResponse(chart_tables.csv_lines(table), content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
