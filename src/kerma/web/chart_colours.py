"""A choice of colours and a number of series in, one colour for each out.

A colour that begins with "@" is a token of the style sheet, so that it follows light and dark.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from plotly import colors

SAFE = "safe"
SAFE_COUNT = 8
"""Series told apart by colour alone; after these, colours come again with another marker."""

MAPS = {
    SAFE: "Safe for colour blindness",
    "RdYlBu": "Red, yellow, blue",
    "Spectral": "Spectral",
    "PiYG": "Pink, green",
    "PRGn": "Purple, green",
    "BrBG": "Brown, blue-green",
    "PuOr": "Purple, orange",
    "RdBu": "Red, blue",
    "RdGy": "Red, grey",
    "YlGnBu": "Yellow, green, blue",
    "YlOrBr": "Yellow, orange, brown",
    "Hot": "Hot",
    "Inferno": "Inferno",
    "Magma": "Magma",
    "Plasma": "Plasma",
    "Viridis": "Viridis",
    "Cividis": "Cividis",
}
"""Name of a colour map -> how people are asked for it."""

THEMES = {
    "kerma": "Kerma",
    "plotly": "Plotly",
    "plotly_white": "Plotly white",
    "plotly_dark": "Plotly dark",
    "ggplot2": "ggplot2",
    "seaborn": "Seaborn",
    "simple_white": "Simple white",
    "presentation": "Presentation",
}
"""Name of a theme -> how people are asked for it; all but the first are plotly's templates."""

_DIVERGING = frozenset({"RdYlBu", "Spectral", "PiYG", "PRGn", "BrBG", "PuOr", "RdBu", "RdGy"})


def series_colours(name: str, count: int) -> list[str]:
    """Return a colour for each of `count` series."""
    if name == SAFE:
        return [f"@chart-{index % SAFE_COUNT + 1}" for index in range(count)]
    return [_sample(name, (index + 0.5) / max(count, 1)) for index in range(count)]


def shades(name: str, shares: list[float]) -> list[str]:
    """Return a colour for each share from 0 (little) to 1 (much)."""
    if name == SAFE:
        return [f"@shade-{min(int(share * 6), 5) + 1}" for share in shares]
    return [_sample(name, round(share, 2)) for share in shares]


@cache
def _sample(name: str, share: float) -> str:
    """Return the colour at a place of a map, 0 to 1."""
    kind = colors.diverging if name in _DIVERGING else colors.sequential
    scale = getattr(kind, name)
    return str(colors.sample_colorscale(scale, [share])[0])


@cache
def template_of(theme: str) -> Any:
    """Return plotly's template of a theme, None for Kerma's own look."""
    if theme == "kerma":
        return None
    file = files("plotly").joinpath("package_data", "templates", f"{theme}.json")
    return json.loads(file.read_text(encoding="utf-8"))


def symbol(index: int) -> str:
    """Return the marker of a series, the same for every eighth."""
    return _SYMBOLS[index % len(_SYMBOLS)]


def dash(index: int) -> str:
    """Return the line style of a series."""
    return _DASHES[index % len(_DASHES)]


_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star", "triangle-down", "x")
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "solid", "dash", "dot")
