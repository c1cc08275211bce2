"""The studies of a scanner that wait for letters in, unknown glyphs and what is like them out."""

import hashlib
from collections import defaultdict
from typing import NamedTuple

import numpy as np
from django.db.models import Count, QuerySet
from numpy.typing import NDArray

from kerma.screens.page import Box, Glyph
from kerma.screens.reading import Scanner
from kerma.screens.shapes import ink
from kerma.store import glyph_sets, screens
from kerma.store.models import GlyphSet, ScreenPicture, ScreenStudy

_STUDIES = 40
"""Studies that are looked through for each letter; all others follow when these are read."""
_ALIKE = 0.35
"""Greatest share of ink in which two shapes differ that people may take for one another."""
_FEW = 4


class Unknown(NamedTuple):
    """A glyph that nobody has named yet."""

    key: str
    glyph: Glyph
    times: int
    studies: int
    study: int
    """The first study it was seen in, with the page and place there."""
    page: int
    box: Box


class Alike(NamedTuple):
    """A known glyph that looks much like an unknown one."""

    glyph: Glyph
    text: str
    difference: float
    """Share of the ink in which they differ."""


class Offer(NamedTuple):
    """The glyphs of another scanner that explain all that is unknown here."""

    glyph_set: GlyphSet
    glyphs: int


def key_of(glyph: Glyph) -> str:
    """Return a short name of a shape, for addresses."""
    whole = f"{glyph.width}x{glyph.height}".encode() + glyph.bits
    return hashlib.sha256(whole).hexdigest()[:16]


def waiting_for(scanner: Scanner) -> "QuerySet[ScreenStudy]":
    """Return the studies of a scanner that wait for letters, oldest first."""
    return ScreenStudy.objects.filter(
        state=ScreenStudy.State.GLYPHS,
        manufacturer=scanner.manufacturer,
        model=scanner.model,
        software_versions=scanner.software_versions,
    ).order_by("pk")


def unknown_of(studies: "QuerySet[ScreenStudy]", known: dict[Glyph, str]) -> list[Unknown]:
    """Return what is unknown and not named since, most frequent first.

    Those as frequent follow in no order of their places, which would spell names.
    """
    times: dict[Glyph, int] = defaultdict(int)
    seen_in: dict[Glyph, set[int]] = defaultdict(set)
    first: dict[Glyph, tuple[int, int, Box]] = {}
    for study in studies[:_STUDIES]:
        for page, seen in screens.reading_of(study).unknown:
            if seen.glyph not in known:
                times[seen.glyph] += 1
                seen_in[seen.glyph].add(study.pk)
                first.setdefault(seen.glyph, (study.pk, page, seen.box))
    ordered = sorted(times, key=lambda glyph: (-times[glyph], key_of(glyph)))
    return [
        Unknown(key_of(one), one, times[one], len(seen_in[one]), *first[one]) for one in ordered
    ]


def proposals(studies: "QuerySet[ScreenStudy]") -> dict[Glyph, str]:
    """Return what the second opinion takes unknown glyphs for; nobody has confirmed it."""
    found: dict[Glyph, str] = {}
    for study in studies[:_STUDIES]:
        second = screens.second_of(study)
        for _, seen in second.unknown if second else ():
            if seen.text:
                found.setdefault(seen.glyph, seen.text)
    return found


def picture_of(unknown: Unknown) -> ScreenPicture | None:
    """Return the picture that a glyph was first seen on."""
    pictures = ScreenPicture.objects.select_related("study")
    return pictures.filter(study=unknown.study, number=unknown.page).first()


def alike(glyph: Glyph, known: dict[Glyph, str]) -> list[Alike]:
    """Return the known glyphs that look much like one, the most alike first; one for a text."""
    found: dict[str, Alike] = {}
    for other, text in known.items():
        difference = _difference(glyph, other)
        if difference <= _ALIKE and (text not in found or difference < found[text].difference):
            found[text] = Alike(other, text, difference)
    return sorted(found.values(), key=lambda one: one.difference)[:_FEW]


def _difference(one: Glyph, other: Glyph) -> float:
    """Return the share of the ink of two shapes that differs, 1 where the sizes do."""
    if abs(one.width - other.width) > 1 or abs(one.height - other.height) > 1:
        return 1.0
    height, width = max(one.height, other.height), max(one.width, other.width)
    first, second = (_grown(ink(shape), height, width) for shape in (one, other))
    both = int(first.sum() + second.sum())
    return float((first ^ second).sum()) / both if both else 0.0


def _grown(shape: NDArray[np.bool_], height: int, width: int) -> NDArray[np.bool_]:
    rows, columns = shape.shape
    return np.pad(shape, ((height - rows, 0), (0, width - columns)))


def offers(unknown: list[Unknown], scanner: Scanner) -> list[Offer]:
    """Return the sets of other scanners that know every one of the unknown glyphs."""
    wholly = glyph_sets.all_known((one.glyph for one in unknown), glyph_sets.own_set(scanner))
    found = GlyphSet.objects.filter(pk__in=wholly).annotate(number=Count("glyphs"))
    return [Offer(one, one.number) for one in found.order_by("-made_at")[:_FEW]]
