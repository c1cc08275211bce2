"""Pages, counts, quartiles, neighbours and suggestions of a selection."""

import datetime as dt

import pytest

from kerma.query.columns import columns_of
from kerma.query.filters import filters_of
from kerma.query.home import attention, systems
from kerma.query.levels import greatest, shares
from kerma.query.neighbours import neighbours
from kerma.query.pages import count, page, quartiles
from kerma.query.search import studies_with_number, systems_named
from kerma.query.selection import Selection, select
from kerma.query.suggestions import suggestions
from kerma.query.summaries import summaries
from kerma.records import Totals
from kerma.store.models import Study
from tests.query.hospital import store

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

TODAY = dt.date(2026, 3, 20)


@pytest.fixture
def row_of_five(db):
    """CT studies a to e, one a day; DLP 1 to 5, but c has none."""
    for n, label in enumerate("abcde", 1):
        store(label, "CT", day=f"2026-03-{10 + n}", study_description=f"Study {label}",
              totals=Totals(dlp_mgycm=None if label == "c" else float(n)))  # fmt: skip


def labels(rows):
    return [row["study_instance_uid"] for row in rows]


def test_pages_follow_each_other_without_gap_or_overlap(row_of_five):
    selection = Selection("CT")
    pages = [page(selection, ("study_instance_uid",), number=n, size=2) for n in (1, 2, 3)]

    assert [labels(one.rows) for one in pages] == [["e", "d"], ["c", "b"], ["a"]]
    assert [one.has_more for one in pages] == [True, True, False]


def test_a_page_beyond_the_end_is_empty(row_of_five):
    assert page(Selection("CT"), ("id",), number=9, size=2).rows == []


def test_a_page_costs_two_queries(row_of_five, django_assert_num_queries):
    with django_assert_num_queries(2):
        page(Selection("CT"), ("study_description",), number=1, size=25)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ((), 5),
        ((("date_from", "2026-03-13"),), 3),
        ((("date_until", "2026-03-13"),), 3),
        ((("study_description", "study"),), 5),
        ((("dlp_min", "2"),), 3),
    ],
)
def test_the_count_is_exact_however_it_is_found(row_of_five, pairs, expected):
    assert count(select("CT", pairs)) == expected


def test_counting_all_does_not_read_the_studies(row_of_five, django_assert_num_queries):
    with django_assert_num_queries(1) as asked:
        count(Selection("CT"))

    assert "store_dailycount" in asked.captured_queries[0]["sql"]
    assert "store_study" not in asked.captured_queries[0]["sql"]


def test_quartiles_are_of_the_values_given(row_of_five):
    """1, 2, 4, 5: median 3, quartiles 1.75 and 4.25 by linear interpolation."""
    found = quartiles(Selection("CT"), [columns_of("CT")["dlp"]], of_all=True)["dlp"]

    assert (found.lower, found.median, found.upper, found.studies) == (1.75, 3.0, 4.25, 4)


def test_quartiles_may_be_of_the_newest_alone(row_of_five, monkeypatch):
    """The newest three are e, d and c: 5, 4 and none."""
    monkeypatch.setattr("kerma.query.pages.NEWEST_READ", 3)

    found = quartiles(Selection("CT"), [columns_of("CT")["dlp"]], of_all=False)["dlp"]

    assert (found.median, found.studies) == (4.5, 2)


def test_quartiles_of_nothing_are_left_out(db):
    assert quartiles(Selection("CT"), [columns_of("CT")["dlp"]], of_all=True) == {}


@pytest.mark.parametrize("order", ["-study_date", "study_date", "dlp", "-dlp", "study_description"])
def test_walking_from_study_to_study_meets_each_once_in_the_order_of_the_list(row_of_five, order):
    selection = select("CT", [("order", order)])
    listed = [row["id"] for row in page(selection, ("id",), number=1, size=25).rows]
    walked, before = [listed[0]], []

    for _ in range(4):
        previous, following = neighbours(selection, Study.objects.get(pk=walked[-1]))
        before.append(previous)
        walked.append(following)

    assert walked == listed
    assert before == [None, *listed[:3]]
    assert neighbours(selection, Study.objects.get(pk=listed[-1])) == (listed[3], None)


