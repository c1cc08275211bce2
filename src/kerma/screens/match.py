"""A piece of ink in, the text it stands for out, or nothing: what is not known is not guessed.

Without loss, a shape is known if its black and white picture is that of a known shape to the
pixel and its smoothed edges differ by rounding only. With loss, see `near` and decision 0030.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kerma.screens.bank import Bank, Plain, canvas_of, plain_drawn, plain_of, sizes_near
from kerma.screens.components import Piece, Pieces, beside_others
from kerma.screens.glyph_set import GlyphSet
from kerma.screens.near import Match, nearest
from kerma.screens.noise import NOISE, WORST
from kerma.screens.page import Glyph
from kerma.screens.shapes import FULL, Levels
from kerma.screens.shapes import levels as levels_of

__all__ = ["Match", "Matcher", "matcher_of"]

_DIGITS = "0123456789"
_ROUNDING = 1
"""Steps of 15 by which the smoothed edge of the same shape may differ: contrast was changed."""
_SCALED = 1.5
"""The same for a shape as a whole darker or paler, which was rounded twice."""
_MOST_SCALED = 0.35
"""By how much it may be darker or paler: strokes and points between two pixels reach as little as
0.62 of their colour, and are taken for a colour of their own where there are many."""
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
        self._known: dict[Plain, list[tuple[Levels, str]]] = {}
        self._by_size: dict[tuple[int, int], list[Glyph]] = {}
        for shape, text in self.texts.items():
            self._known.setdefault(plain_of(shape), []).append((levels_of(shape), text))
            self._by_size.setdefault((shape.height, shape.width), []).append(shape)
        self._banks: dict[tuple[int, int], Bank] = {}

    @cached_property
    def letters(self) -> str:
        """Every single letter that is known."""
        return "".join(sorted({text for text in self.texts.values() if len(text) == 1}))

    def match(self, whole: Pieces, piece: Piece, drawn: Levels) -> Match | None:
        """Return what a piece stands for, `drawn` as `components.levels` says; None if unknown."""
        if whole.is_lossy and not piece.is_cut:
            bank = self._bank(piece)
            return nearest(bank, canvas_of(whole, piece), drawn) if len(bank.texts) else None
        beside = beside_others(whole, piece)
        found = self._same(drawn, beside) or self._scaled(drawn, beside)
        return None if found and found.text and piece.is_cut else found

    def knows(self, drawn: Levels) -> bool:
        """Whether a black and white picture is that of a known letter."""
        return any(text for _, text in self._known.get(plain_drawn(drawn), ()))

    @cached_property
    def widths(self) -> list[int]:
        """The widths of known letters."""
        return sorted({shape.width for shape, text in self.texts.items() if text})

    @cached_property
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
        for known, text in self._known.get(plain_drawn(drawn), ()):
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
        fits = (apart.max(axis=(1, 2)) <= _SCALED) & (np.abs(gain - 1) <= _MOST_SCALED)
        texts = {self.texts[one] for one, is_same in zip(known, fits, strict=True) if is_same}
        return Match(texts.pop(), True, drawn.shape[1]) if len(texts) == 1 else None

    def gain(self, whole: Pieces, piece: Piece) -> float | None:
        """Return how many times darker a piece is than the known shape it may be; None if none.

        Wholly covered pixels tell nothing: what is more is cut off.
        """
        bank = self._bank(piece)
        if not len(bank.texts):
            return None
        canvas = canvas_of(whole, piece)
        best = int(bank.costs(canvas).argmin())
        noise, worst = bank.noise(best, canvas)
        return bank.gain(best, canvas) if noise <= NOISE and worst <= WORST else None

    def _bank(self, piece: Piece) -> Bank:
        """Return the shapes of about the size of a piece."""
        size = piece.box.height, piece.box.width
        if size not in self._banks:
            near = [shape for one in sizes_near(*size) for shape in self._by_size.get(one, ())]
            self._banks[size] = Bank({one: self.texts[one] for one in near}, *size)
        return self._banks[size]
