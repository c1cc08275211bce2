"""What a computation comes to: a value with how it was found, or the reason why there is none."""

from typing import Self

import msgspec


class Outcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One computed value."""

    value: float | None = None
    """In the unit that the function says; None if `reason` says why there is none."""
    reason: str = ""
    method: str = ""
    """The formula in words."""
    set: str = ""
    """Name of the set of coefficients."""
    source: str = ""
    inputs: dict[str, str] = {}
    """What went into it, in words with units."""
    note: str = ""

    @classmethod
    def none(cls, reason: str) -> Self:
        """Return that there is no value, and why."""
        return cls(reason=reason)


def shown(value: float, unit: str = "") -> str:
    """Return a number as an input is shown: four significant digits and its unit."""
    return f"{value:.4g} {unit}".strip()
