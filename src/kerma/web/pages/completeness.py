"""Proof of completeness: a calendar of days that were checked, one day in detail, and its gap."""

import calendar
import datetime as dt
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from kerma.errors import KermaError
from kerma.net import completeness as proof
from kerma.net.wanted import MODALITIES, Wanted
from kerma.store.models import LocalStore, Query, RemoteNode, Study
from kerma.web.access import groups, may
from kerma.web.actor import actor, note
from kerma.web.formats import day as day_in_words
from kerma.web.formats import plural
from kerma.web.forms import PageForm
from kerma.web.pages.queries import ACCESS, RUNNING, Tab
from kerma.web.pages.query_forms import LABELS

_ON_A_PAGE = 50
_FIRST_YEAR, _LAST_YEAR = 1970, 2999

LABELS_OF_OUTCOMES = {
    "missing": "Missing",
    "explained": "Nothing to store",
    "stored": "Stored",
    "unlisted": "Not listed",
}


class Day(NamedTuple):
    """One day of the calendar."""

    date: dt.date
    is_out: bool
    """Whether it belongs to another month."""
    is_future: bool
    check: Query | None
    look: str
    """Class of its colour."""
    words: str


class ByModality(NamedTuple):
    """The numbers of one modality, or of all."""

    label: str
    listed: int
    stored: int
    explained: int
    missing: int
    unlisted: int


class CheckForm(PageForm):
    """Which days of which node."""

    node = forms.ModelChoiceField(RemoteNode.objects.order_by("name"), empty_label=None)
    first = forms.DateField()
    last = forms.DateField(required=False)


@require_safe
@groups(*ACCESS)
def completeness(request: HttpRequest) -> HttpResponse:
    """Show a month of a node: which days were checked, and what was missing."""
    nodes = list(RemoteNode.objects.order_by("name"))
    node = _node(request, nodes)
    month = _month(request.GET.get("month", ""))
    after = (month + dt.timedelta(days=31)).replace(day=1)
    today = timezone.localdate()
    days = _days(node, month, today) if node else []
    yesterday = today - dt.timedelta(days=1)
    context = {
        "nodes": nodes,
        "node": node,
        "month": month,
        "before": (month - dt.timedelta(days=1)).replace(day=1),
        "after": after if after <= today else None,
        "days": days,
        "names": calendar.day_abbr,
        "first": min(month, yesterday),
        "last": min(after - dt.timedelta(days=1), yesterday),
        "is_live": any(one.check and one.check.state in RUNNING for one in days),
    }
    return render(request, "web/completeness.html", context)


def _node(request: HttpRequest, nodes: list[RemoteNode]) -> RemoteNode | None:
    """Return the node asked for, else the one checked last, else any."""
    latest = Query.objects.filter(purpose=Query.Purpose.COMPLETENESS).order_by("-pk").first()
    asked = request.GET.get("node") or str(latest.node_id if latest else "")
    return next((one for one in nodes if str(one.pk) == asked), nodes[0] if nodes else None)


def _month(text: str) -> dt.date:
    """Return the first day of the month asked for, or of that of yesterday."""
    try:
        asked = dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        asked = dt.date.min
    if _FIRST_YEAR <= asked.year <= _LAST_YEAR:
        return asked
    return (timezone.localdate() - dt.timedelta(days=1)).replace(day=1)


def _days(node: RemoteNode, month: dt.date, today: dt.date) -> list[Day]:
    weeks = calendar.Calendar().monthdatescalendar(month.year, month.month)
    dates = [date for week in weeks for date in week]
    checks = _latest_checks(node, dates[0], dates[-1])
    return [
        Day(date, date.month != month.month, date > today, checks.get(date),
            *_look(checks.get(date)))
        for date in dates
    ]  # fmt: skip


def _latest_checks(node: RemoteNode, first: dt.date, last: dt.date) -> dict[dt.date, Query]:
    """Return the latest check of each day."""
    checks = Query.objects.filter(
        purpose=Query.Purpose.COMPLETENESS,
        node=node,
        wanted__date_from__gte=first.isoformat(),
        wanted__date_from__lte=last.isoformat(),
    )
    newest = checks.values("wanted__date_from").annotate(last=Max("pk")).values_list("last")
    found = Query.objects.filter(pk__in=[pk for (pk,) in newest]).defer("log")
    return {dt.date.fromisoformat(one.wanted["date_from"]): one for one in found}


def _look(check: Query | None) -> tuple[str, str]:
    """Return the colour and the words of a day."""
    if check is None:
        return "", "Not checked"
    if check.state in RUNNING:
        return "notice", "Under way"
    if check.state != Query.State.DONE:
        return "warn", check.get_state_display()
    missing = check.counts.get("missing", 0)
    if missing:
        return "over", f"{missing} missing"
    listed = check.counts.get("listed", 0)
    return "ok", f"All of {listed}" if listed else "None listed"


