"""The tolerances of `matching.toml`, each with its reason there."""

import tomllib
from importlib.resources import files

_TABLE = tomllib.loads((files("kerma.extract.screens") / "matching.toml").read_text("utf-8"))


def tolerance(name: str) -> float:
    """Return the value of this name, in the unit that the name ends in."""
    return float(_TABLE[name]["value"])
