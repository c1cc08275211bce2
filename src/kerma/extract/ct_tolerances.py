"""The tolerances of `ct_estimate.toml`, each with its reason there."""

import tomllib
from importlib.resources import files

_TABLE = tomllib.loads(files("kerma.extract").joinpath("ct_estimate.toml").read_text("utf-8"))

TOLERANCES: dict[str, float] = {name: float(entry["value"]) for name, entry in _TABLE.items()}
"""Name -> value."""
