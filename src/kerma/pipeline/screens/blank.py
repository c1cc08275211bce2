"""A picture in, the same out as people without the group `pid` may see it.

Only what was understood is shown: lines that name nobody. All else is painted over, be it a name, a
logo or a picture.
"""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kerma.screens.page import Box, Page
from kerma.screens.reading import ScreenTable

Gray = NDArray[np.uint8]

_MARGIN = 2
"""Pixels around a line that belong to it: edges of letters, points above and below."""


def blanked(gray: Gray, page: Page, table: ScreenTable, number: int) -> Gray:
    """Return the picture with all but the harmless lines painted over.

    Parameters
    ----------
    number
        Which of the pages of `table` it is, from 0.
    """
    seen = np.zeros(gray.shape, dtype=bool)
    for line in page.lines:
        seen[_slices(line.box)] = True
    for place, box in table.identity:
        if place == number:
            seen[_slices(box)] = False
    background = np.bincount(gray.ravel(), minlength=256).argmax()
    return np.where(seen, gray, np.uint8(background))


def png(gray: Gray) -> bytes:
    """Return a picture as PNG."""
    buffer = BytesIO()
    Image.fromarray(gray).save(buffer, "PNG")
    return buffer.getvalue()


def gray_of(data: bytes) -> Gray:
    """Return the picture of a PNG."""
    return np.asarray(Image.open(BytesIO(data)).convert("L"))


def _slices(box: Box) -> tuple[slice, slice]:
    return (
        slice(max(box.y - _MARGIN, 0), box.y + box.height + _MARGIN),
        slice(max(box.x - _MARGIN, 0), box.x + box.width + _MARGIN),
    )
