"""What rules may compare: the totals of a modality's studies, with heading and unit."""

from functools import cache
from math import floor, log10
from typing import NamedTuple

from kerma.query.columns import COLUMNS

_NO_DOSES = frozenset({"weight", "height", "thickness"})


class Quantity(NamedTuple):
    """One total; the stored value times `factor` is in `unit`."""

    name: str
    """Its column of the study."""
    heading: str
    unit: str
    factor: float


@cache
def quantities(modality: str) -> dict[str, Quantity]:
    """Return the totals of a modality by name."""
    return {
        column.path: Quantity(
            column.path,
            column.heading,
            "s" if column.kind == "duration" else column.unit,
            column.factor,
        )
        for column in COLUMNS[modality]
        if column.kind in {"number", "duration"} and column.name not in _NO_DOSES
    }


def quantity(modality: str, name: str) -> Quantity:
    """Return a total; one that is known no longer has its name for a heading."""
    return quantities(modality).get(name) or Quantity(name, name, "", 1.0)


def said(modality: str, name: str, value: float) -> str:
    """Return a value with its unit in words, e.g. "20 000 cGy·cm²"."""
    one = quantity(modality, name)
    return f"{plain(value * one.factor)} {one.unit}".strip()


def plain(value: float) -> str:
    """Return a number with four significant digits, more only left of the point.

    Thousands are set apart by a narrow no-break space, as on the pages.
    """
    if value == 0:
        return "0"
    decimals = min(max(3 - floor(log10(abs(value))), 0), 9)
    text = f"{value:,.{decimals}f}".replace(",", "\u202f")
    return text.rstrip("0").rstrip(".") if "." in text else text
