"""Parts of the pages of charts: choices of a field, rows of a table."""

from collections.abc import Mapping
from itertools import islice
from typing import NamedTuple

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from kerma.web import formats
from kerma.web.chart_results import Drawn
from kerma.web.chart_tables import MOST_ROWS, Line, Value

register = template.Library()

_FEW = 12
"""A table of so many rows is open from the start."""


@register.simple_tag
def choices_of(words: Mapping[str, str], chosen: str) -> SafeString:
    """Return the options of a field of choice."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (value, mark_safe(" selected") if value == chosen else "", text)
            for value, text in words.items()
        ),
    )


class Rows(NamedTuple):
    """The rows of a table that the page shows."""

    rows: list[SafeString]
    more: bool
    few: bool


@register.simple_tag
def chart_rows(drawn: Drawn) -> Rows:
    """Return the first rows of the table of a chart."""
    lines = list(islice(drawn.table.lines, MOST_ROWS + 1))
    numbers = [head.is_number for head in drawn.table.heads]
    rows = [_row(drawn, line, numbers) for line in lines[:MOST_ROWS]]
    return Rows(rows, len(lines) > MOST_ROWS, len(lines) <= _FEW)


def _row(drawn: Drawn, line: Line, numbers: list[bool]) -> SafeString:
    first, *others = line.values
    address = f"{drawn.links.base}{drawn.links.part(line.series, line.item)}"
    head = format_html('<th scope="row"><a href="{}">{}</a></th>', address, _said(first))
    cells = (
        f'<td class="num" data-value="{escape(_raw(value))}">{escape(_said(value))}</td>'
        if is_number
        else f"<td>{escape(_said(value))}</td>"
        for value, is_number in zip(others, numbers[1:], strict=True)
    )
    return mark_safe(head + "".join(cells))


def _raw(value: Value) -> str:
    return "" if value is None else str(value)


def _said(value: Value) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return formats.number(value)
    return formats.whole(value) if isinstance(value, int) else formats.text(value)
