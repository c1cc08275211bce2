"""Overlay planes of an image in (60xx), the picture with them drawn in out (PS3.3 C.9.2)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

_GROUPS = range(0x6000, 0x6020, 2)
_ROWS, _COLUMNS, _FRAMES, _ORIGIN = 0x0010, 0x0011, 0x0015, 0x0050
_FIRST_FRAME, _BIT_POSITION, _DATA = 0x0051, 0x0102, 0x3000


def burn_in(
    found: Dataset, gray: NDArray[np.uint8], values: NDArray[Any], number: int
) -> NDArray[np.uint8]:
    """Return the frame of this number, from 0, with its overlays in the contrasting extreme.

    Parameters
    ----------
    gray, values
        Shape (rows, columns); the picture as shown, and its stored values with all their bits.
    """
    drawn = gray
    for group in _GROUPS:
        plane = _plane(found, group, values, number)
        if plane is not None and plane.any():
            background = float(np.median(drawn))
            drawn = np.where(plane, np.uint8(255 if background < 128 else 0), drawn)
    return drawn


def _plane(
    found: Dataset, group: int, values: NDArray[Any], number: int
) -> NDArray[np.bool_] | None:
    """Return an overlay in its place, shape (rows, columns) of the picture; None if none."""
    if (group, _ROWS) not in found:
        return None
    if (group, _DATA) not in found:
        position = int(_value(found, group, _BIT_POSITION) or 0)
        return ((values.astype(np.int64) >> position) & 1).astype(bool) if position else None
    rows, columns = int(found[group, _ROWS].value), int(found[group, _COLUMNS].value)
    frames = int(_value(found, group, _FRAMES) or 1)
    first = int(_value(found, group, _FIRST_FRAME) or 1) - 1
    frame = number - first if frames > 1 else 0
    if not 0 <= frame < frames:
        return None
    bits = np.unpackbits(np.frombuffer(found[group, _DATA].value, np.uint8), bitorder="little")
    plane = bits[frame * rows * columns : (frame + 1) * rows * columns].reshape(rows, columns)
    origin = _value(found, group, _ORIGIN) or (1, 1)
    return _placed(plane.astype(bool), (int(origin[0]) - 1, int(origin[1]) - 1), values.shape)


def _placed(
    plane: NDArray[np.bool_], corner: tuple[int, int], shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    """Return a plane whose corner lies there, cut to the picture."""
    whole = np.zeros(shape, bool)
    top, left = corner
    part = plane[max(-top, 0) :, max(-left, 0) :]
    top, left = max(top, 0), max(left, 0)
    part = part[: max(shape[0] - top, 0), : max(shape[1] - left, 0)]
    whole[top : top + part.shape[0], left : left + part.shape[1]] = part
    return whole


def _value(found: Dataset, group: int, element: int) -> Any:
    return found[group, element].value if (group, element) in found else None
