"""Gray picture in; how far each pixel is covered by ink out, whatever the colours are."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from kerma.screens.windows import Bits, all_around, any_around

Gray = NDArray[np.uint8]

_VISIBLE = 24
"""Levels of 255 between text and background below which nobody is expected to see the text."""

_FAINT = 0.2
_FAINT_LOSSY = 0.3
"""Part of the contrast of the picture from which something is ink: compression leaves ripples of
up to a quarter of the contrast around letters."""

_DEPTH = 3
"""Backgrounds upon backgrounds: page, panel, title bar."""

_RIM = 0.8
"""Part of the rim of an area that must be of its background."""

_SPREAD = 10
"""Levels to each side that belong to one background."""

_RIPPLED = 0.02
"""Part of the pixels near text, but not touching it, that may be off the background's level in a
picture without loss. Smoothed letters reach two pixels at most."""

_PILED = 0.04
"""Part of the inked pixels of a level from which it is a colour of text: smoothed edges spread
over all levels, whole pixels pile on one."""


_REACHED = 0.62
"""Part of its colour that a thin smoothed letter reaches at least. A fainter word is measured by
its own highest level, so that no point between two pixels is lost."""


class Inked(NamedTuple):
    """What is drawn on a picture."""

    coverage: NDArray[np.uint8]
    """0 is background, 255 wholly ink; shape of the picture."""
    side: NDArray[np.int8]
    """1 where ink is brighter than its background, -1 where it is darker, 0 without ink."""
    is_lossy: bool
    uncut: NDArray[np.uint16]
    """Coverage where what is more than wholly ink is not cut off at 255."""


def inked(gray: Gray, is_lossy: bool = False) -> Inked:
    """Return the ink of a picture; `is_lossy` comes back True where the picture shows it."""
    offset = gray.astype(np.int16) - background(gray)
    distance = np.abs(offset)
    is_lossy = is_lossy or _is_rippled(distance)
    uncut = np.zeros(gray.shape, np.uint16)
    side = np.zeros(gray.shape, np.int8)
    visible = distance[distance >= _VISIBLE]
    if not visible.size:
        return Inked(uncut.astype(np.uint8), side, is_lossy, uncut)
    contrast = float(np.percentile(visible, 95))
    faint = max(_VISIBLE, (_FAINT_LOSSY if is_lossy else _FAINT) * contrast)
    if is_lossy:
        uncut[:] = distance * (255 / contrast)
    for sign in (1, -1):
        mask = offset * np.int16(sign) >= faint
        uncut[mask] = _covered(distance, mask, is_lossy)
        side[mask] = sign
    return Inked(np.minimum(uncut, 255).astype(np.uint8), side, is_lossy, uncut)


def background(gray: Gray) -> NDArray[np.int16]:
    """Return the level of the background at each pixel: the page's, a panel's, a title bar's."""
    levels = np.full(gray.shape, _mode(gray.ravel()), np.int16)
    for _ in range(_DEPTH):
        solid = _solid(np.abs(gray - levels) >= _VISIBLE)
        if not _fill(levels, gray, solid):
            break
    return levels


def _fill(levels: NDArray[np.int16], gray: Gray, solid: Bits) -> bool:
    """Write the level of each solid region into `levels`; whether any was not its own already."""
    labels, _ = ndimage.label(solid)
    changed = False
    for number, place in enumerate(ndimage.find_objects(labels), start=1):
        region = labels[place] == number
        level = _mode(gray[place][region])
        is_new = abs(level - _mode(levels[place][region].astype(np.uint8))) >= _VISIBLE
        if is_new and _is_framed(gray[place], region, level):
            levels[place][region] = level
            changed = True
    return changed


def _is_framed(gray: Gray, region: Bits, level: int) -> bool:
    """Whether the rim of a region is of its background, as that of a bar is.

    Bold letters close together have no such rim.
    """
    rim = region & ~ndimage.binary_erosion(region)
    return float((np.abs(gray[rim].astype(np.int16) - level) < _VISIBLE).mean()) >= _RIM


def _solid(mask: Bits) -> Bits:
    """Return the regions of `mask` that are areas and not strokes, letters within them filled."""
    reach = max(13, max(mask.shape) // 40) | 1
    wide = _opened(_closed(mask, 1, reach), 9)
    tall = _opened(_closed(mask, reach, 1), 9)
    return _opened(wide & tall, 9)


def _closed(mask: Bits, rows: int, columns: int) -> Bits:
    return all_around(any_around(mask, rows, columns), rows, columns)


def _opened(mask: Bits, size: int) -> Bits:
    return any_around(all_around(mask, size, size), size, size)


def _mode(values: NDArray[np.uint8]) -> int:
    """Return the most frequent level; levels that compression has spread count together."""
    counts = np.bincount(values, minlength=256)
    around = np.convolve(counts, np.ones(2 * _SPREAD + 1), mode="same")
    middle = int(around.argmax())
    first = max(0, middle - _SPREAD)
    return first + int(counts[first : middle + _SPREAD + 1].argmax())


def _is_rippled(distance: NDArray[np.int16]) -> bool:
    """Whether the surroundings of letters show the ripples that compression leaves."""
    ink = distance >= _VISIBLE
    beside = any_around(ink, 15, 15) & ~any_around(ink, 5, 5)
    if not beside.any():
        return False
    return float((distance[beside] > 0).mean()) > _RIPPLED


def _covered(distance: NDArray[np.int16], mask: Bits, is_lossy: bool) -> NDArray[np.uint16]:
    """Return the coverage of the pixels in `mask`.

    It is their distance from the background relative to that of the colour of their word.
    """
    labels, count = ndimage.label(mask, np.ones((3, 3)))
    inside, of = distance[mask], labels[mask]
    peaks = np.zeros(count + 1, np.float32)
    np.maximum.at(peaks, of, inside)
    full = _snapped(peaks, _colours(inside), is_lossy)
    covered: NDArray[np.uint16] = np.rint(inside * (255 / full[of])).astype(np.uint16)
    return covered


def _colours(distances: NDArray[np.int16]) -> list[int]:
    """Return the levels on which whole pixels pile."""
    counts = np.bincount(distances, minlength=256)
    around = np.convolve(counts, np.ones(5), mode="same")
    enough = max(20.0, _PILED * distances.size)
    found = [int(distances.max(initial=0))]
    for level in np.argsort(-counts):
        if around[level] < enough or counts[level] == 0:
            continue
        if all(abs(level - other) > 10 for other in found):
            found.append(int(level))
    return found


def _snapped(peaks: NDArray[np.float32], colours: list[int], is_lossy: bool) -> NDArray[np.float32]:
    """Return the colour that belongs to each word's highest level: the next above it, if near.

    Thin smoothed letters do not reach their colour. With loss, a word may also exceed it.
    """
    over = 0.2 if is_lossy else 0.01
    full = peaks.copy()
    for colour in sorted(colours, reverse=True):
        full[(peaks >= _REACHED * colour) & (peaks <= colour * (1 + over) + 1)] = colour
    return np.maximum(full, 1)
