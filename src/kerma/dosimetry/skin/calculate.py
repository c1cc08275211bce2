"""Events of a study, size and geometry in, the skin dose map with all that belongs to it out."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from kerma.dosimetry.skin import uncertainty
from kerma.dosimetry.skin.beams import Beam, Left, assumptions, beams
from kerma.dosimetry.skin.body import CUBOID, HEIGHT_CM, MASS_KG, REGIONS, Skin, skin
from kerma.dosimetry.skin.engine import Rays, dose_map, irradiate, shares_on_body, summed_by
from kerma.dosimetry.skin.factors import Factors, Switches, factors
from kerma.dosimetry.skin.fields import FIELD_WORDS
from kerma.dosimetry.skin.geometry import Geometry
from kerma.dosimetry.skin.position import place, position_of
from kerma.dosimetry.skin.solids import Floats
from kerma.dosimetry.skin.tables import source, table
from kerma.records import ProjectionEvent

VERSION = "1"
"""Of the method; another one means that stored maps are made anew."""


_HEIGHTS_CM, _MASSES_KG = (25.0, 260.0), (0.5, 500.0)
"""Sizes outside are faults of units or of typing, and count as unknown."""


class Patient(NamedTuple):
    """Size and position of a patient; None and "" where they are not known."""

    height_cm: float | None = None
    mass_kg: float | None = None
    position: str = ""
    """As in Patient Position (0018,5100)."""


class Contribution(msgspec.Struct, frozen=True):
    """What one event gives to the cell with the highest dose."""

    event: int
    """From 1."""
    dose_gy: float
    kerma_gy: float
    distance: float
    backscatter: float
    medium: float
    transmission: float
    calibration: float
    field_side_cm: float


class SkinDose(msgspec.Struct, frozen=True, kw_only=True):
    """A skin dose map; what is stored of a study."""

    rows: int
    columns: int
    doses: bytes
    """Gy for each cell, float32, row by row; 0 where there is no skin."""
    peak_gy: float
    peak_row: int
    peak_column: int
    place: str
    """Where the peak is, in words."""
    band_percent: float
    """Half of the band around the peak, coverage factor 2."""
    budget: list[dict[str, Any]]
    share_on_body: float | None
    contributions: list[Contribution]
    """The largest first."""
    kind: str
    height_cm: float
    mass_kg: float
    assumed_size: list[str]
    position: str
    position_from: str
    measures: dict[str, float]
    used: int
    """Events with dose that are in the map."""
    left: list[tuple[str, int]]
    """Why events with dose are not in it, and how many."""
    assumed: list[tuple[str, int]]
    fields: list[tuple[str, int]]
    """Where the sizes of the fields are from."""
    factors: list[dict[str, str]]

    @property
    def map_gy(self) -> NDArray[np.float32]:
        """Return the doses in rows and columns."""
        return np.frombuffer(self.doses, dtype=np.float32).reshape(self.rows, self.columns)

    @property
    def skin(self) -> Skin:
        """Return the body the map is on."""
        return skin(self.kind, self.height_cm, self.mass_kg)

    def place_of(self, row: int, column: int) -> str:
        """Return where a cell of the map is, in words; "" where there is no skin."""
        body = self.skin
        cells = np.flatnonzero((body.row == row) & (body.column == column))
        return place_words(body, int(cells[0])) if len(cells) else ""


def skin_dose(
    events: Sequence[ProjectionEvent],
    patient: Patient,
    geometry: Geometry,
    *,
    kind: str = CUBOID,
    calibration: dict[str, float] | None = None,
    switches: Switches | None = None,
) -> SkinDose:
    """Return the absorbed dose to the skin, in water, of all events together.

    `calibration` is measured over displayed dose by plane, "" for all planes.
    """
    on = switches or Switches()
    known_height = _likely(patient.height_cm, _HEIGHTS_CM)
    known_mass = _likely(patient.mass_kg, _MASSES_KG)
    height, mass = known_height or HEIGHT_CM, known_mass or MASS_KG
    body = skin(kind, height, mass)
    positions = [position_of(event, patient.position) for event in events]
    found, left = beams(events, geometry, [position for position, _ in positions])
    known = factors(found, geometry.transmission, calibration, on)
    lying = [positions[one.event][0] for one in found]
    rays, met = _all_rays(body, found, known, geometry, on, lying, height)
    doses = dose_map(len(body.points), rays)
    peak = int(doses.argmax())
    at_peak = rays.cell == peak
    parts = uncertainty.budget(
        calibrated=bool(calibration) and on.calibration,
        table_measured=geometry.transmission != "estimate",
        through_table=bool((rays.transmission[at_peak] < 1).any()),
    )
    first = positions[found[0].event] if found else ("HFS", "assumed")
    return SkinDose(
        rows=body.rows,
        columns=body.columns,
        doses=body.grid(doses).astype(np.float32).tobytes(),
        peak_gy=float(doses[peak]),
        peak_row=int(body.row[peak]),
        peak_column=int(body.column[peak]),
        place=place_words(body, peak),
        band_percent=uncertainty.expanded_percent(parts),
        budget=parts,
        share_on_body=_share_on_body(found, met),
        contributions=_contributions(found, known, rays, at_peak),
        kind=kind,
        height_cm=height,
        mass_kg=mass,
        assumed_size=[
            word for word, given in (("height", known_height), ("mass", known_mass)) if not given
        ],
        position=first[0],
        position_from=first[1],
        measures=body.measures,
        used=len(found),
        left=_why(left),
        assumed=assumptions(found),
        fields=_fields(found),
        factors=_factor_words(geometry, on, calibration or {}),
    )


def _likely(value: float | None, ends: tuple[float, float]) -> float | None:
    return value if value is not None and ends[0] <= value <= ends[1] else None


def place_words(body: Skin, cell: int) -> str:
    """Return where a cell is: "back of the trunk, 61 cm below the crown, 3 cm to the left"."""
    region, part = REGIONS[body.region[cell]], body.parts[body.part[cell]]
    where = f"{region} of the {part}"
    x = body.points[cell, 0]
    side = f"{abs(x):.0f} cm to the {'left' if x > 0 else 'right'}"
    if abs(x) < 0.75:
        side = "on the midline"
    below = f"{-body.points[cell, 2]:.0f} cm below the crown"
    return f"{where}, {below}, {side}"


def _all_rays(
    body: Skin,
    found: list[Beam],
    known: Factors,
    geometry: Geometry,
    on: Switches,
    positions: list[str],
    height_cm: float,
) -> tuple[Rays, Floats]:
    """Return the rays of all beams, and the share of each beam that meets the body.

    The body lies anew for each position that occurs.
    """
    parts, met = [], np.zeros(len(found))
    for position in sorted(set(positions)) or ["HFS"]:
        mine = np.array([n for n, one in enumerate(positions) if one == position], dtype=np.intp)
        placed = place(
            body, position, height_cm=height_cm, pad_cm=geometry.pad_cm, crown_cm=geometry.crown_cm
        )
        beams_here = [found[n] for n in mine]
        rays = irradiate(placed, beams_here, known.of(mine), geometry, on)
        met[mine] = shares_on_body(placed, beams_here)
        parts.append(rays._replace(beam=mine[rays.beam]))
    return Rays(*(np.concatenate(column) for column in zip(*parts, strict=True))), met


def _share_on_body(found: list[Beam], met: Floats) -> float | None:
    """Return the share of the dose-area product that meets the body, None without any."""
    products = np.array([beam.dap_gym2 for beam in found])
    return float((met * products).sum() / products.sum()) if products.sum() else None


def _contributions(
    found: list[Beam], known: Factors, rays: Rays, at_peak: NDArray[np.bool_]
) -> list[Contribution]:
    """Return what each event gives to the peak; of a rotation, factors averaged over its steps."""
    beam, dose = rays.beam[at_peak], rays.dose_gy[at_peak]
    number = len(found)
    whole = summed_by(beam, dose, number)
    safe = np.where(whole > 0, whole, 1)

    def mean(values: Floats) -> Floats:
        return summed_by(beam, dose * values[at_peak], number) / safe

    columns = [mean(column) for column in (rays.distance, rays.backscatter, rays.transmission,
                                           rays.side_cm)]  # fmt: skip
    return [
        Contribution(
            event=found[n].event + 1,
            dose_gy=float(whole[n]),
            kerma_gy=found[n].kerma_gy,
            distance=float(columns[0][n]),
            backscatter=float(columns[1][n]),
            medium=float(known.medium[n]),
            transmission=float(columns[2][n]),
            calibration=float(known.calibration[n]),
            field_side_cm=float(columns[3][n]),
        )
        for n in np.argsort(-whole, kind="stable")
        if whole[n] > 0
    ]


def _why(left: list[Left]) -> list[tuple[str, int]]:
    reasons = [one.why for one in left]
    return [(why, reasons.count(why)) for why in dict.fromkeys(reasons)]


def _fields(found: list[Beam]) -> list[tuple[str, int]]:
    names = [one.field_from for one in found]
    return [(FIELD_WORDS[name], names.count(name)) for name in dict.fromkeys(names)]


def _factor_words(
    geometry: Geometry, on: Switches, calibration: dict[str, float]
) -> list[dict[str, str]]:
    """Return what goes into the dose: name, whether it is on, how it is found, source."""
    through = table("table_transmission")[geometry.transmission]
    back, quality = table("backscatter"), table("beam_quality")
    planes = ", ".join(
        f"{factor:g} ({plane or 'all planes'})" for plane, factor in sorted(calibration.items())
    )
    rows = (
        ("Distance", on.distance, "Inverse square from the reference point, which lies 15 cm from "
         "the isocentre toward the source unless the report says otherwise, to the cell.",
         "IEC 60601-2-43; DICOM CID 10025"),
        ("Backscatter", on.backscatter, "By tube voltage, half-value layer and side of the field "
         "at the skin.", back["source"]),
        ("Medium", on.medium, "Ratio of mass energy-absorption coefficients, water to air.",
         quality["source"]),
        ("Filtration", on.filtration, "Half-value layer from tube voltage, copper and aluminium, "
         "where the report does not give it.", quality["source"]),
        ("Table and pad", on.table, "For rays that cross the table; longer ways of slanting rays."
         if on.oblique_table else "For rays that cross the table.", through["source"]),
        ("Calibration of the tube", on.calibration and bool(calibration),
         planes or "None is entered: the displayed dose is taken as it is.", "This site"),
    )  # fmt: skip
    return [
        {"name": name, "on": "yes" if is_on else "no", "how": how, "source": source(of)}
        for name, is_on, how, of in rows
    ]
