"""Drawn pixels in, `Glyph` out, and back."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kerma.screens.page import Glyph

Bits = NDArray[np.bool_]
Levels = NDArray[np.uint8]

FULL = 15
"""The level of a pixel that is wholly covered: levels go from 0 to this."""


def glyph_of(levels: Levels) -> Glyph:
    """Return the shape of levels 0 … 15, shape (rows, columns).

    The black and white picture (half covered or more) comes first in `bits`; the levels follow
    only where the edges are smoothed, so that a plain shape is the same whoever drew it.
    """
    rows, columns = levels.shape
    bits = np.packbits(inked(levels)).tobytes()
    if ((levels > 0) & (levels < FULL)).any():
        flat = np.append(levels.ravel(), np.zeros(levels.size % 2, np.uint8))
        bits += (flat[::2] << 4 | flat[1::2]).astype(np.uint8).tobytes()
    return Glyph(width=columns, height=rows, bits=bits)


def inked(levels: Levels) -> Bits:
    """Return which pixels are half covered or more."""
    half: Bits = levels > FULL // 2
    return half


def plain(glyph: Glyph) -> bytes:
    """Return the bits of the black and white picture alone."""
    return glyph.bits[: _plain_length(glyph)]


def is_whole(glyph: Glyph) -> bool:
    """Whether `bits` is as long as the size of the glyph asks for."""
    plain_length = _plain_length(glyph)
    graded = plain_length + (glyph.width * glyph.height + 1) // 2
    return min(glyph.width, glyph.height) > 0 and len(glyph.bits) in (plain_length, graded)


def ink(glyph: Glyph) -> Bits:
    """Return the black and white picture, shape (height, width); True is ink."""
    size = glyph.width * glyph.height
    bits = np.unpackbits(np.frombuffer(plain(glyph), np.uint8), count=size)
    return bits.astype(np.bool_).reshape(glyph.height, glyph.width)


def levels(glyph: Glyph) -> Levels:
    """Return how far each pixel is covered, 0 … 15, shape (height, width)."""
    graded = np.frombuffer(glyph.bits[_plain_length(glyph) :], np.uint8)
    if not graded.size:
        return ink(glyph).astype(np.uint8) * np.uint8(FULL)
    size = glyph.width * glyph.height
    pairs = np.stack([graded >> 4, graded & FULL], axis=1).ravel()[:size]
    return pairs.astype(np.uint8).reshape(glyph.height, glyph.width)


@lru_cache(4096)
def coverage(glyph: Glyph) -> NDArray[np.float32]:
    """Return how far each pixel of a known shape is covered, 0 … 1, shape (height, width)."""
    covered: NDArray[np.float32] = levels(glyph).astype(np.float32) / np.float32(FULL)
    covered.setflags(write=False)
    return covered


def is_graded(glyph: Glyph) -> bool:
    """Whether the edges of the shape are smoothed."""
    return len(glyph.bits) > _plain_length(glyph)


def _plain_length(glyph: Glyph) -> int:
    return (glyph.width * glyph.height + 7) // 8
