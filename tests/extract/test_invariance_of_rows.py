"""What a report says does not depend on the order, the form or the unit of its rows."""

import random

import pydicom
import pytest
from pydicom.dataset import Dataset

from kerma.errors import ContentError
from tests.extract.shared_objects import (
    MEASURED,
    REPORTS,
    UNITS,
    both,
    items_of,
    load,
    plain_record,
    read,
    said,
)


@pytest.mark.parametrize("seed", range(2))
@both(*REPORTS)
def test_the_order_of_different_rows_means_nothing(path, seed):
    ds = load(path)
    plain = said(plain_record(path))
    chance = random.Random(seed)
    for item in [ds, *items_of(ds)]:
        if "ContentSequence" in item:
            groups = {}
            for row in item.ContentSequence:
                groups.setdefault(_concept(row), []).append(row)
            order = list(groups.values())
            chance.shuffle(order)
            item.ContentSequence = [row for group in order for row in group]

    assert said(read(ds)) == plain


def _concept(row):
    names = row.get("ConceptNameCodeSequence")
    return (names[0].get("CodeValue"), names[0].CodingSchemeDesignator) if names else None


def _without_value(item):
    item.MeasuredValueSequence = []


def _without_number(item):
    for measured in item.MeasuredValueSequence:
        measured.NumericValue = None


def _text_for_number(item):
    for measured in item.MeasuredValueSequence:
        del measured["NumericValue"]
        measured.add_new(0x0040A30A, "LO", "n/a")


def _without_sequence(item):
    del item.MeasuredValueSequence


@pytest.mark.parametrize(
    "emptied", [_without_value, _without_number, _text_for_number, _without_sequence]
)
@both(*REPORTS)
def test_a_number_left_empty_is_as_if_its_row_were_absent(path, emptied):
    chance = random.Random(path.stem)
    ds, absent = load(path), load(path)
    rows = [row for row in items_of(ds) if row.get("MeasuredValueSequence")]
    chosen = set(chance.sample(range(len(rows)), len(rows) // 3))
    for number, row in enumerate(rows):
        if number in chosen and "ContentSequence" not in row:
            emptied(row)
    rows = [row for row in items_of(absent) if row.get("MeasuredValueSequence")]
    gone = {id(row) for number, row in enumerate(rows) if number in chosen}
    _remove(absent, gone)

    assert said(read(ds)) == said(read(absent))


def _remove(ds, gone):
    """Take the rows whose ids are in `gone` out, unless there are rows below them."""
    if "ContentSequence" not in ds:
        return
    for row in ds.ContentSequence:
        _remove(row, gone)
    ds.ContentSequence = [
        row for row in ds.ContentSequence if id(row) not in gone or "ContentSequence" in row
    ]


@both(*REPORTS)
def test_a_code_left_empty_is_as_if_its_row_were_absent(path):
    chance = random.Random(path.stem)
    ds, absent = load(path), load(path)
    rows = [row for row in items_of(ds) if "ConceptCodeSequence" in row]
    chosen = set(chance.sample(range(len(rows)), len(rows) // 3))
    for number, row in enumerate(rows):
        if number in chosen and "ContentSequence" not in row:
            row.ConceptCodeSequence = []
    rows = [row for row in items_of(absent) if "ConceptCodeSequence" in row]
    _remove(absent, {id(row) for number, row in enumerate(rows) if number in chosen})

    assert said(read(ds)) == said(read(absent))


SCALED = {
    "mGy": ("Gy", 1e-3),
    "Gy": ("mGy", 1e3),
    "Gy.m2": ("uGy.m2", 1e6),
    "Gym2": ("dGy.cm2", 1e5),
    "mGy.cm": ("Gy.cm", 1e-3),
    "mm": ("cm", 0.1),
    "s": ("ms", 1e3),
    "ms": ("s", 1e-3),
    "mA": ("A", 1e-3),
    "uA.s": ("mA.s", 1e-3),
    "MBq": ("Bq", 1e6),
    "kV": ("V", 1e3),
}


@both(*REPORTS)
def test_another_unit_of_the_same_quantity_says_the_same(path):
    ds = load(path)
    plain = said(plain_record(path))
    for item in items_of(ds):
        if _concept(item)[1].startswith("99"):
            continue
        for measured in item.get(MEASURED, ()):
            unit = measured.get(UNITS, [Dataset()])[0].get("CodeValue")
            if unit in SCALED and measured.get("NumericValue") is not None:
                other, factor = SCALED[unit]
                number = measured["NumericValue"].value
                several = number if isinstance(number, pydicom.multival.MultiValue) else [number]
                measured.NumericValue = [f"{float(each) * factor:.9g}" for each in several]
                measured[UNITS][0].CodeValue = other

    assert _near(said(read(ds)), plain)


def _near(one, other):
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_near(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_near, one, other))
    if isinstance(one, float):
        return one == pytest.approx(other, rel=1e-6)
    return one == other


@both(*REPORTS)
def test_an_unknown_unit_of_dose_is_refused(path):
    ds = load(path)
    doses = {"mGy", "Gy", "Gy.m2", "Gym2", "mGy.cm", "MBq"}
    for item in items_of(ds):
        for measured in item.get(MEASURED, ()):
            for unit in measured.get(UNITS, ()):
                if unit.get("CodeValue") in doses and measured.get("NumericValue") is not None:
                    unit.CodeValue = "bananas"
                    unit.CodeMeaning = "bananas"

    with pytest.raises(ContentError, match="bananas"):
        read(ds)
