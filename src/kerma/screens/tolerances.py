"""Limits of the checks for one layout, from `checks.toml`, which says why."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

Span = tuple[float, float]


class Limits:
    """What one layout's numbers may be."""

    def __init__(self, given: dict[str, Any]) -> None:
        self._given = given
        self.rounding_deviations = float(given["rounding_deviations"])
        self.position_mm = float(given["position_mm"])
        self.kvp = frozenset(float(one) for one in given["kvp"])
        self.total_is_printed = bool(given["total_is_printed"])

    def span(self, name: str) -> Span | None:
        """Return the least and the greatest value of a field; None if it has none."""
        found = self._given.get(name)
        return (float(found[0]), float(found[1])) if found else None

    def extra_mm(self, acquisition_type: str) -> Span | None:
        """Return how much longer than printed the irradiated length may be; None for any."""
        every = self._given["extra_mm"]
        found = every.get(acquisition_type, every[""])
        return (float(found[0]), float(found[1])) if found else None


@cache
def limits(layout: str) -> Limits:
    """Return the limits of a layout."""
    given = tomllib.loads(files("kerma.screens").joinpath("checks.toml").read_text("utf-8"))
    own = given.get(layout, {})
    extra = given["any"]["extra_mm"] | own.get("extra_mm", {})
    return Limits(given["any"] | own | {"extra_mm": extra})
