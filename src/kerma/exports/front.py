"""What an export selected and counted in, the sheet "Summary" out."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from itertools import zip_longest
from typing import Any

from django.utils import timezone

from kerma.exports.base import Plan
from kerma.exports.counts import Summary
from kerma.exports.workbook import Sheet, heading_cell, number_cell, text_cell
from kerma.query.columns import HEADINGS


def write(
    sheet: Sheet,
    plan: Plan,
    studies: int,
    summary: Summary,
    notes: Sequence[str],
    sheet_of: Callable[[str], str],
) -> None:
    """Write what was exported, when, by whom, and how often what occurs.

    `sheet_of` tells the name of the sheet of a protocol.
    """
    for label, value in _facts(plan, studies):
        sheet.add((heading_cell(label), _cell(value)))
    for note in notes:
        sheet.add((heading_cell("Note"), text_cell(note)))
    sheet.add(())
    _frequencies(sheet, plan, summary, sheet_of)


def _facts(plan: Plan, studies: int) -> Iterator[tuple[str, Any]]:
    yield "Export", HEADINGS[plan.modality]
    yield "Studies", studies
    yield "Made by", f"Kerma {version('kerma')}"
    yield "Date", f"{timezone.localtime(dt.datetime.now(dt.UTC)):%Y-%m-%d %H:%M:%S %Z}"
    if plan.who:
        yield "Exported by", plan.who
    yield "Patient identity", "included" if plan.identity else "left out"
    for given in plan.selection.given:
        hidden = given.filter.kind == "identity" and not plan.identity
        yield f"Filter {given.filter.name}", "not shown" if hidden else given.text
    if not plan.selection.given:
        yield "Filters", "none"
    yield "Order", plan.selection.order


def _cell(value: Any) -> str:
    return number_cell(value) if isinstance(value, int) else text_cell(value)


def _frequencies(
    sheet: Sheet, plan: Plan, summary: Summary, sheet_of: Callable[[str], str]
) -> None:
    """Write the tables side by side."""
    last = "Radiopharmaceutical" if plan.modality == "NM" else "Protocol"
    names = ("Study description", "Requested procedure", last)
    titles = [text for name in names for text in (name, "Frequency", "")]
    if plan.modality != "NM":
        titles[-1] = "Sheet"
    sheet.add(tuple(heading_cell(text) if text else "" for text in titles))
    tables = (summary.study_descriptions, summary.requested_procedures, summary.protocols)
    for row in zip_longest(*tables):
        cells = [cell for one in row for cell in (*_pair(one), "")]
        if row[2] is not None and plan.modality != "NM":
            cells[-1] = text_cell(sheet_of(row[2][0]))
        sheet.add(cells)


def _pair(one: tuple[str, int] | None) -> tuple[str, str]:
    if one is None:
        return "", ""
    return text_cell(one[0] or "(none)"), number_cell(one[1])
