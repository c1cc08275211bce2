"""Columns and rows in, what the one table template shows out: heads, cells, rows as HTML.

Cells are joined here and not in a template because a page may hold thousands of them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from kerma.query.columns.base import Column
from kerma.query.levels import Share
from kerma.web.cells import NOTHING, Get, Written, marked, write

NO_SHARES: Mapping[str, Share] = {}

NUMBERS = frozenset(
    {"number", "whole", "years", "duration", "events", "level", "period", "bar", "per_source",
     "per_pulse"}
)  # fmt: skip
"""Kinds set to the right."""


_SELF_EXPLAINED = frozenset({"events", "level", "angles", "duration"})
"""Kinds whose unit, in the head, need not be said again in the label of a card."""


class Head(NamedTuple):
    """The head of one column; `sorting` is "", "ascending" or "descending"."""

    heading: str
    unit: str = ""
    css: str = ""
    address: str = ""
    sorting: str = ""
    explanation: str = ""


class Row(NamedTuple):
    """One row: its cells as HTML, and its mark ("over", "warn" or nothing)."""

    cells: SafeString
    css: str = ""


class Table(NamedTuple):
    """What `web/table.html` shows."""

    caption: str
    heads: Sequence[Head]
    rows: Sequence[Row]
    css: str = ""


def css_of(column: Column) -> str:
    """Return the classes of a column's cells."""
    classes = ["num"] if column.kind in NUMBERS else []
    if column.priority in (2, 3):
        classes.append(f"p{column.priority}")
    return " ".join(classes)


def heads(
    columns: Iterable[Column],
    known: Mapping[str, Column],
    address: Callable[[Column], str] | None = None,
    order: str = "",
) -> list[Head]:
    """Return the heads; `address` makes the link that orders by a column."""
    return [_head(column, known, address, order) for column in columns]


def _head(
    column: Column,
    known: Mapping[str, Column],
    address: Callable[[Column], str] | None,
    order: str,
) -> Head:
    below = known[column.sub].heading if column.sub else ""
    sorting = ""
    if order.removeprefix("-") == column.name:
        sorting = "descending" if order.startswith("-") else "ascending"
    return Head(
        column.heading,
        column.unit or below,
        css_of(column),
        address(column) if address else "",
        sorting,
        column.explanation,
    )


def cell(column: Column, written: Written, *, name: str = "") -> str:
    """Return the `<td>`; a label stands before it where rows are cards."""
    main = written.main or name or NOTHING
    sub = f'<span class="sub">{written.sub}</span>' if written.sub else ""
    title = f' title="{escape(written.title)}"' if written.title else ""
    unit = f", {column.unit}" if column.unit and column.kind not in _SELF_EXPLAINED else ""
    hide = "" if written.main and column.priority < 2 else " hide"
    return (
        f'<td class="{css_of(column)}{hide}" data-label="{escape(column.heading)}{unit}"{title}>'
        f"{main}{sub}</td>"
    )


def row_head(main: str, sub: str = "", address: str = "", marks: str = "") -> str:
    """Return the `<th>` that names a row; `main` and `sub` are escaped already."""
    name = f'<a class="main" href="{escape(address)}">{main}</a>' if address else (
        f'<span class="main">{main}</span>'
    )  # fmt: skip
    below = f'<span class="sub">{sub}</span>' if sub else ""
    return f'<th scope="row" class="full">{name}{marks}{below}</th>'


def with_sub(
    column: Column,
    known: Mapping[str, Column],
    get: Get,
    peak: float | None,
    shares: Mapping[str, Share] = NO_SHARES,
) -> Written:
    """Return the cell of a column with that of its `sub` column on the second line.

    What is over its level is marked; `shares` are by the path of the column.
    """
    written = marked(write(column, get, peak), shares.get(column.path))
    if not column.sub or written.sub:
        return written
    second = known[column.sub]
    below = marked(write(second, get), shares.get(second.path))
    if below.title:
        return written._replace(sub=f'<span title="{escape(below.title)}">{below.main}</span>')
    return written._replace(sub=below.main)


def row(cells: Iterable[str], css: str = "") -> Row:
    """Return a row of finished cells."""
    return Row(mark_safe("".join(cells)), css)
