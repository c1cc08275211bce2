"""The parameters of a page of charts in, what is drawn and how out; the rest are filters."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from kerma.charts.base import Options
from kerma.charts.options import CHOICES, FEWEST_BINS, MOST_BINS, TYPES, is_option, read_options
from kerma.errors import KermaError
from kerma.web.chart_colours import MAPS, THEMES

Pairs = tuple[tuple[str, str], ...]

AVERAGES = ("median", "mean", "box")
MOST_PER_ROW = 10

_SEVERAL = ("charts", "average", "acquisition_type")
"""Parameters that may be given several times, or with commas."""

_OWN = ("charts", "average", "histograms", "colours", "theme", "per_row")
"""Parameters of the page; all others are options of the numbers."""

__all__ = ["AVERAGES", "CHOICES", "FEWEST_BINS", "MOST_BINS", "MOST_PER_ROW", "TYPES"]


class ChoiceError(KermaError):
    """A choice that cannot be read."""


class Choices(NamedTuple):
    """What a user chose of a page of charts."""

    charts: tuple[str, ...] = ()
    """Names of the catalogue, in their order."""
    average: tuple[str, ...] = ("median",)
    """One drawing each, where a chart shows averages."""
    histograms: bool = False
    """A histogram below each chart of averages."""
    colours: str = "safe"
    theme: str = "kerma"
    per_row: int = 2
    options: Options = Options()

    @property
    def pairs(self) -> Pairs:
        """Return all choices as parameters, so that an address says everything."""
        own = ((name, _written(getattr(self, name))) for name in _OWN)
        others = self.options._asdict().items()
        shared = ((name, _written(value)) for name, value in others if name != "average")
        return tuple((name, text) for name, text in (*own, *shared) if text)


def is_choice(name: str) -> bool:
    """Return whether a parameter is a choice, not a filter."""
    return name in _OWN or is_option(name)


def read(pairs: Iterable[tuple[str, str]], known: Iterable[str]) -> Choices:
    """Return the choices; what is not said is as usual. `known` are the names of charts.

    Raises
    ------
    KermaError
        If a value is none of those there are; the text names them.
    """
    given = _gathered(pairs)
    own = {name: text for name, text in given.items() if name in _OWN}
    options = read_options([pair for pair in given.items() if pair[0] not in own])
    found = Choices(options=options)
    charts = frozenset(known)
    for name, text in own.items():
        found = found._replace(**{name: _read(name, text, charts)})
    return found


def kept(values: Mapping[str, Any], known: Iterable[str]) -> Choices:
    """Return choices as a user's options keep them; what no longer exists is left out."""
    charts = frozenset(known)
    pairs = []
    for name, value in values.items():
        text = str(value)
        if name == "charts":
            text = ",".join(one for one in text.split(",") if one in charts)
        try:
            read([(name, text)], charts)
        except KermaError:
            continue
        pairs.append((name, text))
    return read(pairs, charts)


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return each parameter once; of one that may not be given several times, the last."""
    found: dict[str, str] = {}
    for name, text in pairs:
        if text.strip():
            before = found.get(name) if name in _SEVERAL else None
            found[name] = f"{before},{text.strip()}" if before else text.strip()
    return found


def _read(name: str, text: str, charts: frozenset[str]) -> Any:
    if name == "charts":
        return _words(name, text, charts)
    if name == "average":
        chosen = _words(name, text, AVERAGES)
        return tuple(one for one in AVERAGES if one in chosen) or ("median",)
    if name == "histograms":
        return _word(name, text, ("yes", "no")) == "yes"
    if name == "per_row":
        if not (text.isdecimal() and len(text) < 4 and 1 <= int(text) <= MOST_PER_ROW):
            raise ChoiceError(f"per_row must be a number from 1 to {MOST_PER_ROW}, not {text!r}.")
        return int(text)
    return _word(name, text, MAPS if name == "colours" else THEMES)


def _words(name: str, text: str, allowed: Iterable[str]) -> tuple[str, ...]:
    given = (part.strip() for part in text.split(",") if part.strip())
    return tuple(dict.fromkeys(_word(name, part, allowed) for part in given))


def _word(name: str, text: str, allowed: Iterable[str]) -> str:
    known = tuple(allowed)
    if text not in known:
        raise ChoiceError(f"{name} must be one of {', '.join(sorted(known))}, not {text!r}.")
    return text


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
