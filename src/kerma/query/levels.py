"""The alert levels that hold until a site has its own, read from `alert_levels.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Level(NamedTuple):
    """A level of one total; `value` is in the unit of the name."""

    name: str
    value: float
    source: str


NEAR = 0.9
"""From this share of its level on, a value is called near it."""


@cache
def levels(modality: str) -> dict[str, Level]:
    """Return the levels of a modality, e.g. "RF", by name of the total."""
    text = files("kerma.query").joinpath("alert_levels.toml").read_text(encoding="utf-8")
    found = tomllib.loads(text).get(modality, {})
    return {name: Level(name, one["level"], one["source"]) for name, one in found.items()}


class Share(NamedTuple):
    """How much of a level a value is."""

    level: Level
    value: float

    @property
    def share(self) -> float:
        """Return 1.0 for a value at its level."""
        return self.value / self.level.value

    @property
    def state(self) -> str:
        """Return "over", "warn" (near) or "ok"."""
        if self.share >= 1:
            return "over"
        return "warn" if self.share >= NEAR else "ok"


def shares(modality: str, values: Mapping[str, float | None]) -> dict[str, Share]:
    """Return the share of every level whose value is given, by name of the total."""
    found = {}
    for name, level in levels(modality).items():
        value = values.get(name)
        if value is not None:
            found[name] = Share(level, value)
    return found


def greatest(modality: str, values: Mapping[str, float | None]) -> Share | None:
    """Return the greatest share of a level, None where no value has one."""
    return max(shares(modality, values).values(), key=lambda one: one.share, default=None)
