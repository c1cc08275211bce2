"""An event in, the size of its field out, and from what it is taken."""

import math

from kerma.dosimetry.skin.geometry import COLLIMATED, DAP_OVER_DOSE, FIELD_OF_VIEW, Geometry
from kerma.records import ProjectionEvent

FITS = 1.5
"""Field areas that differ by less are taken to be the same."""

FIELD_WORDS = {
    COLLIMATED: "collimated field at the detector",
    DAP_OVER_DOSE: "dose-area product over dose at the reference point",
    FIELD_OF_VIEW: "field of view of the detector",
}


def field_of(
    event: ProjectionEvent, geometry: Geometry, to_reference: float
) -> tuple[float, float, str] | None:
    """Return width and height of the field at 1 cm from the focus, and where they are from."""
    to_detector = in_cm(event.source_to_detector_mm)
    for name in geometry.field_size:
        found = None
        if name == DAP_OVER_DOSE and event.dap_gym2 and event.rp_dose_gy:
            side = 100 * math.sqrt(event.dap_gym2 / event.rp_dose_gy) / to_reference
            found = (side, side)
        elif name == COLLIMATED and to_detector:
            found = _collimated(event, to_detector)
        elif name == FIELD_OF_VIEW and to_detector:
            found = _field_of_view(event, to_detector)
        if found and min(found) > 0:
            return (*found, name)
    return None


def _collimated(event: ProjectionEvent, to_detector: float) -> tuple[float, float] | None:
    """Return the field by its area, its shape by width and height; these alone without an area.

    Canon's Alphenix writes widths and heights of several times its area, which fits the dose.
    """
    width, height = event.collimated_field_width_mm, event.collimated_field_height_mm
    area_m2 = event.collimated_field_area_m2
    if "collimated_field_area_m2" in event.derived:
        area_m2 = None
    if width and height:
        scale = math.sqrt(area_m2 * 1e6 / (width * height)) if area_m2 else 1.0
        return scale * width / 10 / to_detector, scale * height / 10 / to_detector
    if area_m2:
        side = 100 * math.sqrt(area_m2) / to_detector
        return side, side
    return None


def does_not_fit(event: ProjectionEvent, field: tuple[float, float], to_reference: float) -> bool:
    """Return whether the field is another than that of the dose-area product."""
    if not (event.dap_gym2 and event.rp_dose_gy):
        return False
    area_m2 = field[0] * field[1] * to_reference**2 / 1e4
    ratio = area_m2 / (event.dap_gym2 / event.rp_dose_gy)
    return not 1 / FITS < ratio < FITS


def _field_of_view(event: ProjectionEvent, to_detector: float) -> tuple[float, float] | None:
    sides = [side / 10 for side in event.field_of_view_mm if side]
    if not sides:
        names = ("collimated_field_width_mm", "collimated_field_height_mm")
        sides = [value / 10 for value in (derived(event, name) for name in names) if value]
    if not sides:
        sides = [side / 10 for side in (derived(event, "detector_field_size_mm"),) if side]
    return (sides[0] / to_detector, sides[-1] / to_detector) if sides else None


def derived(event: ProjectionEvent, name: str) -> float | None:
    """Return a value that the reader has worked out from others."""
    value = event.derived.get(name)
    return value if isinstance(value, float | int) else None


def in_cm(value_mm: float | None) -> float | None:
    """Return a length in cm, None for none and for 0."""
    return value_mm / 10 if value_mm else None