@require_POST
@groups(*ACCESS)
def start(request: HttpRequest) -> HttpResponse:
    """Check some days of a node."""
    only = request.POST.get("only")
    form = CheckForm(request.POST.dict() | ({"first": only, "last": only} if only else {}))
    if not form.is_valid():
        messages.error(request, "Choose a node and the days to check.")
        return redirect("completeness")
    node, first = form.cleaned_data["node"], form.cleaned_data["first"]
    last = form.cleaned_data["last"] or first
    try:
        if last > timezone.localdate():
            raise KermaError("Days that are still to come cannot be checked.")
        started = proof.start(node, first, last, user=actor(request))
    except KermaError as error:
        messages.error(request, str(error))
        return redirect(_month_of(node, first))
    note(request, "check completeness", node=node.name, first=str(first), last=str(last))
    if len(started) == 1:
        return redirect("completeness-day", started[0].pk)
    messages.success(request, f"{plural(len(started), 'day')} of {node.name} are being checked.")
    return redirect(_month_of(node, first))


def _month_of(node: RemoteNode, day: dt.date) -> str:
    query = urlencode({"node": str(node.pk), "month": f"{day:%Y-%m}"})
    return f"{reverse('completeness')}?{query}"


@require_safe
@groups(*ACCESS)
def day(request: HttpRequest, number: int) -> HttpResponse:
    """Show a check of a day: what was listed, what is stored, what is missing."""
    checks = Query.objects.filter(purpose=Query.Purpose.COMPLETENESS).defer("log")
    found = get_object_or_404(checks.select_related("node", "user", "task"), pk=number)
    date = Wanted.of(found.wanted).date_from
    show = request.GET.get("show", "missing" if found.counts.get("missing") else "")
    page = _page(request, found, show)
    context = {
        "query": found,
        "date": date,
        "show": show,
        "given": urlencode({"show": show}),
        "is_running": found.state in RUNNING,
        "lines": _by_modality(found),
        "tabs": _tabs(found, show),
        "page": page,
        "rows": [(row, proof.outcome_of(row)) for row in page.object_list],
        "stored_as": _numbers(page.object_list) if may(request.user, "view", "export") else {},
        "stores": LocalStore.objects.order_by("pk"),
        "month": f"{reverse('completeness')}?node={found.node_id or ''}&month={date:%Y-%m}",
        "within": "completeness",
    }
    return render(request, "web/completeness_day.html", context)


def _page(request: HttpRequest, found: Query, show: str) -> Any:
    rows = found.studies.order_by("modality", "study_time", "pk")
    if show in proof.OUTCOMES:
        rows = rows.filter(proof.OUTCOMES[show])
    return Paginator(rows, _ON_A_PAGE).get_page(request.GET.get("page"))


def _numbers(rows: Any) -> dict[str, int]:
    """Return the page number of each study that is stored, by its UID."""
    uids = [row.study_instance_uid for row in rows]
    found = Study.objects.filter(study_instance_uid__in=uids).order_by("-pk")
    return dict(found.values_list("study_instance_uid", "pk"))


def _by_modality(found: Query) -> list[ByModality]:
    kept: dict[str, dict[str, int]] = found.counts.get("by_modality", {})
    named = [(LABELS[name], kept[name]) for name in MODALITIES if name in kept]
    return [_numbers_of(label, n) for label, n in (*named, ("All", found.counts))]


def _numbers_of(label: str, counts: dict[str, Any]) -> ByModality:
    return ByModality(label, *(counts.get(name, 0) for name in ByModality._fields[1:]))


def _tabs(found: Query, show: str) -> list[Tab]:
    here = reverse("completeness-day", args=[found.pk])
    counts = {name: found.counts.get(name, 0) for name in LABELS_OF_OUTCOMES}
    tabs = [
        Tab(label, f"{here}?show={name}", counts[name], name == show)
        for name, label in LABELS_OF_OUTCOMES.items()
    ]
    return [*tabs, Tab("All", f"{here}?show=", sum(counts.values()), not show)]


@require_POST
@groups(*ACCESS)
def fetch(request: HttpRequest, number: int) -> HttpResponse:
    """Fetch what a check found missing."""
    checks = Query.objects.filter(purpose=Query.Purpose.COMPLETENESS)
    found = get_object_or_404(checks.select_related("node"), pk=number)
    chosen = request.POST.get("store", "")
    store = LocalStore.objects.filter(pk=int(chosen)).first() if chosen.isdecimal() else None
    try:
        started = proof.fetch_gap(found, store or _usual_store(found), actor(request))
    except KermaError as error:
        messages.error(request, str(error))
        return redirect("completeness-day", number)
    date = Wanted.of(found.wanted).date_from
    note(request, "fetch gap", node=found.node_name, day=str(date), query=started.pk)
    messages.success(request, f"What was missing of {day_in_words(date)} is being fetched.")
    return redirect("query-page", started.pk)


def _usual_store(found: Query) -> LocalStore | None:
    """Return the store the node was last told to send to, or the first there is."""
    before = Query.objects.filter(node=found.node, store__isnull=False).order_by("-pk").first()
    return before.store if before else LocalStore.objects.order_by("pk").first()
