"""The audit log: who saw, changed, exported or deleted what; who logged in."""

import csv
import datetime as dt
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from kerma.store import options
from kerma.store.models import AuditEntry
from kerma.web.access import groups
from kerma.web.actor import note
from kerma.web.forms import PageForm

_ON_A_PAGE = 50
_HEAD = ("time", "user", "action", "details")


class Line(NamedTuple):
    """One entry, its details as words."""

    entry: AuditEntry
    details: list[tuple[str, str]]


class KeepForm(PageForm):
    """How long entries are kept."""

    units = {"audit_days": "days"}

    audit_days = forms.IntegerField(
        label="Days to keep entries",
        min_value=0,
        max_value=36_525,
        help_text="0 keeps them for good. Older ones are removed once a day by the scheduler.",
    )


@require_safe
@groups("admin")
def audit(request: HttpRequest) -> HttpResponse:
    """List the entries, latest first; of an action, a user or some days if asked."""
    asked = _asked(request)
    given = {name: text for name, text in asked.items() if text}
    page = Paginator(_found(asked), _ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "given": urlencode(given),
        "page": page,
        "lines": [Line(entry, _details(entry)) for entry in page.object_list],
        "actions": AuditEntry.objects.order_by("action")
        .values_list("action", flat=True)
        .distinct(),
        "names": AuditEntry.objects.order_by("user_name")
        .values_list("user_name", flat=True)
        .distinct(),
        "form": KeepForm(initial={"audit_days": options.get("audit_days")}),
    }
    return render(request, "web/audit.html", context)


@require_safe
@groups("admin")
def download(request: HttpRequest) -> HttpResponseBase:
    """Give the entries that meet the filter as CSV, however many they are."""
    asked = _asked(request)
    note(request, "download audit log", of=[text for text in asked.values() if text])
    response = StreamingHttpResponse(_csv(_found(asked)), content_type="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="kerma-audit.csv"'
    return response


@require_POST
@groups("admin")
def keep(request: HttpRequest) -> HttpResponse:
    """Choose how long entries are kept."""
    form = KeepForm(request.POST, initial={"audit_days": options.get("audit_days")})
    if not form.is_valid():
        messages.error(request, "Give a number of days; 0 keeps the entries for good.")
        return redirect("audit")
    with transaction.atomic():
        for name, old, new in form.changes():
            options.put(name, new)
            label = str(form.fields[name].label)
            note(request, "change setting", setting=label, old=old, new=new)
    messages.success(request, "Saved.")
    return redirect("audit")


def _asked(request: HttpRequest) -> dict[str, str]:
    names = ("action", "user_name", "since", "until")
    return {name: request.GET.get(name, "").strip() for name in names}


def _found(asked: dict[str, str]) -> "QuerySet[AuditEntry]":
    """Return the entries that meet the filter; a day that is none is no filter."""
    found = AuditEntry.objects.order_by("-at", "-pk")
    for name in ("action", "user_name"):
        if asked[name]:
            found = found.filter(**{name: asked[name]})
    if since := _midnight(asked["since"], 0):
        found = found.filter(at__gte=since)
    if until := _midnight(asked["until"], 1):
        found = found.filter(at__lt=until)
    return found


def _midnight(text: str, later: int) -> dt.datetime | None:
    """Return when a day, or one `later`, begins in the zone of the site."""
    try:
        day = dt.date.fromisoformat(text) + dt.timedelta(days=later)
    except (ValueError, OverflowError):
        return None
    return dt.datetime.combine(day, dt.time(), timezone.get_current_timezone())


class _Echo:
    """A file whose every line is handed on."""

    def write(self, line: str) -> str:
        """Hand it on."""
        return line


def _csv(found: "QuerySet[AuditEntry]") -> Iterator[Any]:
    writer = csv.writer(_Echo())
    yield writer.writerow(_HEAD)
    for entry in found.iterator(chunk_size=2000):
        words = "; ".join(f"{name}: {text}" for name, text in _details(entry))
        cells = (entry.user_name, entry.action, words)
        yield writer.writerow((entry.at.isoformat(timespec="seconds"), *map(_harmless, cells)))


def _harmless(cell: str) -> str:
    """Return text that a spreadsheet does not take for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell


def _details(entry: AuditEntry) -> list[tuple[str, str]]:
    return [
        (name.replace("_", " "), _words(value))
        for name, value in entry.details.items()
        if value not in ("", None)
    ]


def _words(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_words(one) for one in value) or "none"
    return json.dumps(value, ensure_ascii=False)
