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
from kerma.dosimetry.skin.factors import Factors, Switches, backscatter
from kerma.dosimetry.skin.geometry import Geometry
from kerma.dosimetry.skin.position import Placed
from kerma.dosimetry.skin.solids import Flags, Floats

Coarse = NDArray[np.float32]

_AT_ONCE = 1_000_000
"""Pairs of cell and step looked at together: what stays in the cache of a processor."""

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
    solid: Floats
    """Share of the beam's cross-section that this cell catches."""


def irradiate(
    placed: Placed,
    beams: Sequence[Beam],
    known: Factors,
    geometry: Geometry,
    switches: Switches | None = None,
) -> Rays:
    """Return all rays that enter the body; `ndarray.sum` by cell is the dose map."""
    on = switches or Switches()
    cells = len(placed.points)
    steps = _Steps.of(beams)
    at_once = max(1, _AT_ONCE // max(cells, 1))
    found = [
        _some(placed, steps.part(first, first + at_once), beams, known, geometry, on)
        for first in range(0, len(steps.beam), at_once)
    ]
    if not found:
        nothing = np.zeros(0)
        whole = np.zeros(0, dtype=np.intp)
        return Rays(whole, whole, *(nothing,) * 6)
    return Rays(*(np.concatenate(column) for column in zip(*found, strict=True)))


def dose_map(cells: int, rays: Rays) -> Floats:
    """Return the dose of each of so many cells in Gy."""
    return summed_by(rays.cell, rays.dose_gy, cells)


def summed_by(place: NDArray[np.intp], values: Floats, number: int) -> Floats:
    """Return the sum of the values at each of so many places."""
    found: Floats = np.bincount(place, values, minlength=number).astype(float)
    return found


def share_on_body(beams: Sequence[Beam], rays: Rays) -> float | None:
    """Return the share of the dose-area product that enters the body, None without any beam."""
    products = np.array([beam.dap_gym2 for beam in beams])
    if not products.sum():
        return None
    caught = np.bincount(rays.beam, rays.solid, minlength=len(beams))
    return float((np.minimum(caught, 1) * products).sum() / products.sum())


class _Steps(NamedTuple):
    """All steps of all beams, one after the other."""

    beam: NDArray[np.intp]
    weight: Floats
    source: Floats
    frame: Floats
    half_width: Floats
    half_height: Floats
    to_reference: Floats

    @classmethod
    def of(cls, beams: Sequence[Beam]) -> "_Steps":
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

    def part(self, first: int, last: int) -> "_Steps":
        columns: tuple[Any, ...] = self
        return _Steps(*(column[first:last] for column in columns))


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
    steps: _Steps,
    beams: Sequence[Beam],
    known: Factors,
    geometry: Geometry,
    on: Switches,
) -> Rays:
    """Return the rays of some steps."""
    hits = _hits(placed, steps, on)
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
    flat = hits.inside * placed.skin.areas[cell] * hits.facing / hits.depth**3
    caught = steps.weight[step] * flat / (4 * wide * high)
    return Rays(cell, beam, dose, nearer, scattered, through, side, caught)


def _hits(placed: Placed, steps: _Steps, on: Switches) -> _Hits:
    """Return the cells through which the beam of a step enters the body."""
    step, cell = _candidates(placed.points, steps, _reach(placed))
    way = placed.points[cell] - steps.source[step]
    facing = -np.einsum("ij,ij->i", way, placed.normals[cell])
    depth = np.einsum("ij,ij->i", way, steps.frame[step, 2])
    hits = _Hits(step, cell, way, facing, depth, depth).where((facing > 0) & (depth > 0))
    hits = hits._replace(inside=_inside(placed, steps, hits))
    hits = hits.where(hits.inside > 0)
    if on.shadows:
        hits = hits.where(~_shadowed(placed, steps.source[hits.step], hits.cell))
    return hits


def _reach(placed: Placed) -> float:
    """Return how far a cell reaches from its middle, in cm."""
    around = np.linalg.norm(placed.around, axis=1)
    return float(np.hypot(around, np.linalg.norm(placed.along, axis=1)).max() / 2)


def _candidates(
    points: Floats, steps: _Steps, reach: float
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the pairs of step and cell of which some part may lie in the field."""
    coarse = points.astype(np.float32)
    along = _seen(coarse, steps.source, steps.frame[:, 2])
    within = along > 0
    for axis, half in ((0, steps.half_width), (1, steps.half_height)):
        across = np.abs(_seen(coarse, steps.source, steps.frame[:, axis]))
        across -= half[:, None].astype(np.float32) * along
        within &= across < np.float32(2 * reach)
    step, cell = np.nonzero(within)
    return step, cell


def _seen(points: Coarse, sources: Floats, axes: Floats) -> Coarse:
    """Return how far each point lies from each source along its axis, shape (steps, points)."""
    found: Coarse = axes.astype(np.float32) @ points.T
    found -= np.einsum("ij,ij->i", sources, axes)[:, None].astype(np.float32)
    return found


def _inside(placed: Placed, steps: _Steps, hits: _Hits) -> Floats:
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
