"""Workbooks are made as XlsxWriter makes them, which Excel is known to read."""

import datetime as dt
import io
import zipfile
from collections import defaultdict
from itertools import zip_longest
from xml.etree import ElementTree

import pytest
import xlsxwriter

from kerma.exports.cells import heading_cell, text_cell
from kerma.exports.dates import Formats
from kerma.exports.workbook import Workbook

HEADINGS = ["Text", "Number", "Whole", "Flag", "Date", "Time", "Moment", "Guarded"]
COLUMNS = {
    "text": ["Thorax", "a <b> & \"c\" 'd'", " spaces ", "_x0041_", "\U0001f9b4 é ＝"],
    "number": [1.5, -0.25, None, 1e22, 0.1],
    "whole": [1, 0, -3, 2**40, None],
    "flag": [True, False, None, True, None],
    "date": [dt.date(2026, 1, 31), dt.date(1900, 3, 1), None, None, dt.date(9999, 12, 31)],
    "time": [dt.time(12), dt.time(23, 59, 59), None, None, dt.time(0)],
    "moment": [dt.datetime(2026, 1, 31, 6), dt.datetime(2024, 2, 29, 18), None, None, None],  # noqa: DTZ001
    "guarded": ["=1+1", "-2", "@SUM(A1)", None, "+3"],
}
NAME = "o'neill & co"
SHEET = "xl/worksheets/sheet2.xml"


@pytest.fixture(scope="module")
def ours():
    out = io.BytesIO()
    book = Workbook(out, Formats())
    front = book.sheet("Summary", first_row=1)
    front.add((heading_cell("Export"), text_cell("CT")))
    sheet = book.sheet(NAME)
    kinds = ["text" if kind == "guarded" else kind for kind in COLUMNS]
    cells = map(book.cells.column, kinds, COLUMNS.values())
    for row in zip(*cells, strict=True):
        sheet.add(row)
    sheet.headings = HEADINGS
    book.close(lambda: None)
    book.drop()
    return zipfile.ZipFile(out)


@pytest.fixture(scope="module")
def theirs():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    styles = {
        "heading": book.add_format({"bold": True}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "time": book.add_format({"num_format": "hh:mm:ss"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        "guarded": book.add_format({"num_format": "@", "quote_prefix": True}),
    }
    front = book.add_worksheet("Summary")
    front.set_column(0, 11, 30)
    front.write_string(0, 0, "Export", styles["heading"])
    front.write_string(0, 1, "CT")
    sheet = book.add_worksheet(NAME)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(HEADINGS) - 1, 12)
    sheet.autofilter(0, 0, len(COLUMNS["text"]), len(HEADINGS) - 1)
    sheet.write_row(0, 0, HEADINGS, styles["heading"])
    for row, values in enumerate(zip(*COLUMNS.values(), strict=True), start=1):
        for column, (kind, value) in enumerate(zip(COLUMNS, values, strict=True)):
            if value is not None:
                sheet.write(row, column, value, styles.get(kind))
    book.close()
    return zipfile.ZipFile(out)


def test_the_cells_are_the_same(ours, theirs):
    found = list(_cells(ours))
    assert len(found) == len(HEADINGS) + 28
    for mine, other in zip_longest(found, _cells(theirs)):
        assert mine == other


def _cells(file):
    root = ElementTree.fromstring(file.read(SHEET))
    for cell in root.findall(".//{*}c"):
        text = "".join(cell.itertext())
        number = cell.get("t") is None
        space = [element.attrib for element in cell.findall(".//{*}t")]
        yield cell.attrib, float(text) if number else text, space


@pytest.mark.parametrize(
    "part",
    [
        "[Content_Types].xml",
        "_rels/.rels",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/worksheets/sheet1.xml",
        SHEET,
    ],
)
def test_every_part_has_no_element_or_attribute_of_its_own_nor_another_order(ours, theirs, part):
    (mine, order), (known, wanted) = (_shape(file.read(part)) for file in (ours, theirs))

    for path, attributes in mine.items():
        assert attributes <= known[path], path
        assert order[path] == [tag for tag in wanted[path] if tag in order[path]], path


def _shape(part):
    """Return for each path of elements the names of its attributes, and its children in order."""
    attributes, order = defaultdict(set), defaultdict(list)

    def look(element, path):
        attributes[path] |= set(element.attrib)
        for child in element:
            if child.tag not in order[path]:
                order[path].append(child.tag)
            look(child, f"{path}/{child.tag}")

    root = ElementTree.fromstring(part)
    look(root, root.tag)
    return attributes, order


def test_the_named_range_of_the_filter_is_the_same(ours, theirs):
    one, other = (
        [
            (name.attrib, name.text)
            for name in ElementTree.fromstring(file.read("xl/workbook.xml")).findall(
                "{*}definedNames/{*}definedName"
            )
        ]
        for file in (ours, theirs)
    )
    assert one == other
    assert one[0][1] == "'o''neill & co'!$A$1:$H$6"


def test_every_part_is_named_once_and_of_a_known_type(ours):
    root = ElementTree.fromstring(ours.read("[Content_Types].xml"))
    named = {one.get("PartName").removeprefix("/") for one in root.findall("{*}Override")}
    parts = [name for name in ours.namelist() if name.startswith("xl/") and "_rels" not in name]
    assert named == set(parts)
    assert len(parts) == len(set(parts))
