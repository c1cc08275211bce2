"""Height and mass of a patient in, the cells of the skin out, unrolled into rows and columns.

Row 0 is the crown. The columns go round from the front over the left side and the back to the right
side, so the map is the skin seen from outside, the back in the middle, the left side on the left.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kerma.dosimetry.skin.outlines import Outline, ellipse, moved, stadium
from kerma.dosimetry.skin.solids import Box, Floats, Frustum, Solid
from kerma.dosimetry.skin.tables import table

HEIGHT_CM = 178.6
MASS_KG = 73.2
"""Of a patient of unknown size (OpenREM 1.0)."""

CUBOID, HUMAN = "cuboid", "human"
KINDS = (CUBOID, HUMAN)

Whole = NDArray[np.intp]


class Skin(NamedTuple):
    """Cells of about 1 cm by 1 cm, n of them, on a body that lies on its back.

    Axes: x to its left, y to its front with 0 at its back, z to its head with 0 at its crown.
    """

    kind: str
    rows: int
    columns: int
    row: Whole
    column: Whole
    points: Floats
    """Centres, shape (n, 3)."""
    normals: Floats
    """Outwards, shape (n, 3)."""
    around: Floats
    """From one edge of the cell to the other, around the body, shape (n, 3)."""
    along: Floats
    """The same along the body."""
    part: Whole
    """Index into `parts`."""
    region: Whole
    """Index into `REGIONS`."""
    parts: tuple[str, ...]
    solids: tuple[tuple[int, Solid], ...]
    """Convex solids that make up the body, each with its part."""
    length_cm: float
    """From crown to the other end of the body."""
    measures: dict[str, float]

    @property
    def areas(self) -> Floats:
        """Return the area of each cell in cm²."""
        lengths: Floats = np.linalg.norm(self.around, axis=1) * np.linalg.norm(self.along, axis=1)
        return lengths

    def grid(self, values: Floats) -> Floats:
        """Return values of the cells in rows and columns, 0 where there is no skin."""
        found = np.zeros((self.rows, self.columns))
        found[self.row, self.column] = values
        return found


REGIONS = ("front", "left side", "back", "right side")


class _Ring(NamedTuple):
    """Cells round one row of one part."""

    row: int
    part: int
    z: float
    height: float
    outline: Outline
    middle: float
    """Column in whose middle the back lies."""
    slope: float = 0.0
    """Growth of the half depth per cm towards the head."""


def skin(kind: str, height_cm: float | None = None, mass_kg: float | None = None) -> Skin:
    """Return the skin of a patient; of the usual size where height or mass is None or 0."""
    height, mass = height_cm or HEIGHT_CM, mass_kg or MASS_KG
    return _cuboid(height, mass) if kind == CUBOID else _human(height, mass)


def _cuboid(height_cm: float, mass_kg: float) -> Skin:
    """Return openSkin's phantom; lengths and ways round are whole centimetres, as there.

    The head is as large for everybody, as there, but never larger than the trunk of a small child.
    """
    given = table("body")[CUBOID]
    longer = height_cm / given["height_cm"]
    wider = math.sqrt(mass_kg / given["mass_kg"] / longer)
    torso, head = (
        max(1, round(given["torso_cm"] * longer)),
        max(1, round(given["head_cm"] * longer)),
    )
    flat = max(1, round(given["flat_cm"] * wider))
    half = max(1, round(math.pi * given["radius_cm"] * wider))
    columns = 2 * (flat + half)
    radius = half / math.pi
    head_radius = min(given["head_around_cm"], columns) / (2 * math.pi)
    middle = flat + half + flat / 2
    trunk, circle = stadium(flat, half), ellipse(head_radius, head_radius)
    rings = [_Ring(row, 0, -row - 0.5, 1, circle, middle) for row in range(head)]
    rings += [_Ring(head + row, 1, -head - row - 0.5, 1, trunk, middle) for row in range(torso)]
    ends = (-float(head + torso), -float(head))
    solids: tuple[tuple[int, Solid], ...] = (
        (0, Frustum(0, head_radius, -head, 0, head_radius, head_radius)),
        (1, Box((-flat / 2, 0, ends[0]), (flat / 2, 2 * radius, ends[1]))),
        (1, Frustum(flat / 2, radius, *ends, radius, radius)),
        (1, Frustum(-flat / 2, radius, *ends, radius, radius)),
    )
    measures = {
        "torso_width_cm": flat + 2 * radius,
        "torso_height_cm": float(torso),
        "depth_cm": 2 * radius,
        "flat_cm": float(flat),
        "half_curve_cm": float(half),
        "head_height_cm": float(head),
        "head_radius_cm": head_radius,
    }
    return _assemble(CUBOID, rings, columns, ("head", "trunk"), solids, measures)


def _human(height_cm: float, mass_kg: float) -> Skin:
    """Return trunk, head and legs of elliptic cylinders and cones."""
    given = table("body")[HUMAN]
    longer = height_cm / given["height_cm"]
    wider = math.sqrt(mass_kg / given["mass_kg"] / longer)
    long = {name: given[name] * longer for name in ("head_cap_cm", "head_cm", "trunk_cm", "leg_cm")}
    wide = {
        name: given[name] * wider
        for name in ("trunk_width_cm", "trunk_depth_cm", "head_width_cm", "head_depth_cm",
                     "leg_top_cm", "leg_bottom_cm")
    }  # fmt: skip
    depth, width = wide["trunk_depth_cm"], wide["trunk_width_cm"]
    thick = ellipse(wide["leg_top_cm"], wide["leg_top_cm"])
    columns = max(len(ellipse(width, depth).points), 2 * len(thick.points))
    columns += columns % 2
    cap, neck = long["head_cap_cm"], long["head_cap_cm"] + long["head_cm"]
    hips, feet = neck + long["trunk_cm"], neck + long["trunk_cm"] + long["leg_cm"]
    rings = []
    for row in range(round(feet)):
        z = -row - 0.5
        if -z < neck:
            rings.append(_head_ring(row, z, cap, wide, columns / 2))
        elif -z < hips:
            rings.append(_Ring(row, 1, z, 1, ellipse(width, depth), columns / 2))
        else:
            rings += _leg_rings(row, z, (hips, feet), wide, columns)
    squash = wide["head_width_cm"] / wide["head_depth_cm"]
    deep = wide["head_depth_cm"]
    leg = (wide["leg_bottom_cm"], wide["leg_top_cm"])
    dome = [0.0, *(cap * share for share in (0.25, 0.5, 0.75, 1.0))]
    bent = [deep * math.sqrt(1 - (1 - way / cap) ** 2) for way in dome]
    solids: tuple[tuple[int, Solid], ...] = (
        *((0, Frustum(0, depth, -low, -high, wide_low, wide_high, squash))
          for high, low, wide_high, wide_low in zip(dome, dome[1:], bent, bent[1:], strict=False)),
        (0, Frustum(0, depth, -neck, -cap, deep, deep, squash)),
        (1, Frustum(0, depth, -hips, -neck, depth, depth, width / depth)),
        (2, Frustum(leg[1], depth, -feet, -hips, *leg)),
        (3, Frustum(-leg[1], depth, -feet, -hips, *leg)),
    )  # fmt: skip
    measures = {
        "trunk_width_cm": 2 * width,
        "trunk_depth_cm": 2 * depth,
        "trunk_height_cm": long["trunk_cm"],
        "head_height_cm": neck,
        "leg_height_cm": long["leg_cm"],
    }
    parts = ("head", "trunk", "left leg", "right leg")
    return _assemble(HUMAN, rings, columns, parts, solids, measures)


def _head_ring(row: int, z: float, cap: float, wide: dict[str, float], middle: float) -> _Ring:
    """Return a row of the head: an ellipsoid on top of a cylinder."""
    half_width, half_depth = wide["head_width_cm"], wide["head_depth_cm"]
    rise = max(cap + z, 0.0) / cap
    share = math.sqrt(1 - rise**2)
    slope = -half_depth * rise / (share * cap)
    outline = ellipse(half_width * share, half_depth * share)
    return _Ring(row, 0, z, 1, moved(outline, 0, wide["trunk_depth_cm"]), middle, slope)


def _leg_rings(
    row: int, z: float, ends: tuple[float, float], wide: dict[str, float], columns: int
) -> list[_Ring]:
    """Return a row of both legs, cones that grow thinner towards the feet."""
    hips, feet = ends
    slope = (wide["leg_top_cm"] - wide["leg_bottom_cm"]) / (feet - hips)
    radius = wide["leg_top_cm"] + slope * (hips + z)
    apart, deep = wide["leg_top_cm"], wide["trunk_depth_cm"]
    left, right = (moved(ellipse(radius, radius), x, deep) for x in (apart, -apart))
    return [
        _Ring(row, 2, z, 1, left, columns / 4, slope),
        _Ring(row, 3, z, 1, right, columns * 3 / 4, slope),
    ]


def _assemble(
    kind: str,
    rings: list[_Ring],
    columns: int,
    parts: tuple[str, ...],
    solids: tuple[tuple[int, Solid], ...],
    measures: dict[str, float],
) -> Skin:
    cells = [_cells(ring) for ring in rings]
    points, normals, around, along = (np.concatenate(part) for part in zip(*cells, strict=True))
    sizes = [len(ring.outline.points) for ring in rings]
    column = np.concatenate([_columns(ring, columns) for ring in rings])
    rows = max(ring.row for ring in rings) + 1
    lowest = points[:, 1].min() if kind == CUBOID else 0.0
    return Skin(
        kind=kind,
        rows=rows,
        columns=columns,
        row=np.repeat([ring.row for ring in rings], sizes),
        column=column,
        points=points - np.array([0, min(lowest, 0.0), 0]),
        normals=normals,
        around=around,
        along=along,
        part=np.repeat([ring.part for ring in rings], sizes),
        region=_regions(normals),
        parts=parts,
        solids=solids,
        length_cm=float(rows),
        measures=measures,
    )


def _cells(ring: _Ring) -> tuple[Floats, Floats, Floats, Floats]:
    """Return centres, normals and both edges of the cells of a ring."""
    flat = ring.outline.normals
    number = len(flat)
    points = np.column_stack([ring.outline.points, np.full(number, ring.z)])
    lean = -ring.slope * np.ones(number)
    normals = np.column_stack([flat, lean])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    around = np.column_stack([flat[:, 1], -flat[:, 0], np.zeros(number)]) * ring.outline.step
    along = np.column_stack([flat * ring.slope, np.ones(number)]) * ring.height
    return points, normals, around, along


def _columns(ring: _Ring, columns: int) -> Whole:
    """Return the columns of a ring: the outline begins at the front, its back is in the middle."""
    number = len(ring.outline.points)
    if number == columns and ring.middle != columns / 2:
        return np.arange(number, dtype=np.intp)
    first = math.floor(ring.middle - number / 2 + 0.5)
    return np.clip(np.arange(first, first + number), 0, columns - 1).astype(np.intp)


def _regions(normals: Floats) -> Whole:
    """Return whether a cell looks to the front, left, back or right."""
    sideways = np.abs(normals[:, 0]) > np.abs(normals[:, 1])
    ahead = np.where(normals[:, 1] > 0, 0, 2)
    return np.where(sideways, np.where(normals[:, 0] > 0, 1, 3), ahead).astype(np.intp)
