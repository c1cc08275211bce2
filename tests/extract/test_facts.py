"""What people found out about real objects of many makers must be what Kerma reads in them."""

import importlib.util
import json
import os
import re
from functools import cache
from pathlib import Path

import pytest

from kerma.errors import KermaError
from kerma.extract import read
from kerma.records import to_json

ROOT = os.environ.get("KERMA_TEST_DATA", "")
FACTS = [
    found
    for path in sorted(Path(ROOT, "dicom", "expected").glob("*.json") if ROOT else ())
    if "events" in (found := json.loads(path.read_text(encoding="utf-8")))
]
DOSE = [found for found in FACTS if found["kind"] != "not dose"]
NO_DOSE = [found for found in FACTS if found["kind"] == "not dose"]
CONFORMANCE = Path(__file__).parents[2] / "docs" / "conformance.md"


@cache
def tool():
    """Return the program that compares, which comes with the objects."""
    path = Path(ROOT, "tools", "check_facts.py")
    spec = importlib.util.spec_from_file_location("check_facts", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def name_of(facts):
    return facts["file"]


def file_of(facts):
    return Path(ROOT, "dicom", facts["file"])


def exceptions(file):
    """Return patterns of the facts that do not hold for a file, as docs/conformance.md says."""
    rows = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|", CONFORMANCE.read_text(), re.M)
    return [
        re.compile(re.escape(fact).replace(r"\[\*\]", r"\[\d+\]"))
        for name, fact in rows
        if name == file
    ]


@pytest.mark.parametrize("facts", DOSE, ids=name_of)
def test_every_fact_holds_but_those_explained(facts):
    record = json.loads(to_json(read(file_of(facts))))

    compared = tool().compare(facts, record)
    wrong = {fact: (want, have) for fact, want, have, agree in compared if not agree}
    explained = exceptions(facts["file"])
    unexplained = {
        fact: values
        for fact, values in wrong.items()
        if not any(pattern.fullmatch(fact) for pattern in explained)
    }
    stale = [pattern for pattern in explained if not any(map(pattern.fullmatch, wrong))]
    assert (unexplained, stale) == ({}, [])


@pytest.mark.parametrize("facts", NO_DOSE, ids=name_of)
def test_what_carries_no_dose_is_refused(facts):
    with pytest.raises(KermaError):
        read(file_of(facts))


@pytest.mark.parametrize("facts", DOSE, ids=name_of)
def test_both_readers_give_the_same_record(facts):
    assert read(file_of(facts), "lean") == read(file_of(facts), "pydicom")
