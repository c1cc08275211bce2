"""Beams in, the factors from air kerma to dose to the skin out, from the tables of coefficients."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from kerma.dosimetry.skin.beams import Beam
from kerma.dosimetry.skin.solids import Floats
from kerma.dosimetry.skin.tables import source, table

_FADE_COPPER_MM = 0.3
"""Thickness of copper behind which the inherent filtration no longer shows in the half-value layer:
the table's layers for 2.5, 3.1 and 4.1 mm aluminium then agree within 3 %."""


class Switches(msgspec.Struct, frozen=True, kw_only=True):
    """What goes into a dose; all on unless one compares with another program."""

    backscatter: bool = True
    medium: bool = True
    table: bool = True
    oblique_table: bool = True
    """A slanting ray goes a longer way through the table."""
    distance: bool = True
    """Inverse square from the reference point to the skin."""
    filtration: bool = True
    """Copper and aluminium in the half-value layer."""
    calibration: bool = True
    shadows: bool = True
    """Another part of the body stops a ray."""
    table_transmission: float | None = None
    """For every beam, instead of the table's."""


class Factors(NamedTuple):
    """Values for each beam; arrays of the number of beams."""

    half_value_layer_mm: Floats
    medium: Floats
    transmission: Floats
    """At normal incidence."""
    calibration: Floats
    splines: CubicSpline | None
    """Backscatter by field side in cm, a column for each beam; None where it is left out."""
    sides: tuple[float, float]

    def of(self, beams: NDArray[np.intp]) -> "Factors":
        """Return the factors of some of the beams."""
        splines = self.splines
        if splines is not None:
            splines = CubicSpline.construct_fast(splines.c[:, :, beams], splines.x)
        return Factors(
            self.half_value_layer_mm[beams],
            self.medium[beams],
            self.transmission[beams],
            self.calibration[beams],
            splines,
            self.sides,
        )


def factors(
    beams: Sequence[Beam],
    transmission: str,
    calibration: dict[str, float] | None = None,
    switches: Switches | None = None,
) -> Factors:
    """Return the factors of beams; `calibration` is measured over displayed dose by plane."""
    on = switches or Switches()
    kvp = np.array([beam.kvp for beam in beams])
    copper = np.array([beam.copper_mm if on.filtration else 0.0 for beam in beams])
    layers = _half_value_layers(beams, kvp, copper, on)
    known = table("backscatter")
    one = np.ones(len(beams))
    found, sides = None, np.array(known["side_cm"], dtype=float)
    if on.backscatter and beams:
        found = CubicSpline(sides, _backscatter(kvp, layers), axis=0)
    passing = one
    if on.table and on.table_transmission is not None:
        passing = one * on.table_transmission
    elif on.table:
        given = table("table_transmission")[transmission]
        passing = _surface(given["kvp"], given["copper_mm"], given["transmission"], kvp, copper)
    return Factors(
        half_value_layer_mm=layers,
        medium=_medium(kvp, layers) if on.medium else one,
        transmission=passing,
        calibration=_calibrations(beams, calibration or {}) if on.calibration else one,
        splines=found,
        sides=(float(sides[0]), float(sides[-1])),
    )


def backscatter(of: Factors, beam: NDArray[np.intp], side_cm: Floats) -> Floats:
    """Return the factor for pairs of beam and field side at the skin; held outside the table."""
    if of.splines is None:
        return np.ones(len(beam))
    knots, weights = of.splines.x, of.splines.c
    side = np.clip(side_cm, *of.sides)
    piece = np.clip(np.searchsorted(knots, side) - 1, 0, len(knots) - 2)
    way = side - knots[piece]
    three, two, one, zero = (weights[power, piece, beam] for power in range(4))
    found: Floats = ((three * way + two) * way + one) * way + zero
    return found


def sources() -> list[tuple[str, str, str]]:
    """Return name, source and validity of the tables of coefficients."""
    names = (("Backscatter", "backscatter"), ("Beam quality and medium", "beam_quality"))
    return [
        (words, source(table(name)["source"]), source(table(name)["validity"]))
        for words, name in names
    ]


def _backscatter(kvp: Floats, layers: Floats) -> Floats:
    """Return the factor for each side of the table and each beam, shape (sides, beams)."""
    c = np.array(table("backscatter")["coefficients"])
    volts, layer = (
        np.stack([np.ones_like(kvp), kvp, kvp**2]),
        np.stack([np.ones_like(layers), layers, layers**2]),
    )
    found: Floats = np.einsum("hvs,vb,hb->sb", c.reshape(3, 3, -1), volts, layer)
    return found


def _half_value_layers(beams: Sequence[Beam], kvp: Floats, copper: Floats, on: Switches) -> Floats:
    known = table("beam_quality")
    usual = 3.1
    layers = _surface(known["kvp"], known["copper_mm"], known["half_value_layer_mm"], kvp, copper)
    aluminium = np.array([beam.aluminium_mm if on.filtration else usual for beam in beams])
    bare = [
        _surface(known["kvp"], known["aluminium_mm"], _bare(known), kvp, thickness)
        for thickness in (aluminium, np.full_like(aluminium, usual))
    ]
    layers = layers + (bare[0] - bare[1]) * np.clip(1 - copper / _FADE_COPPER_MM, 0, 1)
    given = np.array([beam.half_value_layer_mm or np.nan for beam in beams], dtype=float)
    return np.where(np.isnan(given), layers, given)


def _bare(known: dict[str, Any]) -> list[list[float]]:
    found: list[list[float]] = known["half_value_layer_without_copper_mm"]
    return found


def _medium(kvp: Floats, layers: Floats) -> Floats:
    """Return the ratio of absorption coefficients, by voltage and half-value layer."""
    known = table("beam_quality")
    volts = np.array(known["kvp"], dtype=float)
    layer_rows, ratio_rows = known["half_value_layer_mm"], known["water_to_air"]
    by_row = np.array(
        [np.interp(layers, x, y) for x, y in zip(layer_rows, ratio_rows, strict=True)]
    )
    place, share = _places(volts, kvp)
    beam = np.arange(len(kvp))
    found: Floats = by_row[place, beam] * (1 - share) + by_row[place + 1, beam] * share
    return found


def _surface(
    rows: Sequence[float], columns: Sequence[float], values: Any, row: Floats, column: Floats
) -> Floats:
    """Return values of a table between its rows and columns, linearly; held outside."""
    grid = np.array(values, dtype=float)
    if grid.size == 1:
        return np.full(len(row), grid[0, 0])
    r, across = _places(np.array(rows, dtype=float), row)
    c, along = _places(np.array(columns, dtype=float), column)
    first = grid[r, c] * (1 - along) + grid[r, c + 1] * along
    second = grid[r + 1, c] * (1 - along) + grid[r + 1, c + 1] * along
    found: Floats = first * (1 - across) + second * across
    return found


def _places(knots: Floats, values: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Return between which knots values lie, and how far from the lower to the upper one."""
    held = np.clip(values, knots[0], knots[-1])
    place = np.clip(np.searchsorted(knots, held) - 1, 0, len(knots) - 2)
    return place, (held - knots[place]) / (knots[place + 1] - knots[place])


def _calibrations(beams: Sequence[Beam], by_plane: dict[str, float]) -> Floats:
    """Return the factor of each beam's plane, else that of all planes (""), else 1."""
    usual = by_plane.get("", 1.0)
    return np.array([by_plane.get(beam.plane, usual) for beam in beams])
