"""Rays and convex solids in, which rays are stopped on their way out."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_TO_THE_SKIN = 1 - 1e-6
"""A ray ends just before its cell, so that touching solids do not stop it."""


class Box(NamedTuple):
    """An upright box."""

    low: tuple[float, float, float]
    high: tuple[float, float, float]

    def stops(self, start: Floats, way: Floats) -> Flags:
        """Return which rays `start + t way`, 0 < t < 1, pass through the inside."""
        with np.errstate(divide="ignore", invalid="ignore"):
            one = (np.array(self.low) - start) / way
            two = (np.array(self.high) - start) / way
        near = np.nanmax(np.minimum(one, two), axis=1)
        far = np.nanmin(np.maximum(one, two), axis=1)
        entered: Flags = np.maximum(near, 0) < np.minimum(far, _TO_THE_SKIN)
        return entered


class Frustum(NamedTuple):
    """A cone or cylinder along z with elliptic sections, `width` times as wide as deep."""

    x: float
    y: float
    bottom: float
    top: float
    radius_bottom: float
    """Half depth at the bottom."""
    radius_top: float
    width: float = 1.0

    def stops(self, start: Floats, way: Floats) -> Flags:
        """Return which rays `start + t way`, 0 < t < 1, pass through the inside."""
        first, last = self._in_slab(start[:, 2], way[:, 2])
        slope = (self.radius_top - self.radius_bottom) / (self.top - self.bottom)
        x, y = (start[:, 0] - self.x) / self.width, start[:, 1] - self.y
        radius = self.radius_bottom + slope * (start[:, 2] - self.bottom)
        dx, dy, dr = way[:, 0] / self.width, way[:, 1], slope * way[:, 2]
        square, linear = dx**2 + dy**2 - dr**2, x * dx + y * dy - radius * dr
        rest = x**2 + y**2 - radius**2
        with np.errstate(divide="ignore", invalid="ignore"):
            lowest = np.clip(np.nan_to_num(-linear / square), first, last)
        deepest = np.minimum.reduce(
            [square * t**2 + 2 * linear * t + rest for t in (first, lowest, last)]
        )
        inside: Flags = (first < last) & (deepest < -1e-9)
        return inside

    def _in_slab(self, z: Floats, dz: Floats) -> tuple[Floats, Floats]:
        """Return from where to where each ray is between bottom and top."""
        with np.errstate(divide="ignore", invalid="ignore"):
            one, two = (self.bottom - z) / dz, (self.top - z) / dz
        level = dz == 0
        beside = level & ((z < self.bottom) | (z > self.top))
        first = np.where(level, np.where(beside, 1.0, 0.0), np.minimum(one, two))
        last = np.where(level, np.where(beside, 0.0, 1.0), np.maximum(one, two))
        return np.clip(first, 0, _TO_THE_SKIN), np.clip(last, 0, _TO_THE_SKIN)


Solid = Box | Frustum
