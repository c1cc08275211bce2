"""The page of a new query: which node, which days, what; then on to the query itself."""

import datetime as dt
from typing import NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from kerma.errors import KermaError
from kerma.net import queries
from kerma.store.models import LocalStore, Query, RemoteNode
from kerma.web.access import groups, may
from kerma.web.actor import actor, note
from kerma.web.pages.query_forms import QueryForm, initial_of
from kerma.web.query_words import title_of


class Preset(NamedTuple):
    """Days that are often asked for."""

    label: str
    first: dt.date
    last: dt.date


@require_http_methods(["GET", "HEAD", "POST"])
@groups("import-qr")
def query(request: HttpRequest) -> HttpResponse:
    """Show the options of a query as they were used last, or start it."""
    before = _before(request)
    form = QueryForm(
        request.POST if request.method == "POST" else None,
        initial=initial_of(before, with_days="repeat" in request.GET),
    )
    if form.is_valid():
        try:
            return _start(request, form)
        except KermaError as error:
            form.add_error(None, str(error))
    context = {
        "form": form,
        "before": before,
        "nodes": RemoteNode.objects.order_by("name"),
        "stores": LocalStore.objects.order_by("name"),
        "presets": _presets(timezone.localdate()),
        "administers": may(request.user, "admin"),
    }
    return render(request, "web/query.html", context)


def _start(request: HttpRequest, form: QueryForm) -> HttpResponse:
    given = form.cleaned_data
    wanted = form.wanted()
    started = queries.start(given["node"], given["store"], wanted, user=actor(request))
    note(request, "query node", node=given["node"].name, query=started.pk, asked=title_of(wanted))
    messages.success(request, f"{given['node'].name} is asked. You can leave this page.")
    return redirect("query-page", started.pk)


def _before(request: HttpRequest) -> Query | None:
    """Return the query to repeat, or the last one of this user; None for empty options."""
    own = Query.objects.filter(purpose=Query.Purpose.RETRIEVE, node__isnull=False)
    number = request.GET.get("repeat", "")
    if number.isdecimal() and len(number) < 12:
        return own.filter(pk=int(number)).first()
    if "fresh" in request.GET or request.method == "POST":
        return None
    return own.filter(user_id=actor(request).pk, schedule=None).order_by("-pk").first()


def _presets(today: dt.date) -> list[Preset]:
    yesterday = today - dt.timedelta(days=1)
    this_month = today.replace(day=1)
    last_month_end = this_month - dt.timedelta(days=1)
    return [
        Preset("Yesterday and today", yesterday, today),
        Preset("Last 7 days", today - dt.timedelta(days=7), today),
        Preset("This month", this_month, today),
        Preset("Last month", last_month_end.replace(day=1), last_month_end),
    ]
