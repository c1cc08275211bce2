"""Names and values of an address or a command in, what they select out."""

import datetime as dt
from collections.abc import Iterable
from math import isfinite
from typing import NamedTuple

from kerma.errors import KermaError
from kerma.query import behind
from kerma.query.columns import Column, columns_of
from kerma.query.filters import Filter, filters_of

NEWEST_FIRST = "-study_date"

_ALIASES = {"date": "study_date", "date_time": "study_date", "study_time": "study_date"}
"""Further names of columns to order by."""

Value = str | int | float | dt.date | behind.Behind


class FilterError(KermaError):
    """A filter that does not exist, or a value that cannot be read."""


class Given(NamedTuple):
    """One filter with the value given for it, as read and as written."""

    filter: Filter
    value: Value
    text: str


class Selection(NamedTuple):
    """Studies of a modality ("" for all) that meet all filters, in an order."""

    modality: str
    given: tuple[Given, ...] = ()
    order: str = NEWEST_FIRST

    @property
    def column(self) -> Column:
        """Return the column that orders."""
        return columns_of(self.modality)[self.order.removeprefix("-")]

    @property
    def descending(self) -> bool:
        """Return whether the greatest comes first."""
        return self.order.startswith("-")


def select(modality: str, pairs: Iterable[tuple[str, str]], *, identity: bool = False) -> Selection:
    """Return the selection; pairs with an empty value say nothing.

    Raises
    ------
    FilterError
        If a name is not known or a value cannot be read; the text names what is known.
    """
    known = filters_of(modality, identity=identity)
    given: dict[str, Given] = {}
    order = NEWEST_FIRST
    for name, text in pairs:
        if not text.strip():
            continue
        if name == "order":
            order = read_order(modality, text.strip(), identity=identity)
        elif name in known:
            given[name] = Given(known[name], _read(known[name], text.strip()), text.strip())
        else:
            raise FilterError(f"There is no filter {name!r}. Known: {', '.join(known)}, order.")
    return Selection(modality, tuple(given.values()), order)


def read_order(modality: str, text: str, *, identity: bool) -> str:
    """Return the order with the column's own name."""
    sign, name = ("-", text[1:]) if text.startswith("-") else ("", text)
    columns = {
        column.name: column
        for column in columns_of(modality).values()
        if identity or not column.identity
    }
    by_json = {column.json: column.name for column in columns.values() if column.json}
    name = _ALIASES.get(name, name)
    name = name if name in columns else by_json.get(name, name)
    if name not in columns:
        raise FilterError(f"One cannot order by {name!r}. Known: {', '.join(columns)}.")
    return sign + name


def _read(one: Filter, text: str) -> Value:
    """Return the value that `text` stands for."""
    if one.kind in {"from", "until"}:
        return _read_date(one, text)
    if one.kind in {"min", "max"}:
        return _bound(one, _read_number(one, text))
    if one.kind == "count":
        return _read_count(one, text)
    if one.kind == "test":
        return _read_choice(one, text, ("include", "exclude"))
    if one.kind == "behind":
        return _read_behind(one, text)
    if one.kind == "system":
        if not text.isdecimal() or len(text) > 18:
            raise _refusal(one, text, "the number of a system")
        return int(text)
    return text


_SLACK = 1e-9
"""Share by which bounds are widened: 0.1 mGy, read and converted, is not exactly 0.0001 Gy."""


def _bound(one: Filter, value: float) -> float:
    """Return a bound in the unit stored, as wide as rounding needs."""
    slack = abs(value) * _SLACK
    return (value - slack if one.kind == "min" else value + slack) * one.factor


def _read_date(one: Filter, text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise _refusal(one, text, "a date such as 2026-11-20") from None


def _read_number(one: Filter, text: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise _refusal(one, text, "a number")
    return value


def _read_count(one: Filter, text: str) -> int | str:
    if text in {"some", "none"}:
        return text
    if text.isdecimal() and len(text) < 10:
        return int(text)
    raise _refusal(one, text, "a number, some or none")


def _read_behind(one: Filter, text: str) -> behind.Behind:
    found = behind.read(one.path, text)
    if found is None:
        raise _refusal(one, text, "a part of a chart, as the pages of charts link to it")
    return found


def _read_choice(one: Filter, text: str, choices: tuple[str, ...]) -> str:
    if text not in choices:
        raise _refusal(one, text, " or ".join(choices))
    return text


def _refusal(one: Filter, text: str, wanted: str) -> FilterError:
    return FilterError(f"{one.name} must be {wanted}, not {text!r}.")
