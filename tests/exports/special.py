"""Formats into rows: what the tests of special formats have in common."""

import csv
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl

from kerma.exports.base import Made, Plan
from kerma.exports.making import stream
from kerma.pipeline import exporting
from kerma.pipeline.find import arrivals
from kerma.pipeline.ingest import ingest
from kerma.query.selection import select


def exported(
    name: str, modality: str, filters: Sequence[tuple[str, str]] = (), **options: str
) -> tuple[bytes, Made]:
    """Return what a format makes of the studies of a modality, oldest first."""
    form = exporting.find(name, modality)
    out = io.BytesIO()
    selection = select(modality, [("order", "study_date"), *filters])
    made = stream(Plan(selection, False, options, "ada"), form, out)
    return out.getvalue(), made


def lines(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode())))


def sheet(data: bytes) -> list[list[Any]]:
    """Return the rows of the only sheet, None for empty cells."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert len(book.sheetnames) == 1
    return [list(row) for row in book.active.iter_rows(values_only=True)]


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def take_in(*paths: Path) -> None:
    """Import objects through the pipeline."""
    for arrival in arrivals(str(path) for path in paths):
        assert ingest(arrival).outcome in {"imported", "merged"}
