"""What the trainer is asked, and the set with what it answered."""

from collections.abc import Mapping

from msgspec.structs import replace

from kerma.errors import KermaError
from kerma.records.base import Record
from kerma.screens.glyph_set import GlyphSet
from kerma.screens.page import Glyph, Seen
from kerma.screens.reading import Reading

_LONGEST = 20
"""Letters that may touch one another in one shape."""


class GlyphConflict(KermaError):
    """A shape is known as another text."""


class Unknown(Record, frozen=True):
    """A shape to be named."""

    glyph: Glyph
    times: int
    page: int
    """The first picture it is on, from 0."""
    seen: Seen
    """Its first place there."""


def unknown_glyphs(reading: Reading) -> tuple[Unknown, ...]:
    """Return the shapes that must be named, the most frequent first."""
    times: dict[Glyph, int] = {}
    first: dict[Glyph, tuple[int, Seen]] = {}
    for page, one in reading.unknown:
        times[one.glyph] = times.get(one.glyph, 0) + 1
        first.setdefault(one.glyph, (page, one))
    found = (
        Unknown(glyph=glyph, times=number, page=first[glyph][0], seen=first[glyph][1])
        for glyph, number in times.items()
    )
    return tuple(sorted(found, key=lambda one: (-one.times, one.page, one.seen.box[1])))


def with_glyph(known: GlyphSet, glyph: Glyph, text: str) -> GlyphSet:
    """Return the set with one more shape; "" says that it is no letter.

    Raises
    ------
    GlyphConflict
        If the shape stands for another text there.
    """
    text = text.strip()
    if len(text) > _LONGEST or "\ufffd" in text or not text.isprintable():
        raise GlyphConflict(f"Up to {_LONGEST} letters, digits or signs can be given to a shape.")
    before = known.texts.get(glyph)
    if before is not None and before != text:
        raise GlyphConflict(
            f"This shape is known as {before!r} already; delete that first if it is wrong."
        )
    return replace(known, texts={**known.texts, glyph: text})


def without_glyph(known: GlyphSet, glyph: Glyph) -> GlyphSet:
    """Return the set without a shape."""
    return replace(known, texts=_without(known.texts, glyph))


def _without(texts: Mapping[Glyph, str], glyph: Glyph) -> dict[Glyph, str]:
    return {each: text for each, text in texts.items() if each != glyph}
