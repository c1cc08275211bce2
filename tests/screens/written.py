"""Pages written as text: every sign is 8 pixels wide, every line 16 high, 16 are left beside it."""

import re
from collections.abc import Iterable

from kerma.screens.page import Box, Glyph, Line, Page, Seen, Word
from kerma.screens.reading import Cell, Doubt, ScanRow

_WIDTH, _HEIGHT = 8, 16
MARGIN = 16
"""Pixels beside the first column."""


def page(text: str, *, near: Iterable[str] = ()) -> Page:
    """Return a page with these lines; words in `near` have glyphs that only come near."""
    near = frozenset(near)
    lines = [_line(number, line, near) for number, line in enumerate(text.splitlines())]
    return Page(width=1024, height=1024, lines=tuple(line for line in lines if line))


def value(row: ScanRow, name: str) -> object:
    """Return a field of a row."""
    return getattr(row, name)


def cell(row: ScanRow, name: str) -> Cell:
    """Return the one cell of a field."""
    [found] = [one for one in row.cells if one.name == name]
    return found


def names(doubts: Iterable[Doubt]) -> set[str]:
    """Return which checks found something."""
    return {doubt.name for doubt in doubts}


def _line(number: int, text: str, near: frozenset[str]) -> Line | None:
    words = tuple(
        _word(match[0], match.start(), number, match[0] not in near)
        for match in re.finditer(r"\S+", text)
    )
    if not words:
        return None
    left, right = words[0].box.x, words[-1].box.x + words[-1].box.width
    return Line(words=words, box=Box(left, words[0].box.y, right - left, words[0].box.height))


def _word(text: str, column: int, line: int, exact: bool) -> Word:
    glyph = Glyph(width=1, height=1, bits=b"\x80")
    glyphs = tuple(
        Seen(
            box=Box(MARGIN + (column + place) * _WIDTH, line * _HEIGHT, _WIDTH - 1, _HEIGHT - 4),
            glyph=glyph,
            text="" if letter == "\N{REPLACEMENT CHARACTER}" else letter,
            exact=exact,
        )
        for place, letter in enumerate(text)
    )
    box = Box(MARGIN + column * _WIDTH, line * _HEIGHT, len(text) * _WIDTH - 1, _HEIGHT - 4)
    return Word(text=text, box=box, glyphs=glyphs)
