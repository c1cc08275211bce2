"""Current and older queries: what each found, kept or dropped and why, and what became of it."""

from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from kerma.errors import KermaError
from kerma.net import queries as engine
from kerma.net.fetch.outcomes import outcome_counts, query_outcomes
from kerma.net.wanted import Wanted
from kerma.store import options
from kerma.store.models import Query, QuerySeries, QueryStudy, Study
from kerma.web.access import groups, may
from kerma.web.actor import actor, note
from kerma.web.forms import PageForm
from kerma.web.query_words import facts_of, title_of

ACCESS = ("admin", "import-qr")
_ON_A_PAGE = 50
_LONGEST_DAYS = 36_525
_IMAGES = 200
"""Objects listed of one series."""

RUNNING = (Query.State.QUEUED, Query.State.QUERYING, Query.State.RETRIEVING)

_FAILED = QuerySeries.objects.filter(
    study=OuterRef("pk"), kept=True, fetched__in=("failed", "partly")
)
_SHOWN = {
    "kept": Q(kept=True),
    "dropped": Q(kept=False),
    "failed": Q(Exists(_FAILED)),
}
"""Name of a filter -> the studies it leaves."""


class Tab(NamedTuple):
    """One of the filters above the studies."""

    label: str
    address: str
    studies: int
    is_current: bool


class Fetched(NamedTuple):
    """How far the retrieval of a study is: that of its series together."""

    fetched: str
    fault: str
    kept: bool


class SeriesLine(NamedTuple):
    """A series with the objects the node was asked for."""

    series: QuerySeries
    images: list[Any]
    more: int
    """Objects that are not listed here."""


class KeepForm(PageForm):
    """How long queries are kept."""

    query_days = forms.IntegerField(
        label="Days to keep queries", min_value=1, max_value=_LONGEST_DAYS
    )


@require_safe
@groups(*ACCESS)
def queries(request: HttpRequest) -> HttpResponse:
    """List the queries, latest first; of one node or in one state if asked."""
    asked = {name: request.GET.get(name, "").strip() for name in ("node_name", "state", "by")}
    found = Query.objects.filter(purpose=Query.Purpose.RETRIEVE).order_by("-pk")
    if asked["node_name"]:
        found = found.filter(node_name=asked["node_name"])
    if asked["state"]:
        found = found.filter(state=asked["state"])
    if asked["by"]:
        found = found.filter(schedule__isnull=asked["by"] == "people")
    given = {name: text for name, text in asked.items() if text}
    page = Paginator(found.select_related("user", "schedule", "task").defer("log"), _ON_A_PAGE)
    shown = page.get_page(request.GET.get("page"))
    names = Query.objects.order_by("node_name").values_list("node_name", flat=True).distinct()
    context = {
        "page": shown,
        "queries": shown.object_list,
        "asked": asked,
        "given": urlencode(given),
        "names": names,
        "states": Query.State.choices,
        "is_live": any(one.state in RUNNING for one in shown.object_list),
        "may_query": may(request.user, "import-qr"),
        "keeps": may(request.user, "admin"),
        "days": options.get("query_days"),
    }
    return render(request, "web/queries.html", context)


@require_POST
@groups("admin")
@transaction.atomic
def keep(request: HttpRequest) -> HttpResponse:
    """Choose how long queries are kept."""
    old = options.get("query_days")
    form = KeepForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"Write a number of days from 1 to {_LONGEST_DAYS}.")
    elif form.cleaned_data["query_days"] != old:
        new = form.cleaned_data["query_days"]
        options.put("query_days", new)
        note(request, "change setting", setting="Days to keep queries", old=old, new=new)
        messages.success(request, "Saved.")
    return redirect("queries")


@require_safe
@groups(*ACCESS)
def query(request: HttpRequest, number: int) -> HttpResponse:
    """Show one query: how far it is, what it found, and why."""
    found = _query(number)
    if found.purpose == Query.Purpose.COMPLETENESS:
        return redirect("completeness-day", number)
    return render(request, "web/query_page.html", _context(request, found))


@require_safe
@groups(*ACCESS)
def part(request: HttpRequest, number: int) -> HttpResponse:
    """Return how far a query is; the whole of its page when its state is another by now."""
    found = _query(number)
    if request.GET.get("state") == found.state:
        return render(request, "web/query_progress.html", _progress(request, found))
    response = render(request, "web/query_whole.html", _context(request, found))
    response["HX-Retarget"], response["HX-Reswap"] = "#query", "outerHTML"
    return response


def _query(number: int) -> Query:
    rows = Query.objects.select_related("node", "store", "user", "schedule", "task").defer("log")
    return get_object_or_404(rows, pk=number)


def _progress(request: HttpRequest, found: Query) -> dict[str, Any]:
    age = (timezone.now() - found.made_at).total_seconds()
    return {
        "query": found,
        "is_running": found.state in RUNNING,
        "is_waiting": found.state == Query.State.PAUSED and found.waits_for_hours,
        "again_s": 1 if age < 60 else 2 if age < 600 else 5,
        "became": _became(found),
    }


def _became(found: Query) -> list[tuple[str, int]]:
    """Return how many objects have arrived since the query, by what became of them."""
    return outcome_counts(found).most_common() if found.counts.get("retrieved") else []


