"""A small sign and where it stands in, the sign it is there out: a dot at the top is no point."""

from kerma.screens.components import Piece
from kerma.screens.lines import Row

_DOTS, _STROKES, _DASHES, _RINGS = ".·'*", ",'", "_-¯", "o°"
"""Signs that many fonts draw alike, or so small that they come out alike."""

_LOW, _HIGH = 0.2, 0.55
"""Height of the lower edge above the base line, in heights of digits, from which a sign is in the
middle, and from which it is at the top."""
_LOW_DASH = 0.12
_SMALL = 0.4
"""Height, in heights of digits, up to which a star may be a dot."""


def by_place(text: str, piece: Piece, row: Row) -> str:
    """Return what a sign is that was once typed as `text`."""
    above = (row.base - piece.bottom) / row.height
    if not text or len(text) > 1:
        return text
    if text in _DOTS and piece.box.height < _SMALL * row.height:
        return _at(above, ".", text if text == "*" else "·", text if text in "'*" else "'")
    if text in _STROKES:
        return _at(above, ",", ",", "'")
    if text in _DASHES:
        return _at(above, "_", "-", "¯", _LOW_DASH)
    if text in _RINGS:
        return _at(above, "o", "o", "°")
    return text


def _at(above: float, low: str, middle: str, high: str, from_low: float = _LOW) -> str:
    if above < from_low:
        return low
    return middle if above < _HIGH else high
