"""Rows as arrays: a part of a table, in order of the studies' ids."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Flags = NDArray[np.bool_]


class Part(NamedTuple):
    """Some rows of a table: the id of each row's study, ascending, and its columns.

    The rows of one study are in the order in which they were written.
    """

    studies: Array
    columns: dict[str, Array]
    texts: dict[str, list[str]]
    """Column -> what its codes stand for; code 0 is the empty text."""

    def where(self, chosen: Array) -> "Part":
        """Return the rows chosen by flags or by number."""
        columns = {name: column[chosen] for name, column in self.columns.items()}
        return Part(self.studies[chosen], columns, self.texts)

    def only(self, names: Sequence[str]) -> "Part":
        """Return the part with these columns."""
        texts = {name: self.texts[name] for name in names if name in self.texts}
        return Part(self.studies, {name: self.columns[name] for name in names}, texts)


def joined(first: Part, second: Part) -> Part:
    """Return the rows of both, one after the other, with the columns of the first."""
    if not len(second.studies):
        return first
    columns, texts = {}, {}
    for name, column in first.columns.items():
        other = second.columns[name]
        if name in first.texts:
            texts[name], place = _one_dictionary(first.texts[name], second.texts[name])
            other = place[other]
        columns[name] = np.concatenate([column, other])
    return Part(np.concatenate([first.studies, second.studies]), columns, texts)


def in_order(part: Part) -> Part:
    """Return the part sorted by study."""
    return part.where(np.argsort(part.studies, kind="stable"))


def contained(values: Array, ids: Array) -> Flags:
    """Return which of `values` are among `ids`, which ascend."""
    if not len(ids):
        return np.zeros(len(values), dtype=np.bool_)
    place = np.minimum(np.searchsorted(ids, values), len(ids) - 1)
    found: Flags = ids[place] == values
    return found


def _one_dictionary(first: list[str], second: list[str]) -> tuple[list[str], Array]:
    """Return one list of texts, and the place in it of each of the second."""
    places = {text: number for number, text in enumerate(first)}
    for text in second:
        places.setdefault(text, len(places))
    found = np.fromiter((places[text] for text in second), np.int32, len(second))
    return list(places), found
