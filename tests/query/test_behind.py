"""The filter by a part of a chart: exactly the studies that a bar, point or square counts."""

from urllib.parse import urlencode

import pytest

from kerma.query import behind
from kerma.query.conditions import studies
from kerma.query.selection import FilterError, select
from kerma.records import Totals
from tests.query.hospital import ct_event, exposure, store

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def found(modality, **parts):
    selection = select(modality, [("behind", urlencode(parts))])
    return set(studies(selection).values_list("study_instance_uid", flat=True))


@pytest.fixture
def heads():
    """Studies whose protocols and doses are told apart by nothing but the exact text or event."""
    for label, protocols in {
        "one": [("Head", 10.0), ("Neck", 30.0)],
        "two": [("head", 20.0)],
        "three": [(" Head ", 30.0), ("Head", None)],
        "four": [("Head and neck", 10.0)],
        "five": [("Head", -1.0)],
    }.items():
        events = tuple(
            ct_event(acquisition_protocol=protocol, dlp_mgycm=dlp) for protocol, dlp in protocols
        )
        store(label, "CT", room=label, events=events)


def test_an_item_is_exactly_its_text(heads):
    assert found("CT", level="acquisition", item="Head") == {"one", "three", "five"}
    assert found("CT", level="acquisition", item="head") == {"two"}
    assert found("CT", level="acquisition", item="Head%") == set()


def test_folded_items_are_one(heads):
    same = {"one", "three", "five"}

    assert found("CT", level="acquisition", item="HEAD", fold="case") == {*same, "two"}
    assert found("CT", level="acquisition", item="Head", fold="space") == same
    assert found("CT", level="acquisition", item="head", fold="case space") == {*same, "two"}


def test_one_single_event_has_item_and_value(heads):
    asked = {"level": "acquisition", "item": "Head", "value": "dlp_mgycm"}

    assert found("CT", **asked) == {"one"}, "neither nothing nor less than nothing is a dose"
    assert found("CT", **asked, low=30.0) == set(), "30 is the dose of another event of it"


def test_the_upper_edge_of_a_bin_belongs_to_the_next_but_for_the_last(heads):
    asked = {"level": "acquisition", "value": "dlp_mgycm", "low": 10.0}

    assert found("CT", **asked, high=20.0) == {"one", "four"}
    assert found("CT", **asked, high=20.0, closed="yes") == {"one", "two", "four"}


def test_bounds_are_in_the_unit_of_charts():
    for label, dap_gym2 in (("low", 1e-6), ("high", 3e-6)):
        store(label, "DX", room=label, totals=Totals(dap_gym2=dap_gym2),
              study_description="Chest")  # fmt: skip
    asked = {"level": "study", "item": "Chest", "value": "dap_gym2"}

    assert found("DX", **asked, low=1e-6 * 1e6, high=3e-6 * 1e6) == {"low"}
    assert found("DX", **asked, low=1e-6 * 1e6, high=3e-6 * 1e6, closed="yes") == {"low", "high"}


def test_the_type_goes_by_code_and_by_word_where_there_is_no_code():
    store("code", "CT", events=(ct_event("Any words", acquisition_type_code="113804"),))
    store("word", "CT", room="2", events=(ct_event("Sequenced Acquisition"),))
    store("other", "CT", room="3", events=(ct_event("Spiral Acquisition"),))

    assert found("CT", level="acquisition", type="sequenced") == {"code", "word"}
    assert found("CT", level="acquisition", type="sequenced,spiral") == {"code", "word", "other"}


def test_weekday_and_hour_are_those_of_the_study():
    store("monday", "CT", day="2026-03-02", time="08:59:59")
    store("sunday", "CT", day="2026-03-08", time="09:00:00", room="2")
    store("undated", "CT", day="", time="08:00:00", room="3")

    assert found("CT", level="study", weekday=1, hour=8) == {"monday"}
    assert found("CT", level="study", weekday=7) == {"sunday"}


def test_thickness_is_that_of_the_very_exposure():
    store("thick", "MG", events=(
        exposure(acquisition_protocol="LCC", agd_mgy=1.0, compressed_thickness_mm=20.0),
        exposure(acquisition_protocol="RCC", agd_mgy=1.0, compressed_thickness_mm=30.0),
    ))  # fmt: skip
    asked = {"level": "acquisition", "item": "LCC", "value": "agd_mgy"}

    assert found("MG", **asked, thickness_low=20.0, thickness_high=30.0) == {"thick"}
    assert found("MG", **asked, thickness_low=30.0, thickness_high=40.0) == set()


def test_it_goes_together_with_other_filters(heads):
    pairs = [("behind", "level=acquisition&item=Head"), ("station_name", "three")]

    assert studies(select("CT", pairs)).count() == 1


@pytest.mark.parametrize(
    "text",
    [
        "item=Head",
        "level=organ",
        "level=acquisition&value=password",
        "level=acquisition&value=dap_gym2",
        "level=study&thickness_low=1.0",
        "level=study&low=nan",
        "level=study&hour=24",
        "level=study&weekday=x",
        "level=study&level=request",
        "level=study&colour=red",
        "Head",
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(text):
    with pytest.raises(FilterError, match="behind must be a part of a chart"):
        select("CT", [("behind", text)])


def test_the_chip_says_it_in_words():
    part = behind.read("CT", "level=acquisition&item=Head&value=dlp_mgycm&low=10.0&high=20.0")

    assert part.words == "Protocol is “Head”, DLP 10 to below 20 mGy·cm"
    assert behind.read("CT", "level=study&weekday=1&hour=8").words == "Monday, 8:00 to 8:59"
    assert behind.read("CT", "level=study&item=").words == "Study description is empty"
