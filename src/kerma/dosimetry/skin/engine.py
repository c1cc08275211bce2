"""A placed body, beams and factors in, the dose to each cell of the skin out.

D = K · C · (d_ref / d)² · B · (mu_en/rho, water to air) · T, summed over the beams that enter
through the cell: K the air kerma at the reference point, C the tube's calibration, B the
backscatter factor of the field at the skin, T what table top and pad let through. A cell at the
edge of a field gets the share of it that lies inside.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kerma.dosimetry.skin.beams import Beam
from kerma.dosimetry.skin.blocks import Blocks, candidates
from kerma.dosimetry.skin.factors import Factors, Switches, backscatter
from kerma.dosimetry.skin.geometry import Geometry
from kerma.dosimetry.skin.position import Placed
from kerma.dosimetry.skin.solids import Flags, Floats
from kerma.dosimetry.skin.steps import Steps

_AT_ONCE = 1_000_000
"""Cells times steps looked at together: what fits into a few megabytes."""

_SAMPLES = 12
"""Rays along each side of a field that tell how much of it meets the body."""

_FAR_CM = 400.0
"""Behind everything."""

_FLATTEST = 0.2
"""Smallest cosine for which the way through the table is lengthened."""


class Rays(NamedTuple):
    """Pairs of a cell and a beam that reaches it; arrays of one length."""

    cell: NDArray[np.intp]
    beam: NDArray[np.intp]
    """Index into the beams."""
    dose_gy: Floats
    distance: Floats
    """(d_ref / d)²."""
    backscatter: Floats
    transmission: Floats
    side_cm: Floats
    """Side of the field at the skin."""


def irradiate(
    placed: Placed,
    beams: Sequence[Beam],
    known: Factors,
    geometry: Geometry,
    switches: Switches | None = None,
) -> Rays:
    """Return all rays that enter the body; `ndarray.sum` by cell is the dose map."""
    on = switches or Switches()
    steps, blocks = Steps.of(beams), Blocks.of(placed)
    at_once = max(1, _AT_ONCE // len(placed.points))
    found = [
        _some(placed, blocks, steps.at(slice(first, first + at_once)), beams, known, geometry, on)
        for first in range(0, len(steps.beam), at_once)
    ]
    if not found:
        nothing = np.zeros(0)
        whole = np.zeros(0, dtype=np.intp)
        return Rays(whole, whole, *(nothing,) * 5)
    return Rays(*(np.concatenate(column) for column in zip(*found, strict=True)))


def dose_map(cells: int, rays: Rays) -> Floats:
    """Return the dose of each of so many cells in Gy."""
    return summed_by(rays.cell, rays.dose_gy, cells)


def summed_by(place: NDArray[np.intp], values: Floats, number: int) -> Floats:
    """Return the sum of the values at each of so many places."""
    found: Floats = np.bincount(place, values, minlength=number).astype(float)
    return found


def shares_on_body(placed: Placed, beams: Sequence[Beam]) -> Floats:
    """Return for each beam the share of its cross-section that meets the body.

    A solid is convex: what it stops at the four corners of a field it stops in all of the field.
    """
    steps = Steps.of(beams)
    met = np.zeros(len(steps.beam))
    corners = _stopped(placed, steps, np.array([-1.0, 1.0]))
    met[corners.all(axis=2).any(axis=0)] = 1
    rest = np.flatnonzero(met == 0)
    across = (np.arange(_SAMPLES) + 0.5) / _SAMPLES * 2 - 1
    met[rest] = _stopped(placed, steps.at(rest), across).any(axis=0).mean(axis=1)
    return summed_by(steps.beam, met * steps.weight, len(beams))


def _stopped(placed: Placed, steps: Steps, across: Floats) -> Flags:
    """Return which solids stop which rays of the field, shape (solids, steps, rays)."""
    wide, high = (side.ravel() for side in np.meshgrid(across, across))
    ways = steps.frame[:, None, 2, :] + (
        (wide * steps.half_width[:, None])[:, :, None] * steps.frame[:, None, 0, :]
        + (high * steps.half_height[:, None])[:, :, None] * steps.frame[:, None, 1, :]
    )
    way = (ways * _FAR_CM).reshape(-1, 3) @ placed.turn
    start = np.repeat(placed.in_body(steps.source), len(wide), axis=0)
    found = [solid.stops(start, way) for _, solid in placed.skin.solids]
    return np.array(found).reshape(len(found), len(steps.beam), len(wide))


class _Hits(NamedTuple):
    """Pairs of step and cell; arrays of one length."""

    step: NDArray[np.intp]
    cell: NDArray[np.intp]
    way: Floats
    """From the focus to the cell."""
    facing: Floats
    """Length of the way times the cosine to the normal."""
    depth: Floats
    """The way along the direction of the beam."""
    inside: Floats
    """Share of the cell in the field."""

    def where(self, flags: Flags) -> "_Hits":
        columns: tuple[Any, ...] = self
        return _Hits(*(column[flags] for column in columns))


def _some(
    placed: Placed,
    blocks: Blocks,
    steps: Steps,
    beams: Sequence[Beam],
    known: Factors,
    geometry: Geometry,
    on: Switches,
) -> Rays:
    """Return the rays of some steps."""
    hits = _hits(placed, blocks, steps, on)
    step, cell = hits.step, hits.cell
    beam = steps.beam[step]
    square = np.einsum("ij,ij->i", hits.way, hits.way)
    wide, high = steps.half_width[step], steps.half_height[step]
    side = 2 * np.sqrt(wide * high) * hits.depth
    scattered = backscatter(known, beam, side)
    through = np.ones(len(cell))
    if on.table:
        crossing, longer = _over_table(placed, steps.source[step], hits, geometry)
        length = longer if on.oblique_table else np.ones(len(crossing))
        through[crossing] = known.transmission[beam[crossing]] ** length
    nearer = steps.to_reference[step] ** 2 / square if on.distance else np.ones(len(square))
    kerma = np.array([one.kerma_gy for one in beams]) * known.calibration * known.medium
    dose = kerma[beam] * steps.weight[step] * hits.inside * nearer * scattered * through
    return Rays(cell, beam, dose, nearer, scattered, through, side)


def _hits(placed: Placed, blocks: Blocks, steps: Steps, on: Switches) -> _Hits:
    """Return the cells through which the beam of a step enters the body."""
    step, cell = candidates(blocks, steps)
    way = placed.points[cell] - steps.source[step]
    facing = -np.einsum("ij,ij->i", way, placed.normals[cell])
    depth = np.einsum("ij,ij->i", way, steps.frame[step, 2])
    hits = _Hits(step, cell, way, facing, depth, depth).where((facing > 0) & (depth > 0))
    hits = hits._replace(inside=_inside(placed, steps, hits))
    hits = hits.where(hits.inside > 0)
    if on.shadows:
        hits = hits.where(~_shadowed(placed, steps.source[hits.step], hits.cell))
    return hits


def _inside(placed: Placed, steps: Steps, hits: _Hits) -> Floats:
    """Return the share of each cell that lies in the field, 0 to 1.

    Seen from the focus a cell is taken as a rectangle along the sides of the field.
    """
    frame, inside = steps.frame[hits.step], np.ones(len(hits.step))
    edges = (placed.around[hits.cell], placed.along[hits.cell])
    for axis, halves in ((0, steps.half_width), (1, steps.half_height)):
        half = halves[hits.step]
        place = np.einsum("ij,ij->i", hits.way, frame[:, axis]) / hits.depth
        size = np.full(len(place), 1e-12)
        for edge in edges:
            across = np.einsum("ij,ij->i", edge, frame[:, axis])
            size += np.abs(across - place * np.einsum("ij,ij->i", edge, frame[:, 2])) / hits.depth
        low, high = np.maximum(place - size / 2, -half), np.minimum(place + size / 2, half)
        inside *= np.clip((high - low) / size, 0, 1)
    return inside


def _shadowed(placed: Placed, source: Floats, cell: NDArray[np.intp]) -> Flags:
    """Return which rays another part of the body stops."""
    start = placed.in_body(source)
    way = placed.skin.points[cell] - start
    part = placed.skin.part[cell]
    stopped = np.zeros(len(cell), dtype=bool)
    for own, solid in placed.skin.solids:
        others = np.flatnonzero((part != own) & ~stopped)
        stopped[others] = solid.stops(start[others], way[others])
    return stopped


def _over_table(
    placed: Placed, source: Floats, hits: _Hits, geometry: Geometry
) -> tuple[NDArray[np.intp], Floats]:
    """Return which rays cross the table from below, and how much longer their way through it is."""
    crossing = np.flatnonzero((source[:, 1] < 0) & (placed.points[hits.cell, 1] > 0))
    start, way = source[crossing], hits.way[crossing]
    share = -start[:, 1] / way[:, 1]
    x, z = start[:, 0] + share * way[:, 0], start[:, 2] + share * way[:, 2]
    on_table = (np.abs(x) <= geometry.table_width_cm / 2) & (z <= 0)
    on_table &= z >= -geometry.table_length_cm
    slant = way[on_table, 1] / np.linalg.norm(way[on_table], axis=1)
    return crossing[on_table], 1 / np.maximum(slant, _FLATTEST)
