"""What is seen on a picture before anybody knows what it means: glyphs, words, lines."""

from typing import NamedTuple

from kerma.records.base import Record


class Box(NamedTuple):
    """A place on a picture, in pixels."""

    x: int
    y: int
    width: int
    height: int


class Glyph(Record, frozen=True):
    """The shape of a letter, digit or sign: what is drawn, cut to its own size."""

    width: int
    height: int
    bits: bytes
    """Row after row, eight pixels a byte, the first in the highest bit (numpy.packbits).

    Where the edges are smoothed, the levels of all pixels follow, 0 … 15, two a byte; see
    `kerma.screens.shapes`.
    """


class Seen(Record, frozen=True):
    """A glyph in its place."""

    box: Box
    glyph: Glyph
    text: str = ""
    """"" if the glyph is unknown."""
    exact: bool = True
    """False if compression changed it so much that it only comes near a known glyph."""


class Word(Record, frozen=True):
    """Glyphs without a gap between them."""

    text: str
    """An unknown glyph is U+FFFD."""
    box: Box
    glyphs: tuple[Seen, ...] = ()

    @property
    def is_exact(self) -> bool:
        """Whether every glyph is a known one to the pixel."""
        return all(one.text and one.exact for one in self.glyphs)


class Line(Record, frozen=True):
    """Words on one base line, from left to right."""

    words: tuple[Word, ...]
    box: Box

    @property
    def text(self) -> str:
        """The words with single spaces between them."""
        return " ".join(word.text for word in self.words)


class Page(Record, frozen=True):
    """One picture, seen."""

    width: int
    height: int
    lines: tuple[Line, ...]
    """From top to bottom."""
    glyph_set: str = ""
    """Name of the set of glyphs it was read with."""
    letters: str = ""
    """Every single letter that set knows: where it holds no "0", an "O" may be one."""
    trouble: str = ""
    """Why it cannot be read at all, e.g. that it is turned; then there are no lines."""

    @property
    def unknown(self) -> tuple[Seen, ...]:
        """The glyphs that no set knows."""
        words = (word for line in self.lines for word in line.words)
        return tuple(one for word in words for one in word.glyphs if not one.text)
