"""What an export selected and counted in, the sheet "Summary" out."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.metadata import version
from itertools import zip_longest
from typing import Any

from django.utils import timezone

from kerma.exports.base import Plan
from kerma.exports.cells import Cell, heading_cell, number_cell, text_cell
from kerma.exports.counts import Frequencies, Summary
from kerma.exports.workbook import Sheet
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
    """Write the tables side by side, each with the sheet of its texts where they have one."""
    tables = [
        _table("Study description", summary.study_descriptions),
        _table("Requested procedure", summary.requested_procedures),
    ]
    if plan.modality == "NM":
        tables.append(_table("Radiopharmaceutical", summary.protocols))
    else:
        tables.append(_table("Protocol", summary.protocols, sheet_of))
    if summary.standard_acquisitions:
        of_standard = partial(_of_standard, sheet_of)
        title = "Standard acquisition name"
        tables.append(_table(title, summary.standard_acquisitions, of_standard))
    widths = [len(table[0]) for table in tables]
    for parts in zip_longest(*tables):
        row: list[Cell] = []
        for part, width in zip(parts, widths, strict=True):
            row += [*(part or [""] * width), ""]
        sheet.add(row)


def _of_standard(sheet_of: Callable[[str], str], name: str) -> str:
    return sheet_of(standard(name))


def standard(name: str) -> str:
    """Return what the sheet of a standard name is named after."""
    return f"[standard] {name}"


def _table(
    title: str, counted: Frequencies, sheet_of: Callable[[str], str] | None = None
) -> list[list[Cell]]:
    """Return the rows of one table, headings first."""
    rows = [[heading_cell(title), heading_cell("Frequency")]]
    rows += [[text_cell(text or "(none)"), number_cell(number)] for text, number in counted]
    if sheet_of is not None:
        rows[0].append(heading_cell("Sheet"))
        for row, (text, _) in zip(rows[1:], counted, strict=True):
            row.append(text_cell(sheet_of(text)))
    return rows