def test_neighbours_stay_within_the_filter(row_of_five):
    selection = select("CT", [("dlp_min", "2")])
    middle = Study.objects.get(study_instance_uid="d")

    before, after = neighbours(selection, middle)

    assert Study.objects.get(pk=before).study_instance_uid == "e"
    assert Study.objects.get(pk=after).study_instance_uid == "b"


def test_suggestions_come_with_their_counts_the_commonest_first(db):
    for label, text in (("a", "Thorax"), ("b", "Thorax"), ("c", "Thorax low dose"), ("d", "Head")):
        store(label, "CT", study_description=text)
    one = filters_of("CT", identity=False)["study_description"]

    assert suggestions("CT", one, "THOR") == [("Thorax", 2), ("Thorax low dose", 1)]


def test_protocols_are_suggested_one_by_one(hospital):
    one = filters_of("CT", identity=False)["acquisition_protocol"]

    assert suggestions("CT", one, "thorax") == [("Thorax LD", 1)]


def test_levels_mark_what_reaches_them():
    found = shares("RF", {"dap_gym2": 0.02, "rp_dose_gy": 1.9})

    assert found["dap_gym2"].state == "over"
    assert found["rp_dose_gy"].state == "warn"
    assert greatest("RF", {"dap_gym2": 0.001, "rp_dose_gy": None}).state == "ok"
    assert greatest("RF", {"dap_gym2": None, "rp_dose_gy": None}) is None
    assert greatest("CT", {"dlp_mgycm": 9e9}) is None


def test_home_counts_the_studies_of_each_system_and_period(row_of_five):
    lines = systems(TODAY, (7, 28))

    assert len(lines) == 1
    assert lines[0].studies == 5
    assert lines[0].periods == (2, 5)
    assert lines[0].latest == dt.datetime(2026, 3, 15, 9, 30)  # noqa: DTZ001
    assert lines[0].per_day[-6:] == (1, 0, 0, 0, 0, 0)


def test_a_system_is_silent_when_its_pause_is_longer_than_ever_before(row_of_five):
    """One study a day until the 15th; a pause of up to two days is never called silence."""
    assert systems(dt.date(2026, 3, 17), (7, 28))[0].silent_days == 0
    assert systems(dt.date(2026, 3, 18), (7, 28))[0].silent_days == 3


def test_home_costs_the_same_queries_for_one_and_many_systems(hospital, django_assert_num_queries):
    with django_assert_num_queries(5):
        systems(TODAY, (7, 28))


def test_attention_counts_studies_over_a_level(hospital):
    found = attention(TODAY)

    assert found.over_level == 1
    assert (found.last_week, found.week_before) == (0, 5)
    assert found.quarantine == 0


def test_search_finds_by_number_and_by_name(hospital):
    assert [s.study_instance_uid for s in studies_with_number("A100", identity=False)] == [
        "ct-thorax"
    ]
    assert [s.modality for s in studies_with_number("nm-fdg", identity=False)] == ["NM"]
    assert studies_with_number("00042", identity=False) == []
    assert len(studies_with_number("00042", identity=True)) == 1
    assert [name for _, name, _ in systems_named("CATH")] == ["City Hospital Cath lab"]


def test_a_search_for_nothing_does_not_find_studies_without_a_number(hospital):
    assert studies_with_number("", identity=True) == []


def test_summaries_speak_the_names_of_the_study_record(hospital):
    found = {one["study_instance_uid"]: one for one in summaries(Selection("CT"))}

    thorax = found["ct-thorax"]
    assert thorax["dlp_mgycm"] == 150.0
    assert thorax["events"] == 2
    assert (thorax["spiral"], thorax["localiser"], thorax["sequenced"]) == (1, 1, 0)
    assert thorax["study_date"] == "2026-03-01"
    assert thorax["kinds"] == ["CT RDSR"]
    assert thorax["display_name"] == "City Hospital CT 1"
    assert "dap_gym2" not in thorax


def test_summaries_never_name_the_patient(hospital):
    assert not any("Byron" in str(one) for one in summaries(Selection("")))
