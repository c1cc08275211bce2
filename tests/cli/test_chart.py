"""`kerma charts` and `kerma chart`."""

import json
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from kerma.charts.base import catalogue
from kerma.records import Patient, Totals
from tests.query.hospital import exposure, store

pytestmark = pytest.mark.django_db


def output(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def asked(name, *given):
    return json.loads(output("chart", name, *given, "--json"))


@pytest.fixture
def studies():
    for place, dlp in enumerate((100.0, 200.0, 600.0)):
        store(f"1.{place}", "CT", study_description="Head", day=f"2026-0{place + 1}-05",
              time="14:10:00", patient=Patient(weight_kg=70.0), totals=Totals(dlp_mgycm=dlp),
              room="A" if place else "B")  # fmt: skip
    store("1.9", "CT", study_description="")


def test_every_chart_is_listed_with_its_title():
    lines = output("charts").splitlines()
    assert len(lines) == len(list(catalogue))
    titles = dict(line.split("\t") for line in lines)
    assert titles["ct-acquisition-dlp"] == "DLP by acquisition protocol (mGy·cm)"
    assert titles["mg-acquisition-agd-thickness-binned"] == (
        "AGD in bins of breast thickness by acquisition protocol (mGy)"
    )
    assert len(set(titles.values())) > len(lines) / 5 - 1


def test_the_charts_that_the_contract_names_are_there():
    names = {chart.name for chart in catalogue}
    assert names >= {
        "ct-acquisition-dlp", "ct-study-frequency", "dx-request-dap-mass",
        "mg-acquisition-agd-thickness-binned", "rf-study-workload",
    }  # fmt: skip


def test_the_numbers_of_a_chart(studies):
    assert asked("ct-study-dlp") == {
        "name": "ct-study-dlp", "level": "study", "measure": "dlp", "kind": "average",
        "unit": "mGy·cm", "cases": 3, "without": 1,
        "series": [{"system": "", "items": [{
            "item": "Head", "count": 3, "mean": 300.0, "median": 200.0, "q1": 150.0, "q3": 400.0,
            "min": 100.0, "max": 600.0,
        }]}],
    }  # fmt: skip


def test_options_and_filters_together(studies):
    found = asked("ct-study-dlp", "per_system=yes", "dlp_min=150", "average=mean")
    assert [(s["system"], s["items"][0]["count"]) for s in found["series"]] == [
        ("City Hospital A", 2)
    ]


def test_other_forms(studies):
    histogram = asked("ct-study-dlp-histogram", "bins=2")["series"][0]["items"][0]
    assert histogram["bins"] == [[100.0, 350.0, 2], [350.0, 600.0, 1]]
    over_time = asked("ct-study-dlp-over-time", "period=quarter")["series"][0]["items"][0]
    assert over_time["points"] == [["2026-01-01", 3, 300.0, 200.0]]
    scatter = asked("ct-study-dlp-mass")["series"][0]["items"][0]
    assert (scatter["x"], scatter["y"]) == ([70.0] * 3, [100.0, 200.0, 600.0])
    assert "study_ids" not in scatter
    table = asked("ct-study-workload")["series"][0]["workload"]
    assert [len(table), len(table[0])] == [7, 24]
    assert (table[0][14], table[3][14]) == (1, 2)


def test_bins_of_thickness():
    """A thickness of 95 mm is in the last bin, which has no upper end."""
    store("1.1", "MG", events=(exposure(acquisition_protocol="CC", agd_mgy=1.5, laterality="Left",
                                        compressed_thickness_mm=95.0),))  # fmt: skip
    item = asked("mg-acquisition-agd-thickness-binned")["series"][0]["items"][0]
    assert len(item["bins"]) == 9
    assert item["bins"][-1] == [90.0, None, 1]
    assert item["means"] == item["medians"] == [None] * 8 + [1.5]


def test_a_table_for_people(studies):
    lines = output("chart", "ct-study-dlp").splitlines()
    assert lines[0] == "# ct-study-dlp (mGy·cm): 3 cases, 1 left out"
    assert lines[2].split("\t") == ["", "Head", "3", "300", "200", "150", "400", "100", "600"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ct-study-dose"], "There is no chart 'ct-study-dose'."),
        (["ct-study-dlp", "colour=red"], "There is no option or filter 'colour'. Options: average"),
        (["ct-study-dlp", "bins=99"], "bins must be a whole number from 2 to 40, not '99'."),
        (["ct-study-dlp", "dlp_min=much"], "dlp_min must be a number, not 'much'."),
        (["ct-study-dlp", "head"], "Write an option or a filter as NAME=VALUE, not 'head'."),
    ],
)
def test_what_is_wrong_is_said(arguments, said):
    with pytest.raises(CommandError, match=re.escape(said)) as raised:
        call_command("chart", *arguments, "--json")
    assert raised.value.returncode == 2
