"""The log of arrivals: every object that came by itself, what became of it, and why."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from kerma.pipeline import spool
from kerma.store.models import Arrival, Study
from kerma.web.access import BROWSE, User, groups, may

READERS = ("admin", "import-qr")
"""Groups that see the log; it tells nothing of patients."""

_ON_A_PAGE = 50
_PERIODS = (("1", "Today"), ("7", "7 days"), ("30", "30 days"), ("all", "All that is kept"))
_WAYS = (("receive", "DICOM network"), ("stow", "DICOMweb"), ("watch", "Watched folder"))
_TEXTS = ("store", "caller", "station_name", "modality")
"""Filters by a part of the text."""
_NAMES = ("decision", "came_by", *_TEXTS, "uid", "days", "since", "until")
_STATES = {
    "imported": "ok", "merged": "ok", "refused": "over", "physics": "notice",
    "collected": "notice",
}  # fmt: skip
_ICONS = {"ok": "ok", "over": "error", "notice": "folder"}


class Line(NamedTuple):
    """One arrival as it is shown."""

    row: Arrival
    state: str
    icon: str
    address: str
    """Where to see what became of it; "" where there is nothing to see."""


class Share(NamedTuple):
    """How many arrivals had one decision."""

    label: str
    number: int
    address: str
    is_chosen: bool


@require_safe
@groups(*READERS)
def arrivals(request: HttpRequest) -> HttpResponse:
    """List the arrivals of a period, latest first."""
    asked = {name: request.GET.get(name, "").strip() for name in _NAMES}
    asked["days"] = "" if asked["since"] or asked["until"] else asked["days"] or "7"
    found = _of_period(_met(Arrival.objects.all(), asked), asked)
    of_decision = found.filter(decision=asked["decision"]) if asked["decision"] else found
    rows = list(_after(of_decision, request.GET.get("after", ""))[: _ON_A_PAGE + 1])
    given = {name: text for name, text in asked.items() if text and (name, text) != ("days", "7")}
    context = {
        "asked": asked,
        "given": urlencode(given),
        "lines": _lines(rows[:_ON_A_PAGE], request.user),
        "next": _next(given, rows) if len(rows) > _ON_A_PAGE else "",
        "is_first": "after" not in request.GET,
        "shares": _shares(found, asked),
        "periods": _PERIODS,
        "ways": _WAYS,
        "decisions": Arrival.Decision.choices,
        "waiting": spool.count(),
    }
    return render(request, "web/arrivals.html", context)


def _met(found: "QuerySet[Arrival]", asked: dict[str, str]) -> "QuerySet[Arrival]":
    """Return the arrivals that meet the filter, but for period and decision."""
    if asked["came_by"]:
        found = found.filter(came_by=asked["came_by"])
    for name in _TEXTS:
        if asked[name]:
            found = found.filter(**{f"{name}__icontains": asked[name]})
    uid = asked["uid"]
    if uid:
        found = found.filter(Q(study_instance_uid=uid) | Q(sop_instance_uid=uid))
    return found


def _of_period(found: "QuerySet[Arrival]", asked: dict[str, str]) -> "QuerySet[Arrival]":
    """Leave out what came at other times; one who asks for a UID is told of all times."""
    if asked["uid"]:
        return found
    if asked["days"].isdecimal():
        today = timezone.localdate()
        first = today - dt.timedelta(days=min(int(asked["days"]), 36_500) - 1)
        found = found.filter(arrived_at__gte=_start_of(first))
    if since := _date(asked["since"]):
        found = found.filter(arrived_at__gte=_start_of(since))
    if until := _date(asked["until"]):
        found = found.filter(arrived_at__lt=_start_of(until + dt.timedelta(days=1)))
    return found


def _date(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _start_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _after(found: "QuerySet[Arrival]", place: str) -> "QuerySet[Arrival]":
    """Return the arrivals from a place on, so that no page costs more than the first."""
    ordered = found.order_by("-arrived_at", "-pk")
    moment, _, number = place.partition("_")
    try:
        last = dt.datetime.fromisoformat(moment)
        return ordered.filter(arrived_at__lte=last).exclude(arrived_at=last, pk__gte=int(number))
    except ValueError:
        return ordered


def _next(given: dict[str, str], rows: list[Arrival]) -> str:
    last = rows[_ON_A_PAGE - 1]
    moment = last.arrived_at.astimezone(dt.UTC).replace(tzinfo=None).isoformat()
    return "?" + urlencode({**given, "after": f"{moment}Z_{last.pk}"})


def _shares(found: "QuerySet[Arrival]", asked: dict[str, str]) -> list[Share]:
    """Return the numbers by decision, those that have any."""
    counted = found.order_by().values_list("decision").annotate(number=Count("pk"))
    numbers = dict(counted)
    kept = {name: text for name, text in asked.items() if text and name != "decision"}
    return [
        Share(
            label,
            numbers.get(value, 0),
            "?" + urlencode(kept if asked["decision"] == value else {**kept, "decision": value}),
            asked["decision"] == value,
        )
        for value, label in Arrival.Decision.choices
        if value in numbers or asked["decision"] == value
    ]


def _lines(rows: list[Arrival], user: User) -> list[Line]:
    studies = _studies(row.study_instance_uid for row in rows) if may(user, *BROWSE) else {}
    lines = []
    for row in rows:
        state = _STATES.get(row.decision, "")
        address = _address(row, user) or studies.get(row.study_instance_uid, "")
        lines.append(Line(row, state, _ICONS.get(state, "close"), address))
    return lines


def _studies(uids: Iterable[str]) -> dict[str, str]:
    """Return the addresses of those studies that are stored."""
    wanted = {uid for uid in uids if uid}
    found = Study.objects.filter(study_instance_uid__in=wanted).order_by("-pk")
    return {
        uid: reverse("study", args=[number])
        for uid, number in found.values_list("study_instance_uid", "pk")
    }


def _address(row: Arrival, user: User) -> str:
    """Return where an object is that was not imported, for those who may see it."""
    if not may(user, "admin"):
        return ""
    if row.decision == Arrival.Decision.REFUSED:
        words = {"q": row.sop_instance_uid} if row.sop_instance_uid else {"begins": row.reason}
        return f"{reverse('quarantine')}?{urlencode(words)}"
    if row.decision in (Arrival.Decision.PHYSICS, Arrival.Decision.COLLECTED):
        view = "physics" if row.decision == Arrival.Decision.PHYSICS else "collected"
        return f"{reverse(view)}?{urlencode({'q': row.study_instance_uid})}"
    return ""
