"""The glyph sets of scanners: looked at, corrected, saved to a file, taken from one."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from kerma.errors import KermaError
from kerma.pipeline.screens import acts
from kerma.screens import glyph_file
from kerma.screens.glyph_set import GlyphSet as Shapes
from kerma.screens.page import Glyph
from kerma.screens.reading import Scanner
from kerma.store import glyph_sets as store
from kerma.store.models import GlyphSet, KnownGlyph, ScreenStudy
from kerma.store.screens import WAITING
from kerma.web import screen_drawing as drawing
from kerma.web.access import groups
from kerma.web.actor import actor, note
from kerma.web.formats import plural
from kerma.web.pages.screens import READERS, SCANNER, scanner_words, trainer_address

_MOST_BYTES = 2_000_000
"""Of a file of glyphs; some hundred shapes are a tenth of that."""


class NotUsable(KermaError):
    """A file cannot be imported."""


class Shown(NamedTuple):
    """One glyph of a set."""

    glyph: KnownGlyph
    drawn: SafeString


class Conflict(NamedTuple):
    """A shape that a file and the set here name differently."""

    drawn: SafeString
    here: str
    there: str


class Preview(NamedTuple):
    """What importing a file would do."""

    scanner: str
    source: str
    new: list[tuple[SafeString, str]]
    same: int
    conflicts: list[Conflict]
    is_new_set: bool


@require_safe
@groups(*READERS)
def glyph_sets(request: HttpRequest) -> HttpResponse:
    """List the sets."""
    found = GlyphSet.objects.annotate(number=Count("glyphs"), latest=Max("glyphs__typed_at"))
    rows = found.order_by("manufacturer", "model", "software_versions")
    return render(request, "web/glyph_sets.html", {"sets": rows, "within": "screens"})


@require_safe
@groups(*READERS)
def glyph_set(request: HttpRequest, number: int) -> HttpResponse:
    """Show every glyph of a set."""
    found = get_object_or_404(GlyphSet, pk=number)
    glyphs = found.glyphs.select_related("typed_by").order_by("text", "height", "width", "pk")
    scanner = store.scanner_of_set(found)
    of_scanner = ScreenStudy.objects.filter(**{name: getattr(found, name) for name in SCANNER})
    context = {
        "set": found,
        "title": scanner_words(scanner),
        "glyphs": [Shown(one, _drawn(store.shape_of(one), one.text)) for one in glyphs],
        "waiting": of_scanner.filter(state__in=WAITING).count(),
        "stored": of_scanner.filter(state=ScreenStudy.State.STORED).count(),
        "trainer": trainer_address(scanner),
        "within": "screens",
    }
    return render(request, "web/glyph_set.html", context)


@require_POST
@groups(*READERS)
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Keep the texts that were changed, delete the glyphs that were ticked, or the whole set."""
    found = get_object_or_404(GlyphSet, pk=number)
    if request.POST.get("do") == "delete-set":
        if request.POST.get("sure") != "yes":
            return render(request, "web/glyph_set_sure.html", _sure(found))
        store.delete_set(found, actor(request))
        messages.success(request, "The glyph set is deleted. What was read with it stays stored.")
        return redirect("glyph-sets")
    try:
        changed, deleted = _change(request, found)
        if changed or deleted:
            acts.read_again(store.scanner_of_set(found), actor(request), and_stored=True)
    except KermaError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _words(changed, deleted))
    return redirect("glyph-set", number=number)


@require_safe
@groups(*READERS)
def export(request: HttpRequest, number: int) -> HttpResponse:
    """Save a set to a file that other sites can import."""
    found = get_object_or_404(GlyphSet, pk=number)
    response = HttpResponse(
        glyph_file.dump(store.record_of(found)), content_type="application/json"
    )
    name = f"glyphs-{slugify(str(found)) or number}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    note(request, "export glyph set", glyph_set=str(found))
    return response


@require_POST
@groups(*READERS)
def take(request: HttpRequest) -> HttpResponse:
    """Show what a file would change; import it once that was seen."""
    try:
        text = _text(request)
        shapes = glyph_file.load(text)
        if request.POST.get("sure") == "yes":
            replace = request.POST.get("replace") == "yes"
            made = store.import_set(shapes, actor(request), replace=replace)
            acts.read_again(store.scanner_of_set(made), actor(request), and_stored=replace)
            messages.success(
                request, f"{plural(made.glyphs.count(), 'glyph')} are known of {made}."
            )
            return redirect("glyph-set", number=made.pk)
    except KermaError as error:
        messages.error(request, str(error))
        return redirect("glyph-sets")
    context = {"preview": _preview(shapes), "text": text, "within": "screens"}
    return render(request, "web/glyph_set_import.html", context)


def _text(request: HttpRequest) -> str:
    given = request.FILES.get("file")
    if given is None:
        if "text" in request.POST:
            return request.POST["text"]
        raise NotUsable("Choose a file of glyphs first.")
    if (given.size or 0) > _MOST_BYTES:
        raise NotUsable(
            f"The file has {given.size} bytes; a file of glyphs has at most {_MOST_BYTES}."
        )
    try:
        return str(given.read().decode())
    except UnicodeDecodeError:
        raise NotUsable(
            "This is no file of glyphs: it is not text. Choose one that Kerma exported."
        ) from None


def _change(request: HttpRequest, found: GlyphSet) -> tuple[int, int]:
    changed = deleted = 0
    for one in found.glyphs.order_by("pk"):
        text = request.POST.get(f"text-{one.pk}")
        if request.POST.get(f"delete-{one.pk}"):
            store.delete_glyph(one, actor(request))
            deleted += 1
        elif text is not None and text.strip() != one.text:
            store.change_glyph(one, text.strip(), actor(request))
            changed += 1
    return changed, deleted


def _words(changed: int, deleted: int) -> str:
    if not changed and not deleted:
        return "Nothing was changed."
    return (
        f"{plural(changed, 'glyph')} changed, {deleted} deleted. "
        "The studies of this scanner are read again: those that wait anew; those stored wait for "
        "a person if they read otherwise now, and stay as they are until then."
    )


def _drawn(shape: Glyph, text: str) -> SafeString:
    label = f"Shape of {text}" if text else "Shape that is no letter"
    return drawing.glyph(shape, label, max(2, min(4, 120 // max(shape.width, 1))))


def _sure(found: GlyphSet) -> dict[str, Any]:
    return {"set": found, "number": found.glyphs.count(), "within": "screens",
            "back": reverse("glyph-set", args=[found.pk])}  # fmt: skip


def _preview(shapes: Shapes) -> Preview:
    scanner = Scanner(**{name: getattr(shapes, name) for name in SCANNER})
    own = store.own_set(scanner)
    here = store.record_of(own).texts if own else {}
    return Preview(
        scanner_words(scanner),
        shapes.source,
        [(_drawn(g, text), text) for g, text in shapes.texts.items() if g not in here],
        sum(here.get(glyph) == text for glyph, text in shapes.texts.items()),
        [
            Conflict(_drawn(g, text), here[g], text)
            for g, text in shapes.texts.items()
            if g in here and here[g] != text
        ],
        own is None,
    )
