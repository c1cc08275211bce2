"""A picture and the glyphs of its scanner in, lines of words out."""

from collections.abc import Sequence
from typing import NamedTuple

from kerma.screens.binarise import inked
from kerma.screens.components import Piece, Pieces, levels, pieces
from kerma.screens.gain import adjusted
from kerma.screens.gaps import Spacing, Spelled, spacing, words
from kerma.screens.glyph_set import GlyphSet
from kerma.screens.lines import Row, rows
from kerma.screens.match import Matcher, matcher_of
from kerma.screens.mend import Cases, Letter, mended
from kerma.screens.page import Box, Line, Page, Seen, Word
from kerma.screens.picture import Picture
from kerma.screens.place import by_place
from kerma.screens.shapes import Levels, glyph_of
from kerma.screens.split import split
from kerma.screens.turned import turned

_LARGEST = 4096
"""Pixels along a side; screens are smaller."""
_SAME_PLACE = 1
"""Pixels by which a line may seem larger or smaller with another threshold."""
_STRANGE = 0.4
"""Share of unknown shapes from which on it is asked whether the picture is turned."""


def recognise(picture: Picture, glyphs: Sequence[GlyphSet]) -> Page:
    """Return what is written on a picture; a shape that no set knows is U+FFFD.

    Parameters
    ----------
    glyphs
        Best first: where two differ, the first counts.
    """
    height, width = picture.gray.shape
    if max(height, width) > _LARGEST:
        return _unread(picture, f"The picture is {width} × {height} pixels large, no screen is.")
    drawn = inked(picture.gray, picture.is_lossy)
    whole = pieces(drawn)
    if whole.is_too_much:
        return _unread(picture, "The picture is no screen of text: it has too many small shapes.")
    matcher = matcher_of(glyphs)
    other, whole = whole, adjusted(drawn, whole, matcher)
    lines, first = _lines(whole, matcher)
    if other is not whole and any(map(_unknown, lines)):
        others = _again(other._replace(gain=whole.gain), matcher, lines, first)
        lines = _better(lines, others)
    page = Page(
        width=width,
        height=height,
        lines=lines,
        glyph_set=glyphs[0].name if glyphs else "",
        letters=matcher.letters,
    )
    trouble = _turned(page, whole, matcher)
    return _unread(picture, trouble) if trouble else page


def shapes(picture: Picture) -> tuple[Seen, ...]:
    """Return every shape on a picture in its place, none of them known."""
    return recognise(picture, ()).unknown


def unknown_share(page: Page) -> float:
    """Return which part of the shapes on a page no set knows."""
    count = sum(len(word.glyphs) for line in page.lines for word in line.words)
    return len(page.unknown) / count if count else 0.0


def _unread(picture: Picture, trouble: str) -> Page:
    height, width = picture.gray.shape
    return Page(width=width, height=height, lines=(), trouble=trouble)


class _First(NamedTuple):
    """What the first reading of a page tells the second one, which looks at some lines only."""

    cases: Cases | None
    """None where nothing is to be mended: without compression, or in another font."""
    parted: Spacing


def _lines(whole: Pieces, matcher: Matcher) -> tuple[tuple[Line, ...], _First]:
    """Return the lines of a page."""
    found = _letters_of(rows(whole), whole, matcher)
    cases = None
    if whole.is_lossy and not _is_another_font(found):
        cases = Cases(found, matcher, whole.text_height)
    spelled = _spelled(whole, found, cases)
    parted = spacing(spelled)
    return _parted(spelled, parted), _First(cases, parted)


def _again(
    whole: Pieces, matcher: Matcher, lines: Sequence[Line], first: _First
) -> tuple[Line, ...]:
    """Return the lines of a page, read with another threshold, where some of them is unknown."""
    unknown = [line.box for line in lines if _unknown(line)]
    near = [
        row
        for row in rows(whole)
        if any(_overlap(one.box, box) for one in row.letters for box in unknown)
    ]
    spelled = _spelled(whole, _letters_of(near, whole, matcher), first.cases)
    return _parted(spelled, first.parted)


