"""Simple exposures of which the dose to the skin can be worked out by hand."""

from typing import Any

import msgspec
import numpy as np

from kerma.dosimetry.skin.calculate import Patient, SkinDose, skin_dose
from kerma.dosimetry.skin.factors import Switches
from kerma.dosimetry.skin.geometry import Geometry
from kerma.records import Filter, ProjectionEvent

GEOMETRY = Geometry(manufacturer="Acme", model="Arc", state="plausible")

ONLY_DISTANCE = Switches(backscatter=False, medium=False, table=False)
"""Air kerma at the skin, and nothing else."""

TO_ISOCENTRE_CM, TO_REFERENCE_CM = 75.0, 60.0

MIDDLE_CM = 60.0
"""From the head end of the table to where the beams of the cases are aimed."""


def beam(**values: Any) -> ProjectionEvent:
    """Return an exposure from below, the table 15 cm under the isocentre, 8 cm field at the RP.

    The dose at the reference point is 1 Gy.
    """
    usual: dict[str, Any] = {
        "primary_angle_deg": 0.0,
        "secondary_angle_deg": 0.0,
        "source_to_isocenter_mm": 10 * TO_ISOCENTRE_CM,
        "source_to_detector_mm": 1200.0,
        "table_longitudinal_mm": 0.0,
        "table_lateral_mm": 10 * MIDDLE_CM,
        "table_height_mm": 150.0,
        "rp_dose_gy": 1.0,
        "dap_gym2": 0.08**2,
        "kvp": 80.0,
        "filters": (copper(0.3),),
        "patient_table_relationship": "headfirst",
        "patient_orientation_modifier": "supine",
    }
    return ProjectionEvent(**(usual | values))


def copper(thickness_mm: float) -> Filter:
    return Filter(
        material="Copper or Copper compound",
        material_code="C-127F9",
        thickness_min_mm=thickness_mm,
        thickness_max_mm=thickness_mm,
    )


def computed(
    *events: ProjectionEvent,
    switches: Switches | None = None,
    patient: Patient | None = None,
    kind: str = "cuboid",
    calibration: dict[str, float] | None = None,
    **changes: Any,
) -> SkinDose:
    """Return the map of exposures; `changes` are fields of the geometry."""
    geometry = msgspec.structs.replace(GEOMETRY, **changes)
    return skin_dose(
        events, patient or Patient(), geometry, kind=kind, switches=switches,
        calibration=calibration,
    )  # fmt: skip


def dose_near(found: SkinDose, x_cm: float, y_cm: float, z_cm: float) -> tuple[float, Any]:
    """Return the dose of the cell nearest to a point of the body, and the centre of that cell.

    x to the left, y to the front from the back, z from the crown, upwards.
    """
    body = found.skin
    cell = int(np.linalg.norm(body.points - (x_cm, y_cm, z_cm), axis=1).argmin())
    return float(found.map_gy[body.row[cell], body.column[cell]]), body.points[cell]


def middle(found: SkinDose) -> tuple[float, float]:
    """Return row and column of the middle of the dose."""
    rows, columns = np.nonzero(found.map_gy)
    weights = found.map_gy[rows, columns]
    return float(np.average(rows, weights=weights)), float(np.average(columns, weights=weights))
