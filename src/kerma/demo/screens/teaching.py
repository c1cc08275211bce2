"""Who knows what is written on drawn screens: the glyphs a person would have typed, without one."""

from collections.abc import Iterable

from kerma.demo.screens.drawing import Letter, Screen
from kerma.screens.glyph_set import GlyphSet
from kerma.screens.page import Box, Glyph
from kerma.screens.picture import Picture
from kerma.screens.reading import Scanner
from kerma.screens.recognise import shapes


def typed(screens: Iterable[Screen], scanner: Scanner, source: str) -> GlyphSet:
    """Return the glyphs of a scanner; a shape that stands for two letters is the first of them."""
    texts: dict[Glyph, str] = {}
    for screen in screens:
        for seen in shapes(Picture(screen.gray)):
            texts.setdefault(seen.glyph, _text(seen.box, screen.letters))
    return GlyphSet(
        name=f"{scanner.manufacturer} {scanner.model} {scanner.software_versions}".strip(),
        manufacturer=scanner.manufacturer,
        model=scanner.model,
        software_versions=scanner.software_versions,
        texts=texts,
        source=source,
    )


def _text(box: Box, letters: Iterable[Letter]) -> str:
    """Return the letters of which most lies within the shape, from left to right."""
    inside = sorted((one for one in letters if _is_in(one.box, box)), key=lambda one: one.box.x)
    return "".join(one.text for one in inside)


def _is_in(box: Box, outer: Box) -> bool:
    x, y = box.x + box.width / 2, box.y + box.height / 2
    return outer.x <= x <= outer.x + outer.width and outer.y <= y <= outer.y + outer.height
