"""Published sets, which standard name stands for which of their procedures, and the site's own."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from kerma.query.columns import HEADINGS
from kerma.query.reference_levels.bands import LABELS
from kerma.query.reference_levels.links import Linked, linked
from kerma.query.reference_levels.quantities import QUANTITIES
from kerma.query.reference_levels.sets import LevelSet, all_sets, series_of
from kerma.store import level_book
from kerma.store.models import SiteReferenceLevel, StandardName
from kerma.web import formats
from kerma.web.access import groups
from kerma.web.actor import actor
from kerma.web.formats import plural
from kerma.web.level_asked import levels_of
from kerma.web.level_form import OwnForm, level_of


class Of(NamedTuple):
    """Which names a page is about."""

    modality: str
    level: str

    @property
    def address(self) -> str:
        """Return the address of the page."""
        return f"{reverse('level-links')}?{urlencode(self._asdict())}"


class SiteLine(NamedTuple):
    """A level of the site as the list shows it."""

    level: SiteReferenceLevel
    quantity: str
    value: str
    band: str


@require_safe
@groups("admin")
def level_links(request: HttpRequest) -> HttpResponse:
    """Show the sets of a modality with their links, and the site's own levels."""
    of = _of(request.GET)
    return _page(request, of, OwnForm(of=of))


def _of(given: QueryDict) -> Of:
    modality = given.get("modality", "")
    modality = modality if modality in HEADINGS else "CT"
    levels = levels_of(modality)
    level = given.get("level", "")
    if level not in levels:
        level = next((one for one in levels if series_of(modality, one)), levels[0])
    return Of(modality, level)


def _page(request: HttpRequest, of: Of, form: OwnForm) -> HttpResponse:
    found = linked(of.modality, of.level)
    context: dict[str, Any] = {
        "of": of,
        "modalities": [
            (words, Of(name, "").address, name == of.modality) for name, words in HEADINGS.items()
        ],
        "levels": [
            (StandardName.Level(level).label, Of(of.modality, level).address, level == of.level)
            for level in levels_of(of.modality)
        ],
        "sets": [(one, _suggested(one), _earlier(one.version)) for one in found],
        "names": StandardName.objects.filter(modality=of.modality, level=of.level).count(),
        "site_levels": _own(of),
        "form": form,
    }
    return render(request, "web/level_links.html", context)


def _suggested(one: Linked) -> int:
    return sum(choice.suggestion != "" for choice in one.choices)


def _earlier(newest: LevelSet) -> list[LevelSet]:
    """Return the versions that the newest has taken the place of."""
    return [one for one in all_sets() if one.series == newest.series and one.key != newest.key]


def _own(of: Of) -> list[SiteLine]:
    found = SiteReferenceLevel.objects.filter(
        standard_name__modality=of.modality, standard_name__level=of.level
    ).select_related("standard_name")
    ordered = found.order_by("standard_name__name", "quantity", "band", "-valid_from")
    return [
        SiteLine(
            one,
            f"{QUANTITIES[one.quantity].heading}",
            f"{formats.number(one.value * QUANTITIES[one.quantity].factor)} "
            f"{QUANTITIES[one.quantity].unit}",
            LABELS.get(one.band, one.band),
        )
        for one in ordered
        if one.quantity in QUANTITIES
    ]


@require_POST
@groups("admin")
def keep_links(request: HttpRequest) -> HttpResponse:
    """Keep which procedure each standard name stands for, or take all suggestions."""
    of = _of(request.POST)
    series = request.POST.get("series", "")
    found = next(
        (one for one in linked(of.modality, of.level) if one.version.series == series), None
    )
    if found is None:
        messages.error(request, "There is no such set for these names.")
        return redirect(of.address)
    if request.POST.get("do") == "suggested":
        wanted = {c.name.pk: c.suggestion for c in found.choices if c.suggestion}
    else:
        wanted = {
            c.name.pk: procedure
            for c in found.choices
            if (procedure := request.POST.get(f"name-{c.name.pk}", "")) in found.version.procedures
            or procedure == ""
        }
    changed = level_book.link(series, wanted, actor(request))
    messages.success(request, f"{plural(changed, 'link')} changed in {found.version.title}.")
    return redirect(of.address)


@require_POST
@groups("admin")
def keep_own(request: HttpRequest) -> HttpResponse:
    """Keep a level of the site's own."""
    of = _of(request.POST)
    form = OwnForm(request.POST, of=of)
    if not form.is_valid():
        return _page(request, of, form)
    level = level_book.keep(level_of(form), actor(request))
    name: StandardName = level.standard_name
    messages.success(request, f"The level for {name.name} is kept.")
    return redirect(of.address)


@require_POST
@groups("admin")
def drop_own(request: HttpRequest, number: int) -> HttpResponse:
    """Delete a level of the site's own."""
    found = get_object_or_404(SiteReferenceLevel.objects.select_related("standard_name"), pk=number)
    name: StandardName = found.standard_name
    of = Of(name.modality, name.level)
    level_book.drop(found, actor(request))
    messages.success(request, f"The level for {name.name} is deleted.")
    return redirect(of.address)
