"""Exports made for tests, and read back by other programs' libraries."""

import csv
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from kerma.exports.base import Made, Plan, find
from kerma.exports.making import make
from kerma.pipeline.find import arrivals
from kerma.pipeline.ingest import ingest
from kerma.query.selection import select


def plan(modality: str, *filters: tuple[str, str], identity: bool = False, **options: str) -> Plan:
    return Plan(select(modality, filters, identity=True), identity, options, "tester")


def export(path: Path, modality: str, *filters: tuple[str, str], **options: Any) -> Made:
    """Export to `path`; its suffix names the format."""
    form = find(path.suffix.removeprefix("."), modality)
    return make(plan(modality, *filters, **options), form, path)


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file, restval=""))


def read_sheet(path: Path, name: str) -> list[dict[str, Any]]:
    """Return the rows of a sheet by its headings."""
    first, *rows = load_workbook(path)[name].iter_rows(values_only=True)
    return [dict(zip(first, row, strict=True)) for row in rows]


def headings(path: Path, name: str = "All data") -> list[Any]:
    if path.suffix == ".csv":
        with path.open(newline="", encoding="utf-8-sig") as file:
            return next(csv.reader(file))
    return [cell.value for cell in load_workbook(path)[name][1]]


def import_objects(*paths: Path) -> None:
    for arrival in arrivals(str(path) for path in paths):
        assert ingest(arrival).outcome in {"imported", "merged"}
