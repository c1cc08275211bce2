"""A stored skin dose map in, what pages say and draw of it out."""

import base64
from typing import Any, NamedTuple

import numpy as np

from kerma.dosimetry.skin import picture
from kerma.dosimetry.skin.body import CUBOID, HUMAN, REGIONS, Skin
from kerma.dosimetry.skin.calculate import SkinDose
from kerma.dosimetry.skin.tables import table
from kerma.store.models import Study
from kerma.web import formats

STATE_WORDS = {
    "validated": ("ok", "Geometry validated"),
    "plausible": ("warn", "Geometry plausible, not validated"),
    "unknown": ("notice", "Geometry unknown"),
    "without": ("notice", "No map"),
}
"""State -> look and words of its badge."""

BODY_WORDS = {CUBOID: "Cuboid with half-cylinders", HUMAN: "Human shape"}

POSITION_WORDS = {
    "HFS": "head first, supine", "HFP": "head first, prone",
    "HFDL": "head first, on the left side", "HFDR": "head first, on the right side",
    "FFS": "feet first, supine", "FFP": "feet first, prone",
    "FFDL": "feet first, on the left side", "FFDR": "feet first, on the right side",
}  # fmt: skip

_COLOUR_WORDS = {
    "cividis": "Cividis",
    "viridis": "Viridis",
    "inferno": "Inferno",
    "turbo": "Turbo (rainbow)",
    "grey": "Grey",
}

_FEW = 25
"""Events shown of those that give dose to the peak."""


class Region(NamedTuple):
    """One row of the table of regions."""

    name: str
    highest: str
    area_cm2: str
    half_cm2: str
    """Area that receives at least half of the peak."""


def dose(value_gy: float) -> tuple[str, str]:
    """Return a dose as number and unit: ("1.72", "mGy")."""
    number, unit = picture.words(value_gy).split()
    return number, unit


def shown(found: SkinDose, state: str) -> dict[str, Any]:
    """Return what templates need of a map."""
    value, unit = dose(found.peak_gy)
    half = found.band_percent / 100
    low, high = found.peak_gy * max(0.0, 1 - half), found.peak_gy * (1 + half)
    share = found.share_on_body
    look, words = STATE_WORDS[state]
    return {
        "found": found,
        "value": value,
        "unit": unit,
        "low": picture.words(low),
        "high": picture.words(high),
        "percent": f"{found.band_percent:.0f}",
        "share": "" if share is None else formats.percent(share),
        "share_is_low": share is not None and share < 0.8,
        "body": BODY_WORDS[found.kind],
        "size": f"{formats.number(found.height_cm)} cm, {formats.number(found.mass_kg)} kg",
        "assumed_size": " and ".join(found.assumed_size),
        "position": POSITION_WORDS[found.position],
        "look": look,
        "state": words,
    }


def contributions(found: SkinDose) -> list[dict[str, str]]:
    """Return the events that give most to the peak, in words."""
    whole = found.peak_gy or 1
    return [
        {
            "event": str(one.event),
            "dose": picture.words(one.dose_gy),
            "share": formats.percent(one.dose_gy / whole),
            "kerma": picture.words(one.kerma_gy),
            "distance": f"{one.distance:.3f}",
            "backscatter": f"{one.backscatter:.3f}",
            "medium": f"{one.medium:.3f}",
            "transmission": f"{one.transmission:.3f}",
            "calibration": f"{one.calibration:.3f}",
            "side": f"{one.field_side_cm:.1f}",
        }
        for one in found.contributions[:_FEW]
    ]


def regions(found: SkinDose) -> list[Region]:
    """Return the highest dose and the irradiated area of each region that has any."""
    body = found.skin
    doses = found.map_gy[body.row, body.column]
    rows = []
    for part, part_name in enumerate(body.parts):
        for region, name in enumerate(REGIONS):
            here = (body.part == part) & (body.region == region)
            values, areas = doses[here], body.areas[here]
            if not len(values) or values.max() <= 0:
                continue
            half = values >= found.peak_gy / 2
            rows.append(
                (float(values.max()), f"{name} of the {part_name}",
                 float(areas[values > 0].sum()), float(areas[half].sum()))
            )  # fmt: skip
    rows.sort(reverse=True)
    return [
        Region(name.capitalize(), picture.words(highest), f"{area:.0f}", f"{half:.0f}")
        for highest, name, area, half in rows
    ]


def view_data(found: SkinDose, study: Study) -> dict[str, Any]:
    """Return what the script of the page draws: lengths in tenths of a millimetre, doses in Gy."""
    body = found.skin
    return {
        "study": study.pk,
        "rows": found.rows,
        "columns": found.columns,
        "peak": {"dose": found.peak_gy, "row": found.peak_row, "column": found.peak_column},
        "doses": _packed(found.map_gy[body.row, body.column], np.float32),
        "row": _packed(body.row, np.int16),
        "column": _packed(body.column, np.int16),
        "region": _packed(body.region, np.int8),
        "part": _packed(body.part, np.int8),
        "points": _packed(_tenths(body.points), np.int16),
        "normals": _packed(np.round(body.normals * 127), np.int8),
        "around": _packed(_tenths(body.around), np.int16),
        "along": _packed(_tenths(body.along), np.int16),
        "regions": REGIONS,
        "parts": body.parts,
        "colours": {name: picture.colours(name).tolist() for name in _COLOUR_WORDS},
        "labels": _labels(body),
    }


def colour_choices() -> list[tuple[str, str]]:
    """Return name and words of the colour maps."""
    return [(name, words) for name, words in _COLOUR_WORDS.items() if name in table("colour_maps")]


def _labels(body: Skin) -> list[dict[str, Any]]:
    """Return names of parts, and of the regions of the trunk, and where they stand on the map."""
    found = []
    for part, part_name in enumerate(body.parts):
        mine = body.part == part
        if part_name != "trunk":
            found.append(_label(part_name, np.unique(body.column[mine]), body.row[mine]))
            continue
        for region, name in enumerate(REGIONS):
            here = mine & (body.region == region)
            found += [_label(name, columns, body.row[here]) for columns in _runs(body.column[here])]
    return found


def _label(
    words: str, columns: "np.ndarray[Any, Any]", rows: "np.ndarray[Any, Any]"
) -> dict[str, Any]:
    return {
        "words": words,
        "row": float(rows.max() if words in REGIONS else rows.min()),
        "column": float(columns[0] + columns[-1] + 1) / 2,
        "wide": len(columns),
    }


def _runs(columns: "np.ndarray[Any, Any]") -> list["np.ndarray[Any, Any]"]:
    """Return columns that lie side by side together: the front is at both edges of the map."""
    every = np.unique(columns)
    return np.split(every, np.flatnonzero(np.diff(every) > 1) + 1)


def _tenths(lengths_cm: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    return np.round(lengths_cm * 100)


def _packed(values: "np.ndarray[Any, Any]", kind: Any) -> str:
    """Return numbers as base64 of little-endian bytes."""
    wanted = np.dtype(kind).newbyteorder("<")
    return base64.b64encode(np.ascontiguousarray(values).astype(wanted).tobytes()).decode()
