"""Values in, cells of a workbook out, as XML.

Texts are inline strings, so no cell is ever a formula or a link, whatever an object says.
"""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from kerma.exports.spreadsheet import legal, runs

Cell = str
"""What follows `<c r="A1"` of a cell; "" for an empty one."""

_HEADING, _DATE, _TIME, _MOMENT, _QUOTED = 1, 2, 3, 4, 5
"""Places in `cellXfs` of the styles of the workbook."""

_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""Spreadsheets read `_x0041_` as A (22.4.2.4), so its first character is written so itself."""


def text_cell(text: str | None) -> Cell:
    """Return a text; one that could be run is marked so that editing it does not run it."""
    if not text:
        return ""
    clean = escape(_LOOKS_ESCAPED.sub("_x005F_", legal(text)), quote=False)
    style = f' s="{_QUOTED}"' if runs(text) else ""
    space = ' xml:space="preserve"' if clean != clean.strip() or "\n" in clean else ""
    return f'{style} t="inlineStr"><is><t{space}>{clean}</t></is></c>'


def number_cell(value: float | None) -> Cell:
    """Return a number."""
    return "" if value is None else f"><v>{value!r}</v></c>"


def flag_cell(value: bool | None) -> Cell:
    """Return a truth value."""
    return "" if value is None else f' t="b"><v>{int(value)}</v></c>'


_DAY_0 = dt.date(1899, 12, 30)
_FIRST_DAY = dt.date(1900, 3, 1)
"""Spreadsheets take 1900 for a leap year, so earlier dates are written as text."""


def date_cell(value: dt.date | None) -> Cell:
    """Return a date."""
    if value is None:
        return ""
    if value < _FIRST_DAY:
        return text_cell(value.isoformat())
    return f' s="{_DATE}"><v>{(value - _DAY_0).days}</v></c>'


def time_cell(value: dt.time | None) -> Cell:
    """Return a time of the day, in whole seconds."""
    return "" if value is None else f' s="{_TIME}"><v>{_share(value)!r}</v></c>'


def moment_cell(value: dt.datetime | None) -> Cell:
    """Return a date with its time, in whole seconds."""
    if value is None:
        return ""
    if value.date() < _FIRST_DAY:
        return text_cell(value.isoformat(" ", "seconds"))
    return f' s="{_MOMENT}"><v>{(value.date() - _DAY_0).days + _share(value.time())!r}</v></c>'


def _share(time: dt.time) -> float:
    """Return the share of the day that has gone."""
    return (time.hour * 3600 + time.minute * 60 + time.second) / 86400


_CELLS: dict[str, Callable[[Any], Cell]] = {
    "number": number_cell,
    "whole": number_cell,
    "flag": flag_cell,
    "date": date_cell,
    "time": time_cell,
    "moment": moment_cell,
}

_REMEMBERED = 50_000
_SHORT = 100
"""Characters of a text that is worth remembering; long ones seldom come again."""


class Cells:
    """Makes the cells of columns; texts that come again are made once."""

    def __init__(self) -> None:
        self._texts: dict[str | None, Cell] = {}

    def column(self, kind: str, values: Sequence[Any]) -> list[Cell]:
        """Return the cells of a column."""
        if kind != "text":
            return list(map(_CELLS[kind], values))
        known = self._texts
        if len(known) > _REMEMBERED:
            known.clear()
        new = set(values).difference(known)
        known.update({text: text_cell(text) for text in new})
        cells = [known[text] for text in values]
        for text in new:
            if text and len(text) > _SHORT:
                del known[text]
        return cells


def heading_cell(text: str) -> Cell:
    """Return a text in bold."""
    return f' s="{_HEADING}" t="inlineStr"><is><t>{escape(legal(text), quote=False)}</t></is></c>'
