"""The data files of coefficients, each with its source and validity; read once."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

_FOLDER = files("kerma.dosimetry") / "tables"


@cache
def table(name: str) -> dict[str, Any]:
    """Return one data file, e.g. `table("backscatter")`."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def geometry_tables() -> tuple[dict[str, Any], ...]:
    """Return what comes with Kerma about the geometry of models, in the order of the file names."""
    folder = sorted((_FOLDER / "geometry").iterdir(), key=lambda one: one.name)
    return tuple(
        tomllib.loads(one.read_text(encoding="utf-8"))
        for one in folder
        if one.name.endswith(".toml")
    )


def source(text: str) -> str:
    """Return a source as one line."""
    return " ".join(text.split())
