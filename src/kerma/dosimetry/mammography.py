"""Incident air kerma, thickness, half-value layer, spectrum and age in, average glandular dose out.

AGD = K g c s (D. R. Dance et al., Phys. Med. Biol. 35:1211, 1990; 45:3225, 2000; 54:4361, 2009).
Kerma has no tables of its own: their licence does not allow it, and compilations disagree. A site
that has them puts them into a file; its form is in `docs/computed_doses.md`.
"""

import math
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np

from kerma.dosimetry import sets
from kerma.dosimetry.outcome import Outcome, shown

KIND = "mammography"


class Grid(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A factor by thickness (rows) and half-value layer (columns)."""

    thickness_mm: tuple[float, ...]
    hvl_mm_al: tuple[float, ...]
    values: tuple[tuple[float, ...], ...]

    def faults(self, words: str) -> Iterator[str]:
        """Say what is wrong with the grid."""
        for axis, name in ((self.thickness_mm, "thickness_mm"), (self.hvl_mm_al, "hvl_mm_al")):
            if len(axis) < 2 or list(axis) != sorted(set(axis)):
                yield f"{words}: {name} must be two or more rising numbers"
        if len(self.values) != len(self.thickness_mm):
            yield f"{words} needs one row for each thickness"
        for row in self.values:
            yield from sets.number_faults(words, row, len(self.hvl_mm_al))

    def at(self, thickness_mm: float, hvl_mm_al: float) -> float | None:
        """Return the value by linear interpolation, None outside of the grid."""
        inside = self.thickness_mm[0] <= thickness_mm <= self.thickness_mm[-1]
        if not inside or not self.hvl_mm_al[0] <= hvl_mm_al <= self.hvl_mm_al[-1]:
            return None
        at_hvl = [float(np.interp(hvl_mm_al, self.hvl_mm_al, row)) for row in self.values]
        value = float(np.interp(thickness_mm, self.thickness_mm, at_hvl))
        return value if math.isfinite(value) else None


class Glandularity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The factor c for the typical breasts of women of some age."""

    from_years: float
    below_years: float
    grid: Grid


class Spectrum(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The factor s of one target and filter; one number, or one for each thickness."""

    target: str
    filter: str
    s: tuple[float, ...]
    thickness_mm: tuple[float, ...] = ()

    def faults(self) -> Iterator[str]:
        """Say what is wrong with the numbers."""
        words = f"{self.target}/{self.filter}"
        yield from sets.number_faults(words, self.s, len(self.thickness_mm) or 1)
        if list(self.thickness_mm) != sorted(set(self.thickness_mm)):
            yield f"{words}: thickness_mm must rise"

    def at(self, thickness_mm: float) -> float | None:
        """Return s, None outside of the thicknesses."""
        if not self.thickness_mm:
            return self.s[0]
        if not self.thickness_mm[0] <= thickness_mm <= self.thickness_mm[-1]:
            return None
        value = float(np.interp(thickness_mm, self.thickness_mm, self.s))
        return value if math.isfinite(value) else None


class MammographySet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A named set of g, c and s."""

    name: str
    title: str
    source: str
    g: Grid
    c: tuple[Glandularity, ...]
    s: tuple[Spectrum, ...]

    def faults(self) -> Iterator[str]:
        """Say what is wrong with the numbers."""
        yield from self.g.faults("g")
        for part in self.c:
            yield from part.grid.faults(f"c from {part.from_years:g} years")
        for spectrum in self.s:
            yield from spectrum.faults()


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """What the object says of one exposure, and the age of its patient."""

    incident_air_kerma_mgy: float | None = None
    """At the upper surface of the breast, without backscatter."""
    thickness_mm: float | None = None
    hvl_mm_al: float | None = None
    target: str = ""
    filter: str = ""
    age_years: float | None = None
    is_tomosynthesis: bool = False


def mammography_sets(site_folder: Path | None = None) -> dict[str, MammographySet]:
    """Return all sets by name."""
    return sets.load(KIND, MammographySet, site_folder)


def average_glandular_dose(exposure: Exposure, using: MammographySet) -> Outcome:
    """Return the average glandular dose of one projection in mGy; nothing missing is guessed."""
    missing = _missing(exposure)
    if exposure.is_tomosynthesis:
        return Outcome.none("The factors are for single projections, not for tomosynthesis.")
    if missing:
        return Outcome.none(f"The object gives no {' and no '.join(missing)}.")
    kerma, thickness = exposure.incident_air_kerma_mgy or 0.0, exposure.thickness_mm or 0.0
    hvl, age = exposure.hvl_mm_al or 0.0, exposure.age_years or 0.0
    spectrum = _spectrum(exposure, using)
    grid = next((c.grid for c in using.c if c.from_years <= age < c.below_years), None)
    if spectrum is None:
        return Outcome.none(f"The set has no s for {exposure.target} and {exposure.filter}.")
    if grid is None:
        return Outcome.none(f"The set has no c for {shown(age)} years.")
    factors = (using.g.at(thickness, hvl), grid.at(thickness, hvl), spectrum.at(thickness))
    g, c, s = factors
    if g is None or c is None or s is None:
        return Outcome.none(
            f"{shown(thickness, 'mm')} with {shown(hvl, 'mm Al')} is outside of the tables."
        )
    return Outcome(
        value=kerma * g * c * s,
        method="K g c s",
        set=using.title,
        source=using.source,
        inputs={
            "K": shown(kerma, "mGy"),
            "thickness": shown(thickness, "mm"),
            "half-value layer": shown(hvl, "mm Al"),
            "target and filter": f"{spectrum.target}/{spectrum.filter}",
            "age": shown(age, "years"),
            "g": f"{g:.3f}",
            "c": f"{c:.3f}",
            "s": f"{s:.3f}",
        },
    )


def _missing(exposure: Exposure) -> list[str]:
    wanted = {
        "incident air kerma": exposure.incident_air_kerma_mgy,
        "thickness": exposure.thickness_mm,
        "half-value layer": exposure.hvl_mm_al,
        "target": exposure.target,
        "filter": exposure.filter,
        "age": exposure.age_years,
    }
    return [
        name
        for name, value in wanted.items()
        if not value or (not isinstance(value, str) and value <= 0)
    ]


def _spectrum(exposure: Exposure, using: MammographySet) -> Spectrum | None:
    """Return the spectrum whose element the object names, as in "Tungsten or Tungsten compound"."""
    target, filter_ = _element(exposure.target), _element(exposure.filter)
    for spectrum in using.s:
        if (_element(spectrum.target), _element(spectrum.filter)) == (target, filter_):
            return spectrum
    return None


def _element(words: str) -> str:
    return words.casefold().split(" or ")[0].strip()
