"""One exported value, said once, and how its column is made from what the store holds.

A `Value` is a column of the sheets, of Parquet and of JSON Lines alike. `Reader` turns rows of
the database into such columns, a batch at a time.
"""

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

import msgspec

Column = Sequence[Any]
"""The values of one column, one for each row of a batch; None, or "", where there is none."""


class Value(NamedTuple):
    """One exported value of a study or of an event.

    `path` is where the store keeps it, or several such places; `get` makes the value of them, the
    JSON among them decoded. The stored number times `factor` is in the unit of the heading.
    """

    heading: str
    """In the sheets, as users of older systems know it."""
    name: str
    """In Parquet and JSON Lines, with the unit."""
    path: str | tuple[str, ...]
    kind: str = "text"
    """text, number, whole, date, time, moment or flag."""
    factor: float = 1.0
    get: Callable[..., Any] | None = None
    identity: bool = False
    """Only in exports with the identity of patients."""
    extra: bool = False
    """Only in Parquet and JSON Lines, which have room for more than the sheets."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Return all places it is made of."""
        return (self.path,) if isinstance(self.path, str) else self.path


Decoders = Mapping[str, "msgspec.json.Decoder[Any]"]
"""Path of a column of JSON -> what decodes it."""

Views = Mapping[str, tuple[str, Callable[[Any], Any]]]
"""Path that no table has -> the path of the JSON of which it is a part, and what takes the part."""


class Columns(NamedTuple):
    """What is exported of the studies and the events of a modality."""

    study: tuple[Value, ...]
    event: tuple[Value, ...]
    decoders: Decoders = {}
    views: Views = {}

    def chosen(self, *, identity: bool, extra: bool) -> "Columns":
        """Return the values for an export with or without identity and extra values."""

        def fits(one: Value) -> bool:
            return (identity or not one.identity) and (extra or not one.extra)

        return self._replace(
            study=tuple(filter(fits, self.study)), event=tuple(filter(fits, self.event))
        )


class Reader:
    """Makes the columns of some values from rows of the database."""

    def __init__(self, values: Sequence[Value], columns: Columns) -> None:
        self.values = tuple(values)
        asked = dict.fromkeys(path for one in values for path in one.paths)
        views = [path for path in asked if path in columns.views]
        stored = [columns.views[path][0] if path in columns.views else path for path in asked]
        self.paths = tuple(dict.fromkeys(stored))
        """What to ask the database for, in this order."""
        self._decode = [columns.decoders.get(path) for path in self.paths]
        at = {path: index for index, path in enumerate((*self.paths, *views))}
        self._views = [(at[columns.views[path][0]], columns.views[path][1]) for path in views]
        self._places = [tuple(at[path] for path in one.paths) for one in values]

    def columns(self, rows: Sequence[tuple[Any, ...]]) -> list[Column]:
        """Return one column for each value."""
        if not rows:
            return [()] * len(self.values)
        stored: list[Column] = [*zip(*rows, strict=True)]
        del stored[len(self.paths) :]
        for index, decoder in enumerate(self._decode):
            if decoder is not None:
                decode = decoder.decode
                stored[index] = [decode(text) if text else None for text in stored[index]]
        stored += [list(map(part, stored[index])) for index, part in self._views]
        return [
            _clean(one, [stored[index] for index in places])
            for one, places in zip(self.values, self._places, strict=True)
        ]


def _clean(one: Value, stored: list[Column]) -> Column:
    found = stored[0] if one.get is None else list(map(one.get, *stored))
    return _KINDS[one.kind](found, one.factor)


def _texts(found: Column, factor: float) -> Column:
    """Return texts, several values of one attribute set apart; "" or None where there is none."""
    if "\\" not in "".join(filter(None, found)):
        return found
    return [set_apart(text) if text else text for text in found]


def set_apart(text: str) -> str:
    """Return the several values of one attribute as people read them."""
    return text.replace("\\", " | ")


def _numbers(found: Column, factor: float) -> Column:
    """Return numbers in the unit of the heading; what is no finite number is None."""
    if not isfinite(sum(filter(None, found))):
        found = [None if v is None or not isfinite(v) else v for v in found]
    if factor == 1.0:
        return found
    return [None if v is None else round(v * factor, _DECIMALS) for v in found]


_DECIMALS = 10
"""A conversion of units adds no digits beyond these."""


def _flags(found: Column, factor: float) -> Column:
    return [None if v is None else bool(v) for v in found]


def _as_they_are(found: Column, factor: float) -> Column:
    return found


_KINDS: dict[str, Callable[[Column, float], Column]] = {
    "text": _texts,
    "number": _numbers,
    "whole": _numbers,
    "flag": _flags,
    "date": _as_they_are,
    "time": _as_they_are,
    "moment": _as_they_are,
}
