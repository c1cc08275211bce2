"""The letters of a scanner's dose screens, taught by a person: each unknown shape once."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from kerma.errors import KermaError
from kerma.pipeline.screens import acts
from kerma.screens.page import Glyph
from kerma.screens.reading import Scanner
from kerma.store import glyph_sets, screens
from kerma.store.models import GlyphSet, KnownGlyph, ScreenStudy, Task
from kerma.web import screen_drawing as drawing
from kerma.web.access import groups
from kerma.web.actor import actor
from kerma.web.formats import plural
from kerma.web.pages.screens import (
    READERS,
    SCANNER,
    scanner_asked,
    scanner_words,
    sees,
    trainer_address,
)
from kerma.web.screen_drawing import Mark
from kerma.web.screen_letters import (
    Unknown,
    alike,
    offers,
    picture_of,
    proposals,
    unknown_of,
    waiting_for,
)

_SHOWN = 150
"""Shapes in the strip."""
_LATEST = 8
_SCALE = 3.0


class NothingTyped(KermaError):
    """A glyph was sent without a text."""


@require_safe
@groups(*READERS)
def trainer(request: HttpRequest) -> HttpResponse:
    """Show one unknown glyph in its place, or what became of the studies once none is left."""
    context = _context(request, scanner_asked(request.GET), request.GET.get("glyph", ""))
    return _shown(request, context)


@require_POST
@groups(*READERS)
def teach(request: HttpRequest) -> HttpResponse:
    """Keep what was typed for a glyph, or take the last back; go on with the next."""
    scanner = scanner_asked(request.POST)
    try:
        chosen = _done(request, scanner)
    except KermaError as error:
        return _shown(request, _again(request, scanner, str(error)))
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(f"{trainer_address(scanner)}{f'&glyph={chosen}' if chosen else ''}")
    return _shown(request, _context(request, scanner, chosen))


@require_POST
@groups(*READERS)
def adopt(request: HttpRequest) -> HttpResponse:
    """Give this scanner the glyphs of another, and read what waits."""
    scanner = scanner_asked(request.POST)
    given = request.POST.get("glyph_set", "")
    other = get_object_or_404(GlyphSet, pk=int(given) if given.isdecimal() else 0)
    try:
        glyph_sets.adopt(other, scanner, actor(request))
        acts.read_again(scanner, actor(request))
    except KermaError as error:
        messages.error(request, str(error))
    return redirect(trainer_address(scanner))


def _done(request: HttpRequest, scanner: Scanner) -> str:
    """Do what was asked; return the glyph to show next, "" for the most frequent."""
    do = request.POST.get("do", "")
    if do == "undo":
        return _undone(request, scanner)
    unknown = _unknown(scanner)
    if do == "read" and not unknown:
        acts.read_again(scanner, actor(request))
        return ""
    asked = next((one for one in unknown if one.key == request.POST.get("glyph")), None)
    if asked is None:  # somebody else has named it meanwhile
        return ""
    text = "" if do == "nothing" else request.POST.get("text", "").strip()
    if do != "nothing" and not text:
        raise NothingTyped("Type the letter, digit or sign that you see; or say that it is none.")
    glyph_sets.name_glyph(asked.glyph, text, scanner, actor(request))
    if len(unknown) == 1:
        acts.read_again(scanner, actor(request))
    return ""


def _undone(request: HttpRequest, scanner: Scanner) -> str:
    last = _typed_by(request, scanner)
    if last is None:
        return ""
    shape = glyph_sets.shape_of(last)
    glyph_sets.unname_glyph(shape, scanner, actor(request))
    if screens.read_with(scanner).filter(changed_at__gte=last.typed_at).exists():
        acts.read_again(scanner, actor(request), and_stored=True)
    return next((one.key for one in _unknown(scanner) if one.glyph == shape), "")


def _typed_by(request: HttpRequest, scanner: Scanner) -> KnownGlyph | None:
    """Return what this person typed last for the scanner."""
    own = glyph_sets.own_set(scanner)
    if own is None:
        return None
    return own.glyphs.filter(typed_by=actor(request).pk).order_by("-typed_at", "-pk").first()


def _known(scanner: Scanner) -> dict[Glyph, str]:
    """Return what the scanner's own set says."""
    own = glyph_sets.own_set(scanner)
    return dict(glyph_sets.record_of(own).texts) if own else {}


