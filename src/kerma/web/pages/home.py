"""The home page: systems by modality with their workload, and what needs attention."""

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from kerma.alerts.listing import new_ones
from kerma.health import Fact
from kerma.query.columns import HEADINGS
from kerma.query.home import SystemLine, attention, systems
from kerma.query.mark import mark
from kerma.store import options as site_options
from kerma.store import screens
from kerma.web import preferences
from kerma.web.access import BROWSE, groups, may
from kerma.web.address import Address
from kerma.web.configuration import SIZES
from kerma.web.tables import Head
from kerma.web.trouble import trouble


class Line(NamedTuple):
    """One system as shown, with the addresses its cells lead to."""

    line: SystemLine
    address: str
    periods: tuple[tuple[int, str], ...]
    bars: SafeString
    """One for each day."""


class Part(NamedTuple):
    """The systems of one modality, with their sums."""

    heading: str
    address: str
    studies: int
    periods: tuple[int, int]
    lines: list[Line]


_ORDERS: dict[str, Callable[[SystemLine], Any]] = {
    "system": lambda line: line.display_name.casefold(),
    "studies": lambda line: line.studies,
    "latest": lambda line: line.latest.isoformat() if line.latest else "",
    "first": lambda line: line.periods[0],
    "second": lambda line: line.periods[1],
}


@require_safe
@groups()
def home(request: HttpRequest) -> HttpResponse:
    """Show the systems; to people in no group that browses, what they may do."""
    if not may(request.user, *BROWSE):
        without = {"trouble": _trouble(request), "screens": _screens(request)}
        return render(request, "web/home_without.html", without)
    workload, usual = site_options.several("home_shows_workload", "home_workload_days")
    first, second = preferences.of(request.user).periods or usual
    today, periods = timezone.localdate(), (first, second)
    before, lines = mark(), systems(today, periods)
    if not lines:
        return render(
            request,
            "web/home_empty.html",
            {"mark": before, "trouble": _trouble(request), "screens": _screens(request)},
        )
    order = request.GET.get("order", "system")
    context = {
        "trouble": _trouble(request),
        "workload": workload,
        "today": today,
        "now": timezone.localtime(),
        "periods": periods,
        "parts": _parts(lines, order, today, periods),
        "heads": _heads(order, periods)[: None if workload else -2],
        "attention": attention(today),
        "new_alerts": new_ones(),
        "screens": _screens(request),
        "silent": [line for line in lines if line.silent_days],
        "systems": len({line.system_id for line in lines}),
        "mark": before,
    }
    return render(request, "web/home.html", context)


def _trouble(request: HttpRequest) -> list[Fact]:
    """Return what an administrator should see to; nobody else is told."""
    return trouble() if may(request.user, "admin") else []


def _screens(request: HttpRequest) -> int:
    """Return how many dose screens wait, for people who may see to them."""
    return screens.waiting() if may(request.user, *SIZES) else 0


def _heads(order: str, periods: tuple[int, int]) -> list[Head]:
    """Return the heads; a click on the one that orders turns it round."""
    named = (
        ("system", "System", ""),
        ("studies", "Studies", "num"),
        ("latest", "Latest", "num"),
        ("first", f"{periods[0]} days", "num"),
        ("second", f"{periods[1]} days", "num"),
    )
    heads = []
    for name, heading, css in named:
        first = f"-{name}" if css else name
        other = name if css else f"-{name}"
        sorting = "" if order.removeprefix("-") != name else (
            "descending" if order.startswith("-") else "ascending")  # fmt: skip
        wanted = other if order == first else first
        heads.append(Head(heading, "", css, f"?order={wanted}", sorting))
    return heads


def _parts(
    lines: list[SystemLine], order: str, today: dt.date, periods: tuple[int, int]
) -> list[Part]:
    key = _ORDERS.get(order.removeprefix("-"), _ORDERS["system"])
    ordered = sorted(lines, key=key, reverse=order.startswith("-"))
    parts = []
    for modality, heading in HEADINGS.items():
        own = [line for line in ordered if line.modality == modality]
        if own:
            shown = [_line(line, today, periods) for line in own]
            sums = (sum(line.periods[0] for line in own), sum(line.periods[1] for line in own))
            total = sum(line.studies for line in own)
            parts.append(Part(heading, Address(modality, ()).path(), total, sums, shown))
    return parts


def _line(line: SystemLine, today: dt.date, periods: tuple[int, int]) -> Line:
    address = Address(line.modality, (("system", str(line.system_id)),))
    linked = []
    for count, days in zip(line.periods, periods, strict=True):
        since = today - dt.timedelta(days - 1)
        within = address.having(date_from=since.isoformat(), date_until=today.isoformat())
        linked.append((count, within.path()))
    return Line(line, address.path(), tuple(linked), _bars(line.per_day))


def _bars(per_day: tuple[int, ...]) -> SafeString:
    """Return the bars of a drawing of 112 × 20, the greatest 18 high, days without studies 1."""
    greatest = max(per_day) or 1
    heights = [max(round(18 * count / greatest, 1), 1) for count in per_day]
    bars = (f"M{4 * at} 20v-{high}h3v{high}z" for at, high in enumerate(heights))
    return format_html('<path d="{}"/>', "".join(bars))
