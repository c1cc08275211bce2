"""Shared objects to transform, and how to compare what is read in them."""

import os
from functools import cache
from pathlib import Path

import pydicom
import pytest
from msgspec import to_builtins

from kerma.dicom.files import read_bytes
from kerma.dicom.write import TRANSFER_SYNTAXES, to_bytes
from kerma.extract import record_of

ROOT = os.environ.get("KERMA_TEST_DATA", "")
SAME_MAKE = (
    "ESR_non-dose",
    "CT-RDSR-Siemens-Multi-1",
    "CT-RDSR-Siemens-Multi-2",
    "DX-Im-GE_XR220-2",
    "DX-Im-GE_XR220-3",
    "MG-Im-GE_Seno_2_ForPresentation",
    "NM-PetIm-Siemens-2",
    "NM-PetIm-Siemens-3",
    "NM-PetIm-Siemens-3-sameseries",
    "RF-Pat-Orientation-Modifier-Missing",
    "RF-RDSR-Canon-Alphenix-rotational",
    "RF-RDSR-Siemens-Zee",
    "RF-RDSR-Siemens-Zee_adjusted",
    "RF-RDSR-Siemens_Zee-HFS",
)
"""Left out, because others are of the same make, or smaller."""
OBJECTS = [
    path
    for path in sorted(Path(ROOT, "dicom").glob("*.dcm") if ROOT else ())
    if path.stem not in SAME_MAKE
]
REPORTS = [path for path in OBJECTS if "SR-" in path.stem or "RF-" in path.stem]
MEASURED = "MeasuredValueSequence"
UNITS = "MeasurementUnitsCodeSequence"


def name_of(path):
    return path.stem


def load(path):
    """Return the object without pixels, which bear on no record and not on every syntax."""
    ds = pydicom.dcmread(path, force=True)
    for tag in (0x7FE00010, 0xFFFCFFFC):
        if tag in ds:
            del ds[tag]
    return ds


def read(ds, syntax=TRANSFER_SYNTAXES[0]):
    return record_of(read_bytes(to_bytes(ds, syntax)))


@cache
def plain_record(path):
    """Return what an object says as it came."""
    return read(load(path))


LABELS = ("notes", "quirks")


def said(record, *but):
    """Return what a record says of the examination, less the names in `but`."""
    return _without(to_builtins(record), {*LABELS, *but})


def _without(value, names):
    if isinstance(value, dict):
        return {key: _without(each, names) for key, each in value.items() if key not in names}
    if isinstance(value, list | tuple):
        return [_without(each, names) for each in value]
    return round(value, 12) if isinstance(value, float) else value


def items_of(ds):
    """Return all content items below a report's root."""
    found = []
    for item in ds.get("ContentSequence", ()):
        found += [item, *items_of(item)]
    return found


def data_sets_of(ds):
    """Return a data set and all sequence items in it."""
    found = [ds]
    for element in ds:
        if element.VR == "SQ":
            for item in element.value:
                found += data_sets_of(item)
    return found


def codes_of(ds, *keywords):
    return [
        code for item in [ds, *items_of(ds)] for word in keywords for code in item.get(word, ())
    ]


def both(*paths):
    return pytest.mark.parametrize("path", paths, ids=name_of)
