"""A piece of ink in, the text it stands for out, or nothing: what is not known is not guessed.

Without loss, a shape is known if its black and white picture is that of a known shape to the
pixel and its smoothed edges differ by rounding only. With loss, see `_near` and decision 0030.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kerma.screens.components import Piece, Pieces, beside_others, foreign, grown
from kerma.screens.glyph_set import GlyphSet
from kerma.screens.noise import (
    APART,
    FLOOR,
    NOISE,
    SURE_APART,
    SURE_NOISE,
    SURE_WORST,
    TOWARDS,
    WORST,
)
from kerma.screens.page import Glyph
from kerma.screens.shapes import FULL, Levels, coverage, inked, plain
from kerma.screens.shapes import levels as levels_of

_DIGITS = "0123456789"

_BY_PLACE = {sign: list(signs) for signs in (".·'*", "_-¯") for sign in signs}
"""Signs that are no rivals: their place decides, see `kerma.screens.place`."""

_ALIKE = {sign: list(signs) for signs in (".,", ":;", "Il|") for sign in signs}
"""Signs of which the nearest is taken: no number depends on which it is. A decimal comma is worth
as much as a point, no screen parts thousands, and a letter is never a digit where 1 is known."""
_AS_GOOD = ".,:;"
"""Those of them that are as exact as if there was only one of them."""

_ROUNDING = 1
"""Steps of 15 by which the smoothed edge of the same shape may differ: contrast was changed."""

_SCALED = 1.5
"""The same for a shape as a whole darker or paler, which was rounded twice."""

_LEAST_GAIN, _MOST_GAIN = 0.02, 0.2
"""By how much a letter may be darker or paler than its shape as a whole: what colour a smoothed
letter was drawn in is hidden by compression."""
_TELLING = 4.0
"""Wholly covered pixels' worth of ink from which that can be measured: a point has less."""
_FADED = 0.25
"""Mean coverage, beyond a shape, where only a larger one has ink: more may be that one, faded."""


class Match(NamedTuple):
    """What a shape stands for."""

    text: str
    """"" for a known shape that is no letter."""
    is_exact: bool = True
    width: int = 0
    """Of the known shape, in pixels."""


class _Bank(NamedTuple):
    """The known shapes of about one size, each where it may lie on a canvas of that size."""

    canvases: NDArray[np.float32]
    """Shape (n, pixels)."""
    within: NDArray[np.float32]
    """1 in the box of the shape, 0 around it."""
    squares: NDArray[np.float32]
    over: NDArray[np.float32]
    """Squares of the coverage, and of what it is over half."""
    texts: NDArray[np.object_]
    plains: list[tuple[int, int, bytes]]


