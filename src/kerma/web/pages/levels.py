"""What is typical here beside reference levels: by system, standard name, phantom and band."""

import datetime as dt
from itertools import groupby
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from kerma.query.columns import HEADINGS
from kerma.query.reference_levels.bands import LABELS
from kerma.query.reference_levels.compare import DEFINITION, STATES, Compared, Row, compare
from kerma.query.reference_levels.quantities import QUANTITIES, Quantity
from kerma.query.reference_levels.statistics import FEW
from kerma.query.reference_levels.typical import Group
from kerma.store import level_book
from kerma.store.models import SiteReferenceLevel, StandardName, Study, System
from kerma.web import formats
from kerma.web.access import BROWSE, groups, may
from kerma.web.actor import actor
from kerma.web.level_asked import LevelAddress, levels_of, newest_year, read

MARKS = {"below": "ok", "few": "notice", "over": "warn", "exceeded": "over", "consistently": "over"}
"""State -> class and icon of its mark."""

_YEARS = 8


class LevelWords(NamedTuple):
    """One level beside a typical value, in words and shares of the bar."""

    label: str
    value: str
    ratio: str
    state: str
    mark: str
    title: str
    tick: float
    """Place on the bar, 0 to 1."""


class Line(NamedTuple):
    """One group of patients on one system."""

    system: str
    number: str
    median: str
    interval: str
    q3: str
    is_few: bool
    fill: float
    levels: list[LevelWords]
    key: str
    """By which the form names the group."""
    mark: str
    """Class of the row: "over" where a level is exceeded."""


class Part(NamedTuple):
    """One quantity of one name, phantom and band, system by system."""

    quantity: Quantity
    phantom: str
    band: str
    lines: list[Line]


class Named(NamedTuple):
    """Everything about one standard name."""

    name: str
    cases: int
    parts: list[Part]


@require_safe
@groups(*BROWSE)
def levels(request: HttpRequest) -> HttpResponse:
    """Show the page at once, and the values with a second request."""
    asked = read(request.GET.dict())
    context = frame(request, asked)
    if getattr(request, "htmx", False):
        return render(request, "web/levels_part.html", context | shown(asked))
    has_studies = Study.objects.filter(modality=asked.asked.modality).exists()
    if request.GET.get("whole") or not has_studies:
        context |= shown(asked)
    return render(request, "web/levels.html", context | {"has_studies": has_studies})


def frame(request: HttpRequest, asked: LevelAddress) -> dict[str, Any]:
    """Return what surrounds the values."""
    modality = asked.asked.modality
    newest = newest_year(modality)
    systems = systems_of(modality)
    years = sorted({*range(newest, newest - _YEARS, -1), asked.year}, reverse=True)
    return {
        "asked": asked,
        "modalities": [
            (words, asked.address(modality=name, level="", system="", year=""),
             name == modality)
            for name, words in HEADINGS.items()
        ],
        "levels": [
            (StandardName.Level(level).label, asked.address(level=level),
             level == asked.asked.level)
            for level in levels_of(modality)
        ],
        "years": years,
        "systems": systems,
        "by_description": "Acquisition protocol" if asked.asked.level == "acquisition"
        else "Study description",
        "definition": DEFINITION,
        "few": FEW,
        "takes_over": may(request.user, "admin") and not asked.asked.by_description,
        "part": asked.address(),
        "one_report": asked.asked.system is not None or len(systems) < 2,
    }  # fmt: skip


def systems_of(modality: str) -> list[System]:
    """Return the systems that have studies of a modality."""
    of_modality = Study.objects.filter(modality=modality).order_by()
    return list(System.objects.filter(pk__in=of_modality.values("system")).order_by("display_name"))


def shown(asked: LevelAddress) -> dict[str, Any]:
    """Return the typical values with the levels, and how much they rest on."""
    found = compare(asked.asked)
    names = [
        _named(name, list(rows))
        for name, rows in groupby(found.rows, key=lambda row: row.typical.group.name)
    ]
    return {
        "names": names,
        "coverage": found.found.coverage,
        "exceeded": len(found.exceeded),
        "has_levels": any(row.compared for row in found.rows),
    }


