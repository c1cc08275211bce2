"""A piece of ink in, the text it stands for out, or nothing: what is not known is not guessed.

Without loss, a shape is known if its black and white picture is that of a known shape to the
pixel and its smoothed edges differ by rounding only. With loss, see `_near` and decision 0030.
"""

import math
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


class _Rivals(NamedTuple):
    """The shapes of a bank that stand for another text than one of them does."""

    which: NDArray[np.intp]
    """Their numbers; without signs that only the place tells from it, and without those alike."""
    are_words: NDArray[np.bool_]
    """Whether each of them stands for letters only."""
    is_alike: bool
    """Whether one is there that nobody need tell from it."""


class _Bank(NamedTuple):
    """The known shapes of about one size, each where it may lie on a canvas of that size."""

    canvases: NDArray[np.float32]
    """Shape (n, pixels)."""
    within: NDArray[np.float32]
    """1 in the box of the shape, 0 around it."""
    over: NDArray[np.float32]
    """Square of what the coverage is over half."""
    weights: NDArray[np.float32]
    """Of what `_costs` makes of a picture, shape (n, 3 pixels)."""
    texts: NDArray[np.object_]
    plains: list[tuple[int, int, bytes]]
    rivals: dict[str, _Rivals]
    """Of each text, once it was asked for."""


_KEPT = 4
"""Matchers that are kept ready: a worker reads the screens of a few scanners in turn."""
_ready: list[tuple[tuple[GlyphSet, ...], "Matcher"]] = []


def matcher_of(sets: Sequence[GlyphSet]) -> "Matcher":
    """Return the matcher of some sets, best first; one that was made before if there is one."""
    wanted = tuple(sets)
    for known, matcher in tuple(_ready):
        if known == wanted:
            return matcher
    made = Matcher(wanted)
    _ready[:] = [(wanted, made), *_ready[: _KEPT - 1]]
    return made


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
            return self._nearest(whole, piece, drawn)
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
        noise, worst = _noise(bank, best, seen, cares)
        if noise > NOISE or worst > WORST:
            return None
        return _gain(bank, best, seen, cares)

    def _nearest(self, whole: Pieces, piece: Piece, drawn: Levels) -> Match | None:
        """Return what a shape was before compression changed it, as it is or darker or paler."""
        bank = self._bank(piece.box.height, piece.box.width)
        if not len(bank.texts):
            return None
        seen, cares = _canvas(whole, piece)
        apart = _costs(bank, seen, cares)
        found = _near(bank, seen, cares, apart, drawn)
        if found is not None:
            return found
        gain = _gain(bank, int(apart.argmin()), seen, cares)
        if not _LEAST_GAIN <= abs(gain - 1) <= _MOST_GAIN:
            return None
        seen = np.where(seen < 1, np.minimum(seen / np.float32(gain), 1), seen)
        return _near(bank, seen, cares, _costs(bank, seen, cares), drawn)

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
            return _Bank(none, none, none, none, np.array([], object), [], {})
        all_, inside = np.stack(canvases), np.stack(within)
        over, weights = _over(all_) ** 2, np.concatenate([all_**2, -2 * all_, inside], axis=1)
        return _Bank(all_, inside, over, weights, np.array(texts, object), plains, {})


