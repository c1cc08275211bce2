"""Ink of a compressed picture in, the same ink as dark as that of the known shapes out.

Smoothed letters seldom reach the colour they are drawn in, and compression hides which colour that
is: the letters of a page are then all too dark or too pale by the same factor, and pixels that are
about half covered come to lie on the wrong side.
"""

import numpy as np

from kerma.screens.binarise import Inked
from kerma.screens.components import Pieces, pieces
from kerma.screens.match import Matcher

_ENOUGH = 12
"""Letters that must be known before the picture is changed."""
_SAMPLE = 60
"""Letters that are looked at."""
_TALL = 0.7
"""Height, in heights of the text, of letters that tell something."""
_LEAST = 0.02
"""Change that is not worth the time."""
_MOST = 1.2
"""Factor that is more than compression explains."""


def adjusted(drawn: Inked, whole: Pieces, matcher: Matcher) -> Pieces:
    """Return the pieces of a compressed picture, its ink divided by the factor of its letters."""
    gain = _gain(whole, matcher) if whole.is_lossy else 1.0
    if abs(gain - 1) < _LEAST or not 1 / _MOST <= gain <= _MOST:
        return whole
    scaled = np.minimum(np.rint(drawn.coverage / np.float32(gain)), 255).astype(np.uint8)
    full = drawn.coverage == 255
    parted = pieces(drawn._replace(coverage=np.where(full, drawn.coverage, scaled)))
    return parted._replace(coverage=drawn.coverage, gain=gain)


def _gain(whole: Pieces, matcher: Matcher) -> float:
    """Return the median factor of a sample of letters; 1 if too few are known."""
    large = [
        one
        for one in whole.pieces
        if not one.is_cut and one.box.height >= _TALL * whole.text_height and one.box.width > 1
    ]
    step = max(1, len(large) // _SAMPLE)
    found = [gain for one in large[::step] if (gain := matcher.gain(whole, one)) is not None]
    return float(np.median(found)) if len(found) >= _ENOUGH else 1.0