def _named(name: str, rows: list[Row]) -> Named:
    def key(row: Row) -> tuple[str, str, int | None]:
        group = row.typical.group
        return group.quantity, group.band, group.phantom_cm

    parts = [list(found) for _, found in groupby(rows, key=key)]
    most = max(sum(row.typical.summary.number for row in part) for part in parts)
    return Named(name, most, [_part(part) for part in parts])


def _part(rows: list[Row]) -> Part:
    group = rows[0].typical.group
    quantity = QUANTITIES[group.quantity]
    values = [row.typical.summary.q3 for row in rows]
    values += [one.reference.value for row in rows for one in row.compared]
    top = max(values) * 1.05
    phantom = f"{group.phantom_cm} cm phantom" if group.phantom_cm else ""
    band = LABELS.get(group.band, group.band) if group.band else ""
    return Part(quantity, phantom, band, [_line(row, quantity, top) for row in rows])


def _line(row: Row, quantity: Quantity, top: float) -> Line:
    summary = row.typical.summary

    def words(value: float | None) -> str:
        return "" if value is None else formats.number(value * quantity.factor)

    interval = f"{words(summary.low)} to {words(summary.high)}" if summary.low else ""
    levels = [_level(one, top) for one in row.compared]
    is_over = row.worst in ("exceeded", "consistently")
    return Line(
        system=row.typical.system_name,
        number=formats.whole(summary.number),
        median=words(summary.median),
        interval=interval,
        q3=words(summary.q3),
        is_few=summary.is_few,
        fill=summary.median / top,
        levels=levels,
        key=_key(row.typical.group),
        mark="over" if is_over else "warn" if row.worst == "over" else "",
    )


def _level(one: Compared, top: float) -> LevelWords:
    reference = one.reference
    title = f"{reference.procedure}. {reference.source}"
    if reference.guide is not None:
        guide = formats.number(reference.guide * reference.of.factor)
        title = f"{title} Guide value {guide} {reference.unit}."
    return LevelWords(
        label=reference.label,
        value=formats.number(reference.shown),
        ratio=f"{one.ratio:.2f}",
        state=STATES[one.state],
        mark=MARKS[one.state],
        title=title,
        tick=reference.value / top,
    )


@require_POST
@groups("admin")
def take_over(request: HttpRequest) -> HttpResponse:
    """Make a typical value the site's own level, from the day after its period on."""
    asked = read(request.POST.dict())
    rows = {_key(row.typical.group): row for row in compare(asked.asked).rows}
    row = rows.get(request.POST.get("group", ""))
    name = StandardName.objects.filter(
        modality=asked.asked.modality, level=asked.asked.level,
        name=row.typical.group.name if row else "",
    ).first()  # fmt: skip
    if row is None or name is None:
        messages.error(request, "These values are there no longer; nothing was taken over.")
        return redirect(asked.address())
    level = _site_level(asked, row, name, use_q3=request.POST.get("use") == "q3")
    level_book.keep(level, actor(request))
    unit = QUANTITIES[level.quantity]
    value = formats.number(level.value * unit.factor)
    messages.success(
        request,
        f"{value} {unit.unit} is the site’s {unit.heading} level of {name.name} from "
        f"{formats.day(level.valid_from)} on.",
    )
    return redirect(asked.address())


def _key(group: Group) -> str:
    return "|".join(map(str, (group.system, group.quantity, group.phantom_cm, group.band,
                              group.name)))  # fmt: skip


def _site_level(
    asked: LevelAddress, row: Row, name: StandardName, *, use_q3: bool
) -> SiteReferenceLevel:
    group, summary = row.typical.group, row.typical.summary
    statistic = "75th percentile" if use_q3 else "Median"
    return SiteReferenceLevel(
        standard_name=name,
        quantity=group.quantity,
        phantom_cm=group.phantom_cm,
        band=group.band,
        value=summary.q3 if use_q3 else summary.median,
        valid_from=min(asked.asked.until + dt.timedelta(days=1), dt.date.today()),  # noqa: DTZ011
        source=f"{statistic} of {summary.number} values of {row.typical.system_name}, {asked.year}",
        number_of_patients=summary.number,
        median=summary.median,
        q3=summary.q3,
    )
