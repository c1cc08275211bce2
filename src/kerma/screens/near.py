"""A compressed shape in, the known one it was before compression out, if there is no doubt.

See decision 0030 for the limits.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kerma.screens.bank import Bank, Canvas, plain_drawn
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
from kerma.screens.shapes import Levels

_LEAST_GAIN, _MOST_GAIN = 0.02, 0.2
"""By how much a letter may be darker or paler than its shape as a whole: what colour a smoothed
letter was drawn in is hidden by compression."""
_AS_GOOD = ".,:;"
"""Signs that are as exact as if there was only one of them, though others are alike."""


class Match(NamedTuple):
    """What a shape stands for."""

    text: str
    """"" for a known shape that is no letter."""
    is_exact: bool = True
    width: int = 0
    """Of the known shape, in pixels."""


class _Fit(NamedTuple):
    """The known shape that fits best."""

    number: int
    text: str
    noise: float
    is_same: bool
    """Whether its black and white picture is that of what is drawn."""
    is_close: bool
    """Whether no pixel that matters is near the middle."""

    @property
    def apart(self) -> float:
        """By what sum of squares a rival must differ."""
        return (APART * self.noise) ** 2


def nearest(bank: Bank, canvas: Canvas, drawn: Levels) -> Match | None:
    """Return what a shape was before compression, as it is or darker or paler as a whole."""
    apart = bank.costs(canvas)
    found = _near(bank, canvas, apart, drawn)
    if found is not None:
        return found
    gain = bank.gain(int(apart.argmin()), canvas)
    if not _LEAST_GAIN <= abs(gain - 1) <= _MOST_GAIN:
        return None
    seen = canvas.seen
    paler = np.where(seen < 1, np.minimum(seen / np.float32(gain), 1), seen)
    fitted = Canvas(paler, canvas.cares)
    return _near(bank, fitted, bank.costs(fitted), drawn)


def _near(bank: Bank, canvas: Canvas, apart: NDArray[np.float32], drawn: Levels) -> Match | None:
    """Return what a shape was before compression changed it.

    Of the pixels in which another text differs from this one, the picture must say clearly that
    they are of this one: it lies three quarters of the way or nearer, and the way is many times
    longer than the noise. Around a shape, nothing is known of smoothed edges that cover less than
    half.

    Parameters
    ----------
    apart
        What `bank.costs` returns for the canvas.
    """
    best = _best(bank, canvas, apart, drawn)
    if best is None:
        return None
    others = bank.rivals(best.text)
    shape, within = bank.canvases[best.number], bank.within[best.number]
    own = canvas.cares * within
    around = Canvas(canvas.seen, canvas.cares - own)
    inner = bank.costs(Canvas(shape, own))[others.which]
    ways = inner + (bank.over @ around.cares)[others.which]
    further = apart[others.which] - apart[best.number]
    if not ((further >= TOWARDS * ways) & (ways >= best.apart)).all():
        return None
    is_whole = inner >= best.apart
    if best.is_close and best.text.isalpha():
        is_whole |= others.are_words
    if not is_whole.all() and not (is_whole | bank.are_empty(around)[others.which]).all():
        return None
    is_sure = (
        best.is_close
        and (best.text in _AS_GOOD or not others.is_alike)
        and bool((ways >= (SURE_APART * best.noise) ** 2).all())
    )
    return Match(best.text, is_sure or best.is_same, bank.plains[best.number][1])


def _best(bank: Bank, canvas: Canvas, apart: NDArray[np.float32], drawn: Levels) -> _Fit | None:
    """Return the shape that fits best, None if it does not fit by itself.

    No pixel may differ by more than half the contrast and little more; all together must be noise;
    several letters in one shape must fit more closely than one.
    """
    number = int(apart.argmin())
    noise, worst = bank.noise(number, canvas)
    noise = max(FLOOR, noise)
    if noise > NOISE or worst > WORST:
        return None
    text = str(bank.texts[number])
    is_same = bank.plains[number] == plain_drawn(drawn)
    is_close = worst <= SURE_WORST and noise <= SURE_NOISE
    if len(text) > 1 and not (is_close if text.isalpha() else is_same and worst <= SURE_WORST):
        return None
    return _Fit(number, text, noise, is_same, is_close)