def _near(
    bank: _Bank,
    seen: NDArray[np.float32],
    cares: NDArray[np.float32],
    apart: NDArray[np.float32],
    drawn: Levels,
) -> Match | None:
    """Return which shape is seen on a canvas, if there is no doubt.

    No pixel may differ by more than half the contrast and little more; all together must be
    noise; and of the pixels in which another text differs from this one, the picture must say
    clearly that they are of this one: it lies three quarters of the way or nearer, and the
    way is many times longer than the noise. Around a shape, nothing is known of smoothed edges
    that cover less than half.

    Parameters
    ----------
    apart
        What `_costs` returns for `seen`.
    """
    best = int(apart.argmin())
    noise, worst = _noise(bank, best, seen, cares)
    noise = max(FLOOR, noise)
    if noise > NOISE or worst > WORST:
        return None
    text = str(bank.texts[best])
    is_same = bank.plains[best] == _key_of(drawn)
    is_close = worst <= SURE_WORST and noise <= SURE_NOISE
    is_word = text.isalpha()
    if len(text) > 1 and not (is_close if is_word else is_same and worst <= SURE_WORST):
        return None
    others = _rivals(bank, text)
    rivals = others.which
    own = cares * bank.within[best]
    inner = _costs(bank, bank.canvases[best], own)[rivals]
    ways = inner + (bank.over @ (cares - own))[rivals]
    further = apart[rivals] - apart[best]
    if not ((further >= TOWARDS * ways) & (ways >= (APART * noise) ** 2)).all():
        return None
    is_whole = inner >= (APART * noise) ** 2
    if is_word and is_close:
        is_whole |= others.are_words
    if not is_whole.all() and not (is_whole | _are_empty(bank, seen, cares - own)[rivals]).all():
        return None
    is_sure = (
        is_close
        and (text in _AS_GOOD or not others.is_alike)
        and bool((ways >= (SURE_APART * noise) ** 2).all())
    )
    return Match(text, is_sure or is_same, bank.plains[best][1])


def _rivals(bank: _Bank, text: str) -> _Rivals:
    """Return the shapes of a bank that must be ruled out before a shape stands for `text`."""
    if text not in bank.rivals:
        others = (bank.texts != text) & ~np.isin(bank.texts, _BY_PLACE.get(text, []))
        alike = others & np.isin(bank.texts, _ALIKE.get(text, []))
        which = np.flatnonzero(others & ~alike)
        words = np.array([other.isalpha() for other in bank.texts[which]], np.bool_)
        bank.rivals[text] = _Rivals(which, words, bool(alike.any()))
    return bank.rivals[text]


def _places(taller: int, wider: int) -> list[tuple[int, int]]:
    """Return top and left of a shape on a canvas with an edge of one pixel around the piece."""
    along = {-1: (1, 2), 0: (1,), 1: (0, 1)}
    return [(top, left) for top in along[taller] for left in along[wider]]


def _costs(
    bank: _Bank, seen: NDArray[np.float32], cares: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the sum of squares by which what is seen differs from each shape.

    Where a shape has no box, what is seen may be covered by up to half without a cost.
    """
    over = _over(seen) ** 2
    features = np.concatenate([cares, seen * cares, (seen**2 - over) * cares])
    costs: NDArray[np.float32] = bank.weights @ features + float(over @ cares)
    return costs


def _are_empty(
    bank: _Bank, seen: NDArray[np.float32], cares: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Return which shapes have ink where, of the pixels that count, next to none is seen."""
    beyond = (bank.over > 0).astype(np.float32)
    count = beyond @ cares
    faded = (beyond @ (seen * cares)) / np.maximum(count, 1)
    empty: NDArray[np.bool_] = (count > 0) & (faded <= _FADED)
    return empty


def _noise(
    bank: _Bank, number: int, seen: NDArray[np.float32], cares: NDArray[np.float32]
) -> tuple[float, float]:
    """Return by how much pixels that count differ from a shape: root mean square, and at most."""
    inside = np.abs(seen - bank.canvases[number])
    change = np.where(bank.within[number] > 0, inside, _over(seen))[cares > 0]
    return math.sqrt(float(change @ change) / change.size), float(change.max())


def _gain(bank: _Bank, number: int, seen: NDArray[np.float32], cares: NDArray[np.float32]) -> float:
    """Return how many times darker a picture is than a shape; 1 if nothing tells.

    Wholly covered pixels tell nothing: what is more is cut off.
    """
    counts = cares * bank.within[number] * (seen < 1)
    shape = bank.canvases[number]
    ink = float(shape**2 @ counts)
    return float(shape @ (seen * counts)) / ink if ink >= _TELLING else 1.0


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