def _letters_of(
    found: Sequence[Row], whole: Pieces, matcher: Matcher
) -> list[tuple[Row, list[Letter]]]:
    return [
        (row, [Letter(piece, _seen(piece, row, whole, matcher)) for piece in row.letters])
        for row in found
    ]


def _spelled(
    whole: Pieces, found: Sequence[tuple[Row, list[Letter]]], cases: Cases | None
) -> list[Spelled]:
    if cases is not None:
        read = mended(whole, found, cases)
    else:
        read = [[one for letter in letters for one in letter.seen] for _, letters in found]
    return [Spelled(seen, row.height) for seen, (row, _) in zip(read, found, strict=True)]


def _parted(spelled: Sequence[Spelled], parted: Spacing) -> tuple[Line, ...]:
    return tuple(_line(words(line, parted)) for line in spelled if line.letters)


def _is_another_font(found: Sequence[tuple[Row, list[Letter]]]) -> bool:
    """Whether so much is unknown that nothing will be taken for read."""
    seen = [one for _, letters in found for letter in letters for one in letter.seen]
    return sum(not one.text for one in seen) >= _STRANGE * len(seen)


def _better(lines: Sequence[Line], others: Sequence[Line]) -> tuple[Line, ...]:
    """Return the lines, each from the reading that knows more of it, where both saw the same ink.

    Compression joins letters and breaks thin ones; no one threshold mends both.
    """
    return tuple(
        min([line, *(one for one in others if _is_same(line, one))], key=_unknown)
        if _unknown(line)
        else line
        for line in lines
    )


def _letters(line: Line) -> list[Seen]:
    return [seen for word in line.words for seen in word.glyphs]


def _unknown(line: Line) -> int:
    return sum(not seen.text for seen in _letters(line))


def _is_same(line: Line, other: Line) -> bool:
    """Whether two lines are in one place, and nothing seen in the first is missing in the other."""
    sides = zip(_sides(line.box), _sides(other.box), strict=True)
    return all(abs(one - another) <= _SAME_PLACE for one, another in sides) and all(
        any(_overlap(seen.box, one.box) for one in _letters(other)) for seen in _letters(line)
    )


def _overlap(box: Box, other: Box) -> bool:
    left, top, right, bottom = _sides(box)
    x, y, end, under = _sides(other)
    return max(left, x) < min(right, end) and max(top, y) < min(bottom, under)


def _sides(box: Box) -> tuple[int, int, int, int]:
    return box.x, box.y, box.x + box.width, box.y + box.height


def _line(put: Sequence[Word]) -> Line:
    left = put[0].box.x
    right = max(word.box.x + word.box.width for word in put)
    top = min(word.box.y for word in put)
    bottom = max(word.box.y + word.box.height for word in put)
    return Line(words=tuple(put), box=Box(left, top, right - left, bottom - top))


def _seen(piece: Piece, row: Row, whole: Pieces, matcher: Matcher) -> list[Seen]:
    """Return the letters of a piece: one, or several that touch; none if it is no letter."""
    drawn = levels(whole, piece)
    match = matcher.match(whole, piece, drawn)
    if match is None:
        return split(whole, piece, matcher) or [Seen(box=piece.box, glyph=glyph_of(drawn))]
    if not match.text:
        return []
    text = by_place(match.text, piece, row)
    return [Seen(box=piece.box, glyph=glyph_of(drawn), text=text, exact=match.is_exact)]


def _turned(page: Page, whole: Pieces, matcher: Matcher) -> str:
    """Return a sentence if the picture can be read once it is turned."""
    if unknown_share(page) < _STRANGE:
        return ""
    large = [one for one in whole.pieces if one.box.height >= whole.text_height / 2]
    drawn: dict[bytes, Levels] = {}
    for one in large:
        shape = levels(whole, one)
        drawn.setdefault(shape.tobytes(), shape)
    return turned(list(drawn.values()), matcher)
