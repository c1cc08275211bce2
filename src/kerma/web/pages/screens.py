"""Dose screens that wait for a person, those stored and those put away; and their pictures."""

from collections.abc import Mapping
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from kerma.errors import KermaError
from kerma.screens.reading import Reading, Scanner
from kerma.store import audit, screens
from kerma.store.models import ScreenPicture, ScreenStudy, Study
from kerma.web.access import BROWSE, groups, may
from kerma.web.actor import actor
from kerma.web.configuration import SIZES
from kerma.web.formats import plural
from kerma.web.tables import Head

State = ScreenStudy.State

READERS = SIZES
"""Groups that teach letters and review tables; what names a patient is for `pid` alone."""

_ON_A_PAGE = 50
_ORDERS = {
    "scanner": ("manufacturer", "model", "software_versions", "pk"),
    "date": ("study_date", "pk"),
    "changed": ("changed_at", "pk"),
}
_LOOKS = {
    State.GLYPHS: ("warn", "warn"),
    State.REVIEW: ("warn", "warn"),
    State.STORED: ("ok", "ok"),
    State.REJECTED: ("", "close"),
}
"""State -> colour and icon."""


class Share(NamedTuple):
    """How many studies are in a state, or in all that wait."""

    label: str
    number: int
    address: str
    is_chosen: bool


class Line(NamedTuple):
    """One study of the queue."""

    study: ScreenStudy
    address: str
    why: str
    css: str
    icon: str
    stored: int | None
    """Number of the study in the lists, None where it is not there."""


@require_safe
@groups(*READERS)
def queue(request: HttpRequest) -> HttpResponse:
    """List the dose screens by what they wait for."""
    asked = {name: request.GET.get(name, "").strip() for name in ("state", "q", "order")}
    met = _met(asked["q"])
    chosen = met.filter(state__in=_states(asked["state"]))
    page = Paginator(_ordered(chosen, asked["order"]), _ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "given": urlencode({name: text for name, text in asked.items() if text}),
        "page": page,
        "lines": _lines(page),
        "shares": _shares(met, asked),
        "heads": _heads(asked),
        "trainers": _trainers(met) if asked["state"] in ("", State.GLYPHS) else [],
        "is_new": not ScreenStudy.objects.exists(),
    }
    return render(request, "web/screens.html", context)


@require_safe
@groups(*BROWSE, *READERS)
def picture(request: HttpRequest, number: int) -> HttpResponse:
    """Return one picture; one that may name the patient only to people who may see names."""
    found = get_object_or_404(ScreenPicture.objects.select_related("study"), pk=number)
    if not screens.is_blanked(found):
        if not may(request.user, "pid"):
            raise PermissionDenied("pid")
        audit.write_once(actor(request), "see dose screen with names", screens=found.study_id)
    try:
        drawn = screens.png(found)
    except KermaError as error:
        raise Http404(str(error)) from None
    response = HttpResponse(drawn, content_type="image/png")
    response["Cache-Control"] = "private, no-store"
    return response


def sees(request: HttpRequest, found: ScreenPicture) -> bool:
    """Return whether this person may see a picture, as far as it is kept."""
    return bool(found.sealed_picture) and (may(request.user, "pid") or screens.is_blanked(found))


def scanner_words(scanner: Scanner) -> str:
    """Return a scanner in a line."""
    words = " ".join(filter(None, (scanner.manufacturer, scanner.model)))
    software = f", software {scanner.software_versions}" if scanner.software_versions else ""
    return f"{words or 'Unnamed scanner'}{software}"


def scanner_query(scanner: Scanner) -> str:
    """Return a scanner as it stands in an address."""
    return urlencode({name: getattr(scanner, name) for name in SCANNER if getattr(scanner, name)})


SCANNER = ("manufacturer", "model", "software_versions")
"""What tells the screens of one scanner from those of others."""


def scanner_asked(given: Mapping[str, str]) -> Scanner:
    """Return the scanner of an address."""
    return Scanner(**{name: given.get(name, "") for name in SCANNER})


def trainer_address(scanner: Scanner) -> str:
    """Return where the letters of a scanner are taught."""
    return f"{reverse('screen-trainer')}?{scanner_query(scanner)}"


