"""Sets of glyphs as files to share: JSON in which every shape is drawn with # and a point."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from kerma.errors import KermaError
from kerma.records.base import Record
from kerma.screens.glyph_set import GlyphSet
from kerma.screens.page import Glyph
from kerma.screens.shapes import FULL, glyph_of, inked, is_graded, levels

FORMAT = "Kerma glyph set 1"
_MOST = 5000
_LARGEST = 256
"""Pixels along a side of a shape."""


class BadGlyphFile(KermaError):
    """A file that holds no set of glyphs."""


class _Shape(Record, frozen=True):
    text: str
    rows: list[str]
    levels: list[str] = []
    """How far each pixel is covered, 0 … f, where the edges are smoothed."""


class _File(Record, frozen=True):
    format: str
    name: str
    manufacturer: str = ""
    model: str = ""
    software_versions: str = ""
    source: str = ""
    glyphs: list[_Shape] = []


def dump(glyph_set: GlyphSet) -> str:
    """Return a set as the text of a file."""
    made = _File(
        format=FORMAT,
        name=glyph_set.name,
        manufacturer=glyph_set.manufacturer,
        model=glyph_set.model,
        software_versions=glyph_set.software_versions,
        source=glyph_set.source,
        glyphs=[
            _Shape(text=text, rows=_drawn(glyph), levels=_graded(glyph))
            for glyph, text in sorted(
                glyph_set.texts.items(), key=lambda one: (one[1], one[0].width, one[0].bits)
            )
        ],
    )
    return msgspec.json.format(msgspec.json.encode(made), indent=1).decode() + "\n"


def load(text: str | bytes) -> GlyphSet:
    """Return the set that a file holds.

    Raises
    ------
    BadGlyphFile
        If it is no such file, or a shape in it cannot be used.
    """
    try:
        found = msgspec.json.decode(text, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadGlyphFile(f"This is no file of glyphs: {error}.") from None
    if found.format != FORMAT:
        raise BadGlyphFile(f"This is no file of glyphs: its format is not {FORMAT!r}.")
    if len(found.glyphs) > _MOST:
        raise BadGlyphFile(f"The file has {len(found.glyphs)} shapes; {_MOST} are the most.")
    texts: dict[Glyph, str] = {}
    for number, one in enumerate(found.glyphs, start=1):
        glyph = _glyph(one, number)
        if texts.setdefault(glyph, one.text) != one.text:
            raise BadGlyphFile(
                f"Shape {number} of the file stands for {texts[glyph]!r} and {one.text!r}."
            )
    return GlyphSet(
        name=found.name,
        manufacturer=found.manufacturer,
        model=found.model,
        software_versions=found.software_versions,
        source=found.source,
        texts=texts,
    )


def _drawn(glyph: Glyph) -> list[str]:
    return ["".join(".#"[int(bit)] for bit in row) for row in inked(levels(glyph))]


def _graded(glyph: Glyph) -> list[str]:
    if not is_graded(glyph):
        return []
    return ["".join(f"{level:x}" for level in row) for row in levels(glyph)]


def _glyph(one: _Shape, number: int) -> Glyph:
    drawn = _pixels(one.rows, ".#", number, "# and points") * np.uint8(FULL)
    if not drawn.any():
        raise BadGlyphFile(f"Shape {number} of the file is empty.")
    if not one.levels:
        return glyph_of(drawn)
    graded = _pixels(one.levels, "0123456789abcdef", number, "0 to f")
    if graded.shape != drawn.shape or (inked(graded) != inked(drawn)).any():
        raise BadGlyphFile(f"The levels of shape {number} of the file are not those of its rows.")
    return glyph_of(graded)


def _pixels(rows: list[str], signs: str, number: int, named: str) -> NDArray[np.uint8]:
    """Return the pixels of rows of signs, each the number of its sign."""
    widths = {len(row) for row in rows}
    if len(widths) != 1 or not 0 < max(widths) <= _LARGEST or len(rows) > _LARGEST:
        raise BadGlyphFile(f"Shape {number} of the file is no rectangle of {named}.")
    if set("".join(rows)) - set(signs):
        raise BadGlyphFile(f"Shape {number} of the file has other signs than {named}.")
    return np.array([[signs.index(sign) for sign in row] for row in rows], np.uint8)