class Matcher:
    """The known shapes of a scanner, ready to be compared."""

    def __init__(self, sets: Sequence[GlyphSet]) -> None:
        self.texts: dict[Glyph, str] = {}
        for one in reversed(sets):
            self.texts.update(one.texts)
        self._known: dict[tuple[int, int, bytes], list[tuple[Levels, str]]] = {}
        self._by_size: dict[tuple[int, int], list[Glyph]] = {}
        for shape, text in self.texts.items():
            self._known.setdefault(_key(shape), []).append((levels_of(shape), text))
            self._by_size.setdefault((shape.height, shape.width), []).append(shape)
        self._banks: dict[tuple[int, int], _Bank] = {}

    @property
    def letters(self) -> str:
        """Every single letter that is known."""
        return "".join(sorted({text for text in self.texts.values() if len(text) == 1}))

    def match(self, whole: Pieces, piece: Piece, drawn: Levels) -> Match | None:
        """Return what a piece stands for, `drawn` as `components.levels` says; None if unknown."""
        if whole.is_lossy and not piece.is_cut:
            return self._near(whole, piece, drawn) or self._near(whole, piece, drawn, True)
        beside = beside_others(whole, piece)
        found = self._same(drawn, beside) or self._scaled(drawn, beside)
        return None if found and found.text and piece.is_cut else found

    def knows(self, drawn: Levels) -> bool:
        """Whether a black and white picture is that of a known letter."""
        return any(text for _, text in self._known.get(_key_of(drawn), ()))

    @property
    def widths(self) -> list[int]:
        """The widths of known letters."""
        return sorted({shape.width for shape, text in self.texts.items() if text})

    @property
    def digit_width(self) -> int:
        """The width of the widest digit known."""
        digits = [shape.width for shape, text in self.texts.items() if text and text in _DIGITS]
        return max(digits, default=0)

    def _same(self, drawn: Levels, ignored: NDArray[np.bool_]) -> Match | None:
        """Return what the same shape stands for, if all that are the same but for rounding agree.

        Parameters
        ----------
        ignored
            Pixels that may be of another letter.
        """
        texts = set()
        for known, text in self._known.get(_key_of(drawn), ()):
            differing = np.abs(known.astype(np.int16) - drawn)[~ignored]
            if differing.max(initial=0) <= _ROUNDING:
                texts.add(text)
        return Match(texts.pop(), True, drawn.shape[1]) if len(texts) == 1 else None

    def _scaled(self, drawn: Levels, ignored: NDArray[np.bool_]) -> Match | None:
        """Return what the same smoothed shape stands for that is darker or paler as a whole.

        Where no pixel of a letter is wholly covered, the level taken for its colour may be another
        one than when it was typed.
        """
        known = self._by_size.get(drawn.shape, [])
        if not known or not ((drawn > 0) & (drawn < FULL)).any():
            return None
        levels = np.stack([levels_of(one) for one in known]).astype(np.float32)
        count = (~ignored).astype(np.float32)
        gain = (drawn * count).sum() / np.maximum((levels * count).sum(axis=(1, 2)), 1)
        apart = np.abs(levels * gain[:, None, None] - drawn) * count
        fits = (apart.max(axis=(1, 2)) <= _SCALED) & (np.abs(gain - 1) <= _MOST_GAIN)
        texts = {self.texts[one] for one, is_same in zip(known, fits, strict=True) if is_same}
        return Match(texts.pop(), True, drawn.shape[1]) if len(texts) == 1 else None

    def gain(self, whole: Pieces, piece: Piece) -> float | None:
        """Return how many times darker a piece is than the known shape it may be; None if none.

        Wholly covered pixels tell nothing: what is more is cut off.
        """
        bank = self._bank(piece.box.height, piece.box.width)
        if not len(bank.texts):
            return None
        seen, cares = _canvas(whole, piece)
        best = int(_costs(bank, seen, cares).argmin())
        change = _change(bank, best, seen)[cares > 0]
        if np.sqrt(np.mean(change**2)) > NOISE or change.max() > WORST:
            return None
        return _gain(bank, best, seen, cares)

    def _near(
        self, whole: Pieces, piece: Piece, drawn: Levels, is_fitted: bool = False
    ) -> Match | None:
        """Return what a shape was before compression changed it, if there is no doubt.

        No pixel may differ by more than half the contrast and little more; all together must be
        noise; and of the pixels in which another text differs from this one, the picture must say
        clearly that they are of this one: it lies three quarters of the way or nearer, and the
        way is many times longer than the noise. Around a shape, nothing is known of smoothed edges
        that cover less than half.
        """
        bank = self._bank(piece.box.height, piece.box.width)
        if not len(bank.texts):
            return None
        seen, cares = _canvas(whole, piece)
        apart = _costs(bank, seen, cares)
        best = int(apart.argmin())
        if is_fitted:
            gain = _gain(bank, best, seen, cares)
            if not _LEAST_GAIN <= abs(gain - 1) <= _MOST_GAIN:
                return None
            seen = np.where(seen < 1, np.minimum(seen / np.float32(gain), 1), seen)
            apart = _costs(bank, seen, cares)
            best = int(apart.argmin())
        change = _change(bank, best, seen)[cares > 0]
        noise = max(FLOOR, float(np.sqrt(np.mean(change**2))))
        if noise > NOISE or change.max() > WORST:
            return None
        text = bank.texts[best]
        is_same = bank.plains[best] == _key_of(drawn)
        is_close = change.max() <= SURE_WORST and noise <= SURE_NOISE
        is_word = str(text).isalpha()
        if len(text) > 1 and not (is_close if is_word else is_same and change.max() <= SURE_WORST):
            return None
        rivals = bank.texts != text
        if text in _BY_PLACE:
            rivals &= ~np.isin(bank.texts, _BY_PLACE[text])
        alike = rivals & np.isin(bank.texts, _ALIKE.get(text, []))
        rivals &= ~alike
        ways = _costs(bank, bank.canvases[best], cares, bank.within[best])[rivals]
        further = apart[rivals] - apart[best]
        if not ((further >= TOWARDS * ways) & (ways >= (APART * noise) ** 2)).all():
            return None
        own = cares * bank.within[best]
        inner = _costs(bank, bank.canvases[best], own, bank.within[best])[rivals]
        beyond = (bank.over[rivals] > 0).astype(np.float32)
        count = beyond @ (cares - own)
        faded = (beyond @ (seen * (cares - own))) / np.maximum(count, 1)
        is_whole = (inner >= (APART * noise) ** 2) | ((count > 0) & (faded <= _FADED))
        if is_word and is_close:
            is_whole |= np.array([other.isalpha() for other in bank.texts[rivals]], np.bool_)
        if not is_whole.all():
            return None
        is_sure = (
            is_close
            and (text in _AS_GOOD or not alike.any())
            and bool((ways >= (SURE_APART * noise) ** 2).all())
        )
        return Match(str(text), is_sure or is_same, bank.plains[best][1])

    def _bank(self, rows: int, columns: int) -> _Bank:
        if (rows, columns) not in self._banks:
            self._banks[rows, columns] = self._made_bank(rows, columns)
        return self._banks[rows, columns]

    def _made_bank(self, rows: int, columns: int) -> _Bank:
        """Lay each shape that is up to a pixel larger or smaller on a canvas, at every edge."""
        canvases, within, texts, plains = [], [], [], []
        for height in (rows - 1, rows, rows + 1):
            for width in (columns - 1, columns, columns + 1):
                for shape in self._by_size.get((height, width), ()):
                    drawn = coverage(shape)
                    for top, left in _places(height - rows, width - columns):
                        canvas = np.zeros((2, rows + 2, columns + 2), np.float32)
                        canvas[0, top : top + height, left : left + width] = drawn
                        canvas[1, top : top + height, left : left + width] = 1
                        canvases.append(canvas[0].ravel())
                        within.append(canvas[1].ravel())
                        texts.append(self.texts[shape])
                        plains.append(_key(shape))
        if not canvases:
            none = np.zeros((0, 1), np.float32)
            return _Bank(none, none, none, none, np.array([], object), [])
        all_, inside = np.stack(canvases), np.stack(within)
        return _Bank(all_, inside, all_**2, _over(all_) ** 2, np.array(texts, object), plains)


