"""Beams in, all their steps one after the other out, as arrays."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kerma.dosimetry.skin.beams import Beam
from kerma.dosimetry.skin.solids import Floats


class Steps(NamedTuple):
    """Rotations and movements taken apart; a standing beam has one step."""

    beam: NDArray[np.intp]
    weight: Floats
    source: Floats
    frame: Floats
    half_width: Floats
    half_height: Floats
    to_reference: Floats

    @classmethod
    def of(cls, beams: Sequence[Beam]) -> "Steps":
        """Return the steps of all beams."""
        counts = np.array([len(beam.sources) for beam in beams], dtype=np.intp)
        beam = np.repeat(np.arange(len(beams)), counts)
        return cls(
            beam,
            1 / counts[beam],
            np.concatenate([np.zeros((0, 3)), *(one.sources for one in beams)]),
            np.concatenate([np.zeros((0, 3, 3)), *(one.frames for one in beams)]),
            np.array([one.half_width for one in beams])[beam],
            np.array([one.half_height for one in beams])[beam],
            np.concatenate([np.zeros(0), *(one.to_reference for one in beams)]),
        )

    def at(self, chosen: Any) -> "Steps":
        """Return some of the steps."""
        columns: tuple[Any, ...] = self
        return Steps(*(column[chosen] for column in columns))
