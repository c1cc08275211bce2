"""The skin dose map of one study: the map, the body, and how the doses were found."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from kerma.alerts.evaluate import evaluate
from kerma.dosimetry.skin import picture
from kerma.dosimetry.skin.body import KINDS
from kerma.dosimetry.skin.calculate import SkinDose
from kerma.pipeline import skin_dose
from kerma.store import audit
from kerma.store.models import SkinMap, Study
from kerma.web import skin_words
from kerma.web.access import BROWSE, groups
from kerma.web.actor import actor, note
from kerma.web.address import Address
from kerma.web.formats import plural


class Asked(NamedTuple):
    """The map a request is about."""

    study: Study
    kept: SkinMap
    found: SkinDose | None
    body: str
    """Another body than the stored one, "" for that."""
    sum_of: int
    """How many studies are added up, 0 for this one alone."""
    may_add: bool

    def query(self) -> str:
        """Return what has to stand in an address to ask for the same map."""
        pairs = {"body": self.body, "sum": "yes" if self.sum_of else ""}
        given = {name: value for name, value in pairs.items() if value}
        return f"?{urlencode(given)}" if given else ""


@require_safe
@groups(*BROWSE)
def skin(request: HttpRequest, number: int) -> HttpResponse:
    """Show the map, the body and the factors."""
    asked = _asked(request, number)
    audit.write_once(actor(request), "see skin dose map", study=number)
    context: dict[str, Any] = {
        "study": asked.study,
        "kept": asked.kept,
        "here": Address(asked.study.modality, ()).path(),
        "asked": asked,
        "bodies": [
            (words, _address("skin", asked, body=kind), kind == _kind(asked))
            for kind, words in skin_words.BODY_WORDS.items()
        ],
        "alone": _address("skin", asked, sum=""),
        "together": _address("skin", asked, sum="yes"),
    }
    if asked.found is not None:
        context |= _of_map(asked, asked.found)
    return render(request, "web/skin.html", context)


@require_safe
@groups(*BROWSE)
def data(request: HttpRequest, number: int) -> HttpResponse:
    """Return the map and the body for the script that draws them."""
    asked = _asked(request, number)
    if asked.found is None:
        raise Http404(asked.kept.reason)
    return JsonResponse(skin_words.view_data(asked.found, asked.study))


@require_safe
@groups(*BROWSE)
def image(request: HttpRequest, number: int) -> HttpResponse:
    """Return a picture of the map."""
    asked = _asked(request, number)
    if asked.found is None:
        raise Http404(asked.kept.reason)
    colours = request.GET.get("colours", "")
    known = [name for name, _ in skin_words.colour_choices()]
    title = "Absorbed dose to the skin"
    if asked.sum_of:
        title += f", {plural(asked.sum_of, 'study')} together"
    drawn = picture.png(asked.found, title, colours if colours in known else known[0])
    response = HttpResponse(drawn, content_type="image/png")
    response["Content-Disposition"] = f'attachment; filename="skin-dose-{number}.png"'
    note(request, "save skin dose map", study=number)
    return response


@require_POST
@groups(*BROWSE)
def make(request: HttpRequest, number: int) -> HttpResponse:
    """Make the map now, e.g. where maps are not made as studies arrive."""
    kept, _ = skin_dose.make_now(_study(number))
    if kept.result is None:
        messages.warning(request, kept.reason)
    evaluate(_study(number))
    return redirect("skin", number=number)


def _study(number: int) -> Study:
    studies = Study.objects.select_related("system", "device")
    return get_object_or_404(studies, pk=number, modality=skin_dose.MODALITY)


def _asked(request: HttpRequest, number: int) -> Asked:
    study = _study(number)
    kept = SkinMap.objects.filter(study=study).first() or skin_dose.make_now(study)[0]
    body = request.GET.get("body", "")
    body = body if body in KINDS else ""
    found, sum_of = skin_dose.stored(kept), 0
    if found is not None and body == found.kind:
        body = ""
    wanted = bool(request.GET.get("sum")) and found is not None
    whole = skin_dose.summed(study, body) if wanted else None
    if whole is not None:
        found, sum_of = whole.map, whole.studies
    elif found is not None and body:
        found = skin_dose.on_body(study, body)
    return Asked(study, kept, found, body, sum_of, len(skin_dose.together(study)[0]) > 1)


def _kind(asked: Asked) -> str:
    return asked.found.kind if asked.found is not None else ""


def _address(view: str, asked: Asked, **changes: str) -> str:
    pairs = {"body": asked.body, "sum": "yes" if asked.sum_of else ""} | changes
    given = {name: value for name, value in pairs.items() if value}
    address = reverse(view, args=[asked.study.pk])
    return f"{address}?{urlencode(given)}" if given else address


def _of_map(asked: Asked, found: SkinDose) -> dict[str, Any]:
    return {
        "shown": skin_words.shown(found, asked.kept.state),
        "contributions": skin_words.contributions(found),
        "more": max(0, len(found.contributions) - len(skin_words.contributions(found))),
        "regions": skin_words.regions(found),
        "colours": skin_words.colour_choices(),
        "source": _address("skin-data", asked),
        "picture": _address("skin-image", asked),
        "geometry": asked.kept.method.get("geometry", {}),
    }