def why(state: str, reading: Reading) -> str:
    """Return in a line why a study waits, "" where it does not."""
    if state == State.GLYPHS:
        return reading.trouble or plural(
            len({one.glyph for _, one in reading.unknown}), "unknown glyph"
        )
    if state != State.REVIEW:
        return ""
    sentences = [one.sentence for one in reading.doubts] or [reading.trouble]
    more = f" And {plural(len(sentences) - 1, 'doubt')} more." if len(sentences) > 1 else ""
    return f"{sentences[0]}{more}"


def _states(asked: str) -> tuple[str, ...]:
    return (asked,) if asked in State.values else screens.WAITING


def _met(words: str) -> "QuerySet[ScreenStudy]":
    found = ScreenStudy.objects.all()
    for word in words.split():
        found = found.filter(
            Q(manufacturer__icontains=word)
            | Q(model__icontains=word)
            | Q(station_name__icontains=word)
            | Q(software_versions__icontains=word)
            | Q(layout__icontains=word)
            | Q(study_instance_uid=word)
        )
    return found


def _ordered(found: "QuerySet[ScreenStudy]", order: str) -> "QuerySet[ScreenStudy]":
    names = _ORDERS.get(order.removeprefix("-"))
    if names is None:
        return found.order_by("-changed_at", "-pk")
    return found.order_by(*(f"-{name}" if order.startswith("-") else name for name in names))


def _heads(asked: dict[str, str]) -> dict[str, Head]:
    """Return the heads that order; a click on the one that does turns it round."""
    named = (("scanner", "Scanner", ""), ("date", "Study of", "num"), ("changed", "Changed", "num"))
    heads = {}
    order = asked["order"] or "-changed"
    for name, heading, css in named:
        first, other = (f"-{name}", name) if css else (name, f"-{name}")
        wanted = other if order == first else first
        sorting = "" if order.removeprefix("-") != name else (
            "descending" if order.startswith("-") else "ascending")  # fmt: skip
        given = {"state": asked["state"], "q": asked["q"], "order": wanted}
        address = "?" + urlencode({key: text for key, text in given.items() if text})
        heads[name] = Head(heading, "", css, address, sorting)
    return heads


def _shares(met: "QuerySet[ScreenStudy]", asked: dict[str, str]) -> list[Share]:
    numbers = {
        row["state"]: row["number"] for row in met.values("state").annotate(number=Count("pk"))
    }
    kept = {name: asked[name] for name in ("q", "order") if asked[name]}
    both = sum(numbers.get(state, 0) for state in screens.WAITING)
    shares = [Share("Waiting", both, f"?{urlencode(kept)}", asked["state"] not in State.values)]
    for state in State:
        address = f"?{urlencode({'state': state.value, **kept})}"
        number, is_chosen = numbers.get(state, 0), asked["state"] == state
        shares.append(Share(str(state.label), number, address, is_chosen))
    return shares


def _trainers(met: "QuerySet[ScreenStudy]") -> list[tuple[str, str, int]]:
    """Return the scanners that have letters to be taught, where, and how many studies wait."""
    rows = met.filter(state=State.GLYPHS).values(*SCANNER).annotate(number=Count("pk"))
    found = [(scanner_asked(row), row["number"]) for row in rows.order_by("-number", *SCANNER)]
    return [(scanner_words(one), trainer_address(one), number) for one, number in found]


def _lines(page: "Page[ScreenStudy]") -> list[Line]:
    uids = [one.study_instance_uid for one in page.object_list]
    rows = Study.objects.filter(study_instance_uid__in=uids)
    stored = dict(rows.values_list("study_instance_uid", "pk"))
    return [_line(one, stored.get(one.study_instance_uid)) for one in page.object_list]


def _line(study: ScreenStudy, stored: int | None) -> Line:
    reading = screens.reading_of(study)
    css, icon = _LOOKS[State(study.state)]
    return Line(study, address_of(study), why(study.state, reading), css, icon, stored)


def address_of(study: ScreenStudy) -> str:
    """Return where a person does what dose screens wait for."""
    if study.state == State.GLYPHS:
        return trainer_address(screens.scanner_of(study))
    return reverse("screen-review", args=[study.pk])
