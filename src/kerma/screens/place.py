"""A small sign and where it stands in, the sign it is there out: a dot at the top is no point."""

from kerma.screens.components import Piece
from kerma.screens.lines import Row

_FAMILIES = ((".", "·", "'"), (",", ",", "'"), ("_", "-", "¯"), ("o", "o", "°"))
"""Signs that many fonts draw alike: on the base line, in the middle, at the top."""

_LOW, _HIGH = 0.2, 0.55
"""Height of the lower edge above the base line, in heights of digits, from which a sign is in the
middle, and from which it is at the top."""

_HANGING = {"-": 0.12, "¯": 0.12}


def by_place(text: str, piece: Piece, row: Row) -> str:
    """Return what a sign is that was once typed as `text`."""
    for low, middle, high in _FAMILIES:
        if text not in (low, middle, high):
            continue
        above = (row.base - piece.bottom) / row.height
        if above < _HANGING.get(middle, _LOW):
            return low
        return middle if above < _HIGH else high
    return text
