"""What exports of fluoroscopy, radiography and mammography have in common."""

from collections.abc import Callable

import msgspec

from kerma.query import materials
from kerma.records.projection import Filter

CGYCM2 = 1e6
"""cGy·cm² per Gy·m²."""

Filters = tuple[Filter, ...] | None


class More(msgspec.Struct, frozen=True):
    """What of an event has no column of its own in the store."""

    derived: dict[str, float | str] = {}
    view_modifiers: tuple[str, ...] = ()
    exposure_control_mode_description: str = ""
    radiological_thickness_mm: float | None = None


DECODERS = {
    "more": msgspec.json.Decoder(More),
    "filters": msgspec.json.Decoder(Filters),
}


def filter_materials(filters: Filters) -> str:
    """Return the materials of all filters: "Cu | Al"."""
    return " | ".join(materials.symbol(one.material) for one in filters or ())


def filter_thicknesses(filters: Filters) -> str:
    """Return the thickness of each filter in mm, the mean of both ends: "0.1000 | 1.0000"."""
    return " | ".join(_thickness(one) for one in filters or ())


def _thickness(one: Filter) -> str:
    ends = [end for end in (one.thickness_min_mm, one.thickness_max_mm) if end is not None]
    return f"{sum(ends) / len(ends):.4f}" if ends else ""


def first(*given: float | None) -> float | None:
    """Return the first value there is."""
    return next((value for value in given if value is not None), None)


ENTRANCE = ("entrance_exposure_at_rp_mgy", "entrance_dose_mgy")
"""Reports give the one, images the other."""


def derived(name: str) -> Callable[[float | None, More], float | None]:
    """Return what reads a value that was worked out from others."""

    def get(given: float | None, more: More) -> float | None:
        found = more.derived.get(name) if given is None else given
        return found if isinstance(found, int | float) else None

    return get
