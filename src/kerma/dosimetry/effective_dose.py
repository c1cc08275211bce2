"""DLP, region, age and tube voltage in, effective dose of a CT acquisition out: E = k DLP.

Effective dose is a quantity for populations and for comparing techniques. It is defined for a
reference person and must not be read as the risk of one patient.
"""

import math
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np

from kerma.dosimetry import sets
from kerma.dosimetry.outcome import Outcome, shown
from kerma.dosimetry.phantoms import NO_PHANTOM, PHANTOM_CM
from kerma.dosimetry.regions import region

KIND = "ct_effective_dose"


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Coefficients of some regions at one tube voltage, one for each age of the set."""

    regions: tuple[str, ...]
    phantom_cm: tuple[int, ...]
    """Phantom for which the DLP must be, for each age."""
    msv_per_mgycm: tuple[float, ...]
    kvp: float | None = None
    """None if the row is for any."""


class CtSet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A named set of k factors."""

    name: str
    title: str
    source: str
    weighting: str
    valid: str
    age_source: str
    ages: tuple[sets.Age, ...]
    rows: tuple[Row, ...]
    phantom_source: str = ""

    def faults(self) -> Iterator[str]:
        """Say what is wrong with the numbers."""
        yield from sets.age_faults(self.ages)
        for number, row in enumerate(self.rows, 1):
            yield from sets.number_faults(f"row {number}", row.msv_per_mgycm, len(self.ages))
            if len(row.phantom_cm) != len(self.ages) or not set(row.phantom_cm) <= {16, 32}:
                yield f"row {number} needs a phantom of 16 or 32 cm for each age"


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """What the object says of one CT acquisition, and the age of its patient."""

    dlp_mgycm: float | None = None
    phantom_code: str = ""
    region_code: str = ""
    region_name: str = ""
    """As the object says it, to name what has no coefficient."""
    kvps: tuple[float, ...] = ()
    """Tube voltages of its X-ray sources."""
    age_years: float | None = None


def ct_sets(site_folder: Path | None = None) -> dict[str, CtSet]:
    """Return all sets by name."""
    return sets.load(KIND, CtSet, site_folder)


def ct_effective_dose(scan: Scan, using: CtSet) -> Outcome:
    """Return the effective dose of one acquisition in mSv; nothing that is missing is guessed."""
    where = region(scan.region_code)
    rows = [row for row in using.rows if where in row.regions]
    age = None if scan.age_years is None else sets.age_index(using.ages, scan.age_years)
    phantom_cm = PHANTOM_CM.get(scan.phantom_code)
    if scan.dlp_mgycm is None or not scan.dlp_mgycm > 0:
        return Outcome.none("The object gives no DLP above 0.")
    if not scan.region_code:
        return Outcome.none("The object does not say which region was scanned.")
    if not rows:
        name = where or scan.region_name or scan.region_code
        return Outcome.none(f"The set has no coefficient for the region: {name}.")
    if scan.age_years is None:
        return Outcome.none("The age of the patient is not known.")
    if age is None:
        return Outcome.none(f"The set has no coefficient for {shown(scan.age_years)} years.")
    if phantom_cm is None:
        return Outcome.none(NO_PHANTOM)
    if phantom_cm != rows[0].phantom_cm[age]:
        return Outcome.none(
            f"The DLP is for the {phantom_cm} cm phantom; the coefficient of the set is for "
            f"{rows[0].phantom_cm[age]} cm."
        )
    return _outcome(scan, scan.dlp_mgycm, using, rows, age)


def _outcome(scan: Scan, dlp_mgycm: float, using: CtSet, rows: list[Row], age: int) -> Outcome:
    voltages = sorted(set(scan.kvps))
    k = _at_kvp(rows, age, voltages)
    if isinstance(k, str):
        return Outcome.none(k)
    return Outcome(
        value=k * dlp_mgycm,
        method=f"k × DLP, weights of {using.weighting}",
        set=using.title,
        source=using.source,
        inputs={
            "DLP": shown(dlp_mgycm, "mGy·cm"),
            "region": region(scan.region_code),
            "age": using.ages[age].name,
            "phantom": f"{rows[0].phantom_cm[age]} cm",
            "k": shown(k, "mSv/(mGy·cm)"),
        }
        | ({"tube voltage": shown(voltages[0], "kV")} if len(voltages) == 1 else {}),
    )


def _at_kvp(rows: list[Row], age: int, given: list[float]) -> float | str:
    """Return the coefficient, or why there is none; linear between the voltages of the set."""
    free = [row for row in rows if row.kvp is None]
    if free:
        k = free[0].msv_per_mgycm[age]
        return k if math.isfinite(k) else "The set has no coefficient for this age and region."
    if not given:
        return "The object gives no tube voltage, and the set depends on it."
    if len(given) > 1:
        return (
            f"The X-ray sources have {' and '.join(f'{kvp:g}' for kvp in given)} kV, and the set "
            "depends on it."
        )
    kvp = given[0]
    known = sorted((row.kvp or 0.0, row.msv_per_mgycm[age]) for row in rows)
    voltages = [voltage for voltage, _ in known]
    if not voltages[0] <= kvp <= voltages[-1]:
        return (
            f"The tube voltage, {shown(kvp, 'kV')}, is outside of {voltages[0]:g} to "
            f"{voltages[-1]:g} kV, for which the set has coefficients."
        )
    k = float(np.interp(kvp, voltages, [value for _, value in known]))
    return k if math.isfinite(k) else "The set has no coefficient for this age and region."