def _context(request: HttpRequest, found: Query) -> dict[str, Any]:
    wanted = Wanted.of(found.wanted)
    studies = QueryStudy.objects.filter(query=found)
    counts = studies.aggregate(
        all=Count("pk"), **{f"n_{name}": Count("pk", filter=rule) for name, rule in _SHOWN.items()}
    )
    show, words = request.GET.get("show", ""), request.GET.get("q", "").strip()
    page = _page_of(request, studies, show, words)
    far = _fetched_of(list(page.object_list))
    return _progress(request, found) | {
        "title": title_of(wanted),
        "facts": facts_of(wanted),
        "counts": counts,
        "kinds": _kinds(found),
        "tabs": _tabs(found.pk, show, counts),
        "page": page,
        "rows": [(row, far[row.pk]) for row in page.object_list],
        "show": show,
        "words": words,
        "given": urlencode({k: v for k, v in (("show", show), ("q", words)) if v}),
        "within": "queries",
        "may_repeat": may(request.user, "import-qr") and found.node_id is not None,
    }


def _kinds(found: Query) -> list[tuple[str, int]]:
    """Return modality and number of studies to retrieve."""
    by_modality: dict[str, int] = found.counts.get("by_modality", {})
    return sorted(by_modality.items())


def _tabs(number: int, show: str, counts: dict[str, int]) -> list[Tab]:
    here = reverse("query-page", args=[number])
    labels = {"": "All", "kept": "Kept", "dropped": "Dropped", "failed": "Failed"}
    return [
        Tab(label, f"{here}?show={name}", counts[f"n_{name}" if name else "all"], name == show)
        for name, label in labels.items()
        if name != "failed" or counts["n_failed"]
    ]


def _page_of(
    request: HttpRequest, studies: "QuerySet[QueryStudy]", show: str, words: str
) -> Page[QueryStudy]:
    found = studies.filter(_SHOWN[show]) if show in _SHOWN else studies
    if words:
        by_part = Q(series__series_instance_uid=words) | Q(series__images__sop_instance_uid=words)
        found = found.filter(Q(study_instance_uid=words) | by_part).distinct()
    ordered = found.order_by("-study_date", "-study_time", "pk")
    return Paginator(ordered, _ON_A_PAGE).get_page(request.GET.get("page"))


def _fetched_of(studies: list[QueryStudy]) -> dict[int, Fetched]:
    """Return how far the retrieval of each study is."""
    states: dict[int, list[tuple[str, str]]] = {one.pk: [] for one in studies}
    rows = QuerySeries.objects.filter(study__in=studies, kept=True)
    for number, fetched, fault in rows.values_list("study_id", "fetched", "fault"):
        states[number].append((fetched, fault))
    return {one.pk: _together(states[one.pk], kept=one.kept) for one in studies}


def _together(series: list[tuple[str, str]], *, kept: bool) -> Fetched:
    found = {fetched for fetched, _ in series}
    fault = next((fault for _, fault in series if fault), "")
    if not kept or len(found) < 2:
        return Fetched(found.pop() if kept and found else "", fault, kept)
    return Fetched("partly" if found & {"done", "partly"} else "failed", fault, kept)


@require_safe
@groups(*ACCESS)
def study(request: HttpRequest, number: int, study_number: int) -> HttpResponse:
    """Show a study of a query: its series and objects, why each was kept, what became of it."""
    found = get_object_or_404(
        QueryStudy.objects.select_related("query").defer("query__log"),
        pk=study_number, query_id=number,
    )  # fmt: skip
    series = found.series.order_by("series_number", "pk")
    lines = []
    for one in series.annotate(listed=Count("images")):
        images = list(one.images.order_by("-kept", "instance_number", "pk")[:_IMAGES])
        lines.append(SeriesLine(one, images, one.listed - len(images)))
    stored = Study.objects.filter(study_instance_uid=found.study_instance_uid)
    context = {
        "query": found.query,
        "study": found,
        "lines": lines,
        "far": _fetched_of([found])[found.pk],
        "stored": stored.order_by("pk"),
        "may_see": may(request.user, "view", "export"),
        "administers": may(request.user, "admin"),
        "outcomes": query_outcomes(found),
        "within": "queries",
    }
    return render(request, "web/query_study.html", context)


_SAID = {
    "retrieve": "The node is asked to send what was kept.",
    "cancel": "It stops at its next step. What has arrived stays.",
    "pause": "It pauses after the study under way.",
    "resume": "It goes on where it stopped.",
}


@require_POST
@groups(*ACCESS)
def act(request: HttpRequest, number: int) -> HttpResponse:
    """Retrieve what a query has kept, or pause, resume or terminate it."""
    found = get_object_or_404(Query, pk=number)
    what = request.POST.get("do", "")
    try:
        if what == "retrieve":
            engine.retrieve(found, user=actor(request))
        elif what == "cancel":
            engine.cancel(found)
        elif what == "pause":
            engine.pause(found)
        elif what == "resume":
            Query.objects.filter(pk=number, waits_for_hours=True).update(waits_for_hours=False)
            engine.resume(found)
        else:
            return redirect("query-page", number)
    except KermaError as error:
        messages.error(request, str(error))
    else:
        note(request, f"{what} query", query=number, node=found.node_name)
        messages.success(request, _SAID[what])
    return redirect("query-page", number)


@require_safe
@groups(*ACCESS)
def log(request: HttpRequest, number: int) -> HttpResponse:
    """Return what was asked and answered, as text."""
    found = get_object_or_404(Query, pk=number)
    response = HttpResponse(found.log, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="query-{number}.txt"'
    return response
