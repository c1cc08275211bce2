"""Shapes that hardly any set knows in, a sentence out if they are known once they are turned."""

from collections.abc import Callable, Sequence

import numpy as np

from kerma.screens.match import Matcher
from kerma.screens.shapes import Levels

_ENOUGH = 12
"""Different shapes from which on anything can be said."""
_KNOWN = 0.6
"""Share of the shapes that are known once they are turned, and are not as they stand."""

_TURNS: dict[str, Callable[[Levels], Levels]] = {
    "turned by 90° to the left": lambda shape: np.rot90(shape, -1),
    "turned by 90° to the right": lambda shape: np.rot90(shape),
    "upside down": lambda shape: np.rot90(shape, 2),
    "mirrored": lambda shape: shape[:, ::-1],
    "mirrored and upside down": lambda shape: shape[::-1],
}


def turned(shapes: Sequence[Levels], matcher: Matcher) -> str:
    """Return how the picture is turned; "" if it is not, or nobody knows."""
    if len(shapes) < _ENOUGH or not matcher.texts:
        return ""
    upright = _share(shapes, matcher)
    shares = {name: _share([turn(one) for one in shapes], matcher) for name, turn in _TURNS.items()}
    best = max(shares, key=lambda name: shares[name])
    if shares[best] < _KNOWN or shares[best] < upright + 0.25:
        return ""
    return f"The picture is {best}. Send it as the scanner made it."


def _share(shapes: Sequence[Levels], matcher: Matcher) -> float:
    return sum(matcher.knows(one) for one in shapes) / len(shapes)
