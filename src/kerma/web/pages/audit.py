"""The audit log: who changed or deleted what."""

import json
from typing import NamedTuple

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from kerma.store.models import AuditEntry
from kerma.web.access import groups

_ON_A_PAGE = 50


class Line(NamedTuple):
    """One entry, its details as words."""

    entry: AuditEntry
    details: list[tuple[str, str]]


@require_safe
@groups("admin")
def audit(request: HttpRequest) -> HttpResponse:
    """List the entries, latest first; of one action or one user if asked."""
    asked = {name: request.GET.get(name, "").strip() for name in ("action", "user_name")}
    given = {name: text for name, text in asked.items() if text}
    found = AuditEntry.objects.filter(**given).order_by("-at", "-pk")
    page = Paginator(found, _ON_A_PAGE).get_page(request.GET.get("page"))
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
    }
    return render(request, "web/audit.html", context)


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
