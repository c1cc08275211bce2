"""The quarantine: objects that could not be used, by reason; tried again or deleted."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from kerma.pipeline.again import retry
from kerma.store import quarantine
from kerma.store.models import Quarantine
from kerma.web.access import groups
from kerma.web.actor import note
from kerma.web.formats import plural
from kerma.web.work import Step, Work, carry_on, kept, through

_ON_A_PAGE = 50
_NUMBER = re.compile(r"\(?[0-9A-F]{4},|\d")
"""Where the words of a reason end and a tag or number begins."""
_WAYS = (
    ("import", "Import"),
    ("upload", "Upload"),
    ("receive", "Network"),
    ("stow", "DICOMweb"),
    ("watch", "Watched folder"),
)


class Reason(NamedTuple):
    """Objects with one reason, whatever the numbers in it."""

    text: str
    begins: str
    """Its words before the first number."""
    objects: int
    latest: dt.datetime
    address: str


@require_safe
@groups("admin")
def entries(request: HttpRequest) -> HttpResponse:
    """List what is in quarantine, all of it or of one reason."""
    quarantine.expire()
    asked = {name: request.GET.get(name, "").strip() for name in ("begins", "q", "came_by")}
    held = _held(asked)
    page = Paginator(held.order_by("-quarantined_at", "-pk"), _ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    given = {name: text for name, text in asked.items() if text}
    context = {
        "asked": asked,
        "given": urlencode(given),
        "page": page,
        "reasons": _reasons(_held(asked | {"begins": ""})),
        "ways": _WAYS,
        "retriable": held.filter(retriable=True).count(),
    }
    return render(request, "web/quarantine.html", context)


@require_POST
@groups("admin")
def act(request: HttpRequest) -> HttpResponse:
    """Try again, or delete, the objects chosen or all that the filter shows."""
    asked = {name: request.POST.get(name, "") for name in ("begins", "q", "came_by")}
    chosen = _held(asked)
    if request.POST.get("which") != "all":
        numbers = [int(text) for text in request.POST.getlist("chosen") if text.isdecimal()]
        chosen = chosen.filter(pk__in=numbers)
    given = urlencode({name: text for name, text in asked.items() if text})
    back = reverse("quarantine") + (f"?{given}" if given else "")
    if request.POST.get("do") == "retry":
        return carry_on(request, _retrying(request, chosen.filter(retriable=True), back))
    if request.POST.get("do") == "delete" and request.POST.get("sure") != "yes":
        return _ask(request, chosen, back)
    if request.POST.get("do") == "delete":
        return carry_on(request, _deleting(request, chosen, back))
    return redirect(back)


def _ask(request: HttpRequest, chosen: "QuerySet[Quarantine]", back: str) -> HttpResponse:
    """Ask a second time before anything is deleted."""
    count = chosen.count()
    if not count:
        messages.warning(request, "Choose one or more objects first.")
        return redirect(back)
    context = {"count": count, "kept": kept(request), "back": back, "within": "quarantine"}
    return render(request, "web/quarantine_sure.html", context)


def _held(asked: dict[str, str]) -> "QuerySet[Quarantine]":
    """Return what is in quarantine and meets the filter."""
    held = Quarantine.objects.filter(released_at=None)
    if asked["begins"]:
        held = held.filter(reason__startswith=asked["begins"])
    if asked["came_by"]:
        held = held.filter(came_by=asked["came_by"])
    words = asked["q"]
    if words:
        held = held.filter(
            Q(reason__icontains=words)
            | Q(origin__icontains=words)
            | Q(study_instance_uid=words)
            | Q(sop_instance_uid=words)
        )
    return held


def _reasons(held: "QuerySet[Quarantine]") -> Sequence[Reason]:
    """Return the reasons, those of most objects first; numbers in them make no difference."""
    rows = held.values("reason").annotate(number=Count("pk"), latest=Max("quarantined_at"))
    found: dict[str, Reason] = {}
    for row in rows.order_by("-number", "reason"):
        begins = _NUMBER.split(row["reason"], maxsplit=1)[0]
        known = found.get(begins)
        found[begins] = Reason(
            f"{begins}…" if known else row["reason"],
            begins,
            row["number"] + (known.objects if known else 0),
            max(row["latest"], known.latest) if known else row["latest"],
            "?" + urlencode({"begins": begins}),
        )
    return sorted(found.values(), key=lambda reason: -reason.objects)


def _retrying(request: HttpRequest, chosen: "QuerySet[Quarantine]", back: str) -> Work:
    def portion(step: Step) -> Step:
        return through(chosen, step, lambda entry: retry(entry).outcome != "refused")

    def finished(step: Step) -> str:
        note(request, "retry from quarantine", objects=step.done, used=step.changed)
        if not step.done:
            return "Nothing to try: no copy is kept of what was chosen."
        return f"{step.changed} of {plural(step.done, 'object')} could be used."

    about = "What can be used now leaves the quarantine; the rest stays with its reason of today."
    return Work("Trying again", about, portion, chosen.count, finished, back)


def _deleting(request: HttpRequest, chosen: "QuerySet[Quarantine]", back: str) -> Work:
    def remove(entry: Quarantine) -> bool:
        quarantine.remove(entry)
        return True

    def finished(step: Step) -> str:
        note(request, "delete from quarantine", objects=step.done)
        return f"{plural(step.done, 'object')} deleted from the quarantine."

    about = "The entries and the encrypted copies go for good."
    return Work(
        "Deleting from the quarantine",
        about,
        lambda step: through(chosen, step, remove),
        chosen.count,
        finished,
        back,
    )