def _unknown(scanner: Scanner) -> list[Unknown]:
    return unknown_of(waiting_for(scanner), _known(scanner))


def _again(request: HttpRequest, scanner: Scanner, sentence: str) -> dict[str, Any]:
    """Return the same glyph with why its text cannot be kept."""
    typed = {"error": sentence, "text": request.POST.get("text", "")}
    return _context(request, scanner, request.POST.get("glyph", "")) | typed


def _shown(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    is_part = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    name = "web/screen_trainer_part.html" if is_part else "web/screen_trainer.html"
    return render(request, name, context)


def _context(request: HttpRequest, scanner: Scanner, chosen: str) -> dict[str, Any]:
    studies, known = waiting_for(scanner), _known(scanner)
    unknown = unknown_of(studies, known)
    at = next((n for n, one in enumerate(unknown) if one.key == chosen), 0)
    context: dict[str, Any] = {
        "title": scanner_words(scanner),
        "scanner": [(name, getattr(scanner, name)) for name in SCANNER],
        "address": trainer_address(scanner),
        "known": len(known),
        "left": len(unknown),
        "waiting": studies.count(),
        "within": "screens",
        "last": _typed_by(request, scanner),
        "own_set": glyph_sets.own_set(scanner),
    }
    if unknown:
        context["proposal"] = proposals(studies).get(unknown[at].glyph, "")
        return context | _of_glyph(request, unknown, at, known, scanner)
    return context | _outcome(scanner)


def _of_glyph(
    request: HttpRequest, unknown: list[Unknown], at: int, known: dict[Glyph, str], scanner: Scanner
) -> dict[str, Any]:
    one = unknown[at]
    likes = [(drawing.glyph(a.glyph, a.text, 4), a.text) for a in alike(one.glyph, known)]
    return {
        "one": one,
        "shape": drawing.glyph(one.glyph, "The unknown shape", _pixel(one.glyph)),
        "place": _place(request, one),
        "alike": likes,
        "strip": [
            (drawing.glyph(other.glyph, plural(other.times, "time"), 2), other)
            for other in unknown[:_SHOWN]
        ],
        "hidden": max(0, len(unknown) - _SHOWN),
        "skip": unknown[(at + 1) % len(unknown)].key if len(unknown) > 1 else "",
        "offers": offers(unknown, scanner),
    }


def _pixel(glyph: Glyph) -> int:
    """Return how large a pixel of a glyph is drawn: shapes come out alike, long ones fit."""
    return max(2, min(12, 160 // max(glyph.height, 1), 480 // max(glyph.width, 1)))


def _place(request: HttpRequest, one: Unknown) -> Any:
    """Return the glyph's surroundings on the picture; None where this person may not see them."""
    picture = picture_of(one)
    if picture is None or not sees(request, picture):
        return None
    view = drawing.around(one.box, picture, max(90, 4 * one.box.width), max(14, one.box.height))
    return drawing.part(
        picture, view, [Mark(one.box, css="lit")], "Its place on the screen", _SCALE
    )


def _outcome(scanner: Scanner) -> dict[str, Any]:
    """Return what became of the scanner's studies, and whether they are being read."""
    of_scanner = ScreenStudy.objects.filter(**{name: getattr(scanner, name) for name in SCANNER})
    numbers = dict(
        of_scanner.values_list("state").annotate(number=Count("pk")).values_list("state", "number")
    )
    active = Task.objects.filter(job=acts.JOB, state__in=(Task.State.QUEUED, Task.State.RUNNING))
    return {
        "numbers": [(s.label, numbers.get(s, 0), s.value) for s in ScreenStudy.State],
        "is_reading": active.exists(),
        "latest": of_scanner.order_by("-changed_at")[:_LATEST],
    }
