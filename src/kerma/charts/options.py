"""Names and texts in, the options of a chart out."""

from collections.abc import Callable, Iterable
from typing import Any

from kerma.charts.base import Options
from kerma.errors import KermaError


class OptionError(KermaError):
    """An option that does not exist, or a value that it cannot have."""


_FLAGS = {
    "yes": True, "no": False, "true": True, "false": False, "1": True, "0": False, "on": True,
    "off": False,
}  # fmt: skip

CHOICES = {
    "average": ("mean", "median", "box"),
    "period": ("day", "week", "month", "quarter", "year"),
    "group_by": ("item", "system"),
    "sort": ("name", "frequency", "value"),
    "direction": ("ascending", "descending"),
    "split": ("", "physician"),
}
"""Option -> its choices, "" meaning none."""

TYPES = ("spiral", "sequenced", "stationary", "localiser", "free")
"""Types of a CT acquisition; several may be given with commas between them."""

FEWEST_BINS, MOST_BINS = 2, 40


def read_options(pairs: Iterable[tuple[str, str]]) -> Options:
    """Return the options; an empty text stands for the default.

    Raises
    ------
    OptionError
        If a name or a value is not known; the text names what is.
    """
    given: dict[str, Any] = {}
    for name, text in pairs:
        if name not in _READERS:
            raise OptionError(f"There is no option {name!r}. Known: {', '.join(_READERS)}.")
        if text.strip():
            given[name] = _READERS[name](name, text.strip().casefold())
    return Options(**given)


def is_option(name: str) -> bool:
    """Return whether there is an option of this name."""
    return name in _READERS


def _choice(name: str, text: str) -> str:
    if text not in CHOICES[name]:
        known = ", ".join(choice for choice in CHOICES[name] if choice)
        raise OptionError(f"{name} must be one of {known}, not {text!r}.")
    return text


def _flag(name: str, text: str) -> bool:
    if text not in _FLAGS:
        raise OptionError(f"{name} must be yes or no, not {text!r}.")
    return _FLAGS[text]


def _bins(name: str, text: str) -> int:
    if not text.isdecimal() or not FEWEST_BINS <= int(text[:9]) <= MOST_BINS:
        raise OptionError(
            f"{name} must be a whole number from {FEWEST_BINS} to {MOST_BINS}, not {text!r}."
        )
    return int(text)


def _types(name: str, text: str) -> str:
    given = [part.strip() for part in text.split(",") if part.strip()]
    for one in given:
        if one not in TYPES:
            raise OptionError(f"{name} must be one or more of {', '.join(TYPES)}, not {one!r}.")
    return ",".join(dict.fromkeys(given))


def _limit(name: str, text: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise OptionError(f"{name} must be a number that is not negative, not {text!r}.")
    return value


_READERS: dict[str, Callable[[str, str], Any]] = {
    "average": _choice,
    "period": _choice,
    "per_system": _flag,
    "group_by": _choice,
    "bins": _bins,
    "common_bins": _flag,
    "sort": _choice,
    "direction": _choice,
    "acquisition_type": _types,
    "split": _choice,
    "ignore_case": _flag,
    "fold_space": _flag,
    "limit": _limit,
}

OPTIONS = tuple(_READERS)
"""Names of all options."""