def _places(taller: int, wider: int) -> list[tuple[int, int]]:
    """Return top and left of a shape on a canvas with an edge of one pixel around the piece."""
    along = {-1: (1, 2), 0: (1,), 1: (0, 1)}
    return [(top, left) for top in along[taller] for left in along[wider]]


def _costs(
    bank: _Bank,
    seen: NDArray[np.float32],
    cares: NDArray[np.float32],
    within: NDArray[np.float32] | float = 1,
) -> NDArray[np.float32]:
    """Return the sum of squares by which what is seen differs from each shape.

    Where either has no box, the other may be covered by up to half without a cost.
    """
    own = cares * within
    over = _over(seen)
    costs: NDArray[np.float32] = (
        bank.squares @ own
        - 2 * (bank.canvases @ (seen * own))
        + bank.within @ ((seen**2 - over**2) * own)
        + float((over**2) @ own)
    )
    if not np.isscalar(within):
        costs += bank.over @ (cares - own)
    return costs


def _change(bank: _Bank, number: int, seen: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return by how much each pixel differs from a shape."""
    inside = np.abs(seen - bank.canvases[number])
    change: NDArray[np.float32] = np.where(bank.within[number] > 0, inside, _over(seen))
    return change


def _gain(bank: _Bank, number: int, seen: NDArray[np.float32], cares: NDArray[np.float32]) -> float:
    """Return how many times darker a picture is than a shape; 1 if nothing tells.

    Wholly covered pixels tell nothing: what is more is cut off.
    """
    counts = cares * bank.within[number] * (seen < 1)
    ink = float(bank.squares[number] @ counts)
    return float(bank.canvases[number] @ (seen * counts)) / ink if ink >= _TELLING else 1.0


def _over(covered: NDArray[np.float32]) -> NDArray[np.float32]:
    over: NDArray[np.float32] = np.maximum(covered - np.float32(0.5), 0)
    return over


def _canvas(whole: Pieces, piece: Piece) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the picture around a piece, 0 … 1, and which of its pixels count, 1 or 0.

    Ink of others and what is next to it does not count.
    """
    x, y, width, height = piece.box
    top, left = max(0, y - 1), max(0, x - 1)
    place = slice(top, y + height + 1), slice(left, x + width + 1)
    others = foreign(whole, piece, place)
    down, across = top - y + 1, left - x + 1
    inside = slice(down, down + others.shape[0]), slice(across, across + others.shape[1])
    seen = np.zeros((height + 2, width + 2), np.float32)
    seen[inside] = whole.coverage[place]
    cares = np.ones_like(seen)
    if others.any():
        cares[inside] = ~grown(others) | ((whole.labels[place] != 0) & ~others)
    return seen.ravel() / np.float32(255), cares.ravel()


def _key(shape: Glyph) -> tuple[int, int, bytes]:
    return shape.height, shape.width, plain(shape)


def _key_of(drawn: Levels) -> tuple[int, int, bytes]:
    rows, columns = drawn.shape
    return rows, columns, np.packbits(inked(drawn)).tobytes()
