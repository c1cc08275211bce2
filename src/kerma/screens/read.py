"""The pictures of a study in, its table and every doubt about it out."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kerma.screens.glyph_set import GlyphSet
from kerma.screens.reading import Reading, Scanner


class Picture(NamedTuple):
    """One screen."""

    gray: NDArray[np.uint8]
    """Shape (rows, columns); as it is shown, 255 is white."""
    is_lossy: bool = False
    """Whether it ever was compressed with loss, by its header or transfer syntax."""


def read(pictures: Sequence[Picture], scanner: Scanner, glyphs: Sequence[GlyphSet]) -> Reading:
    """Return what the screens of one study say.

    Parameters
    ----------
    glyphs
        The sets for this scanner, best first.
    """
    return Reading(trouble="Dose screens cannot be read yet.")
