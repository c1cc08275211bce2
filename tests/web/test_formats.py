"""Values as people read them; nothing stays nothing."""

import datetime as dt

import pytest

from kerma.query.labels import label
from kerma.records import DoseCheck, Filter, Patient
from kerma.web import formats
from kerma.web.facts import facts, words
from tests.web.people import client_of


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (0.0, "0"),
        (16.0, "16"),
        (7.46, "7.46"),
        (236.094, "236.1"),
        (12640.4, "12\u202f640"),
        (1234567.0, "1\u202f234\u202f567"),
        (0.00252, "0.00252"),
        (9.9999, "10"),
        (0.000293081, "0.0002931"),
        (-28.04, "-28.04"),
        (float("nan"), ""),
        (1.5e-12, "1.500e-12"),
        (100.0, "100"),
        (0.1 + 0.2, "0.3"),
    ],
)
def test_numbers_keep_four_digits_and_no_zeros_that_say_nothing(value, expected):
    assert formats.number(value) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(None, ""), (0, "0:00"), (59.6, "1:00"), (1458, "24:18"), (3661, "1:01:01")],
)
def test_durations(seconds, expected):
    assert formats.duration(seconds) == expected


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        (None, ""),
        (67.0, "67\u202fy"),
        (67.9, "67\u202fy"),
        (1.5, "18\u202fmo"),
        (0.05, "18\u202fd"),
        (0.0, "0\u202fd"),
    ],
)
def test_ages_are_completed_years_of_children_months_of_newborns_days(years, expected):
    assert formats.years(years) == expected


NOW = dt.datetime(2026, 11, 20, 18, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("back", "expected"),
    [
        ({"seconds": 20}, "just now"),
        ({"minutes": 3}, "3 minutes ago"),
        ({"hours": 1}, "1 hour ago"),
        ({"days": 8}, "8 days ago"),
        ({"days": 21}, "3 weeks ago"),
        ({"days": 365}, "12 months ago"),
        ({"days": 1461}, "4 years ago"),
        ({"hours": -2}, "in 2 hours"),
    ],
)
def test_times_are_told_from_now(back, expected):
    assert formats.ago(NOW - dt.timedelta(**back), NOW) == expected


@pytest.mark.parametrize(
    ("count", "word", "expected"),
    [
        (1, "study", "1 study"),
        (0, "study", "0 studies"),
        (2, "event", "2 events"),
        (1200, "day", "1\u202f200 days"),
    ],
)
def test_plurals(count, word, expected):
    assert formats.plural(count, word) == expected


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0.0, "0\u202f%"), (0.001, "< 1\u202f%"), (0.7, "70\u202f%"), (3.84, "384\u202f%")],
)
def test_shares(share, expected):
    assert formats.percent(share) == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("source_to_detector_mm", ("Source to detector", "mm")),
        ("dlp_mgycm", ("DLP", "mGy·cm")),
        ("kvp_values", ("kVp, per pulse", "")),
        (
            "glomerular_filtration_rate_ml_per_min_1_73m2",
            ("Glomerular filtration rate", "ml/min/1.73 m²"),
        ),
        (
            "effective_dose_conversion_factor_msv_per_mbq",
            ("Effective dose conversion factor", "mSv/MBq"),
        ),
        ("study_instance_uid", ("Study instance UID", "")),
    ],
)
def test_fields_of_records_are_named_with_their_unit(field, expected):
    assert label(field) == expected


def test_facts_name_what_is_there_and_nothing_else():
    found = {fact.heading: fact.text for fact in facts(Patient(sex="F", height_m=1.64))}

    assert found == {"Sex": "F", "Height": "1.64\u202fm"}
    assert facts(None) == []


def test_parts_of_records_are_told_in_words():
    assert words((Filter(material="Copper", thickness_min_mm=0.1),)) == (
        "material Copper, thickness min 0.1\u202fmm"
    )
    assert words(DoseCheck(dlp_alert_configured=False)) == "DLP alert configured no"
    assert words(("a", "b")) == "a, b"
    assert words(dt.date(2026, 11, 20)) == "20 Nov 2026"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("^18^Fluorine", "¹⁸Fluorine"),
        ("^99m^Technetium", "⁹⁹ᵐTechnetium"),
        ("Fluorodeoxyglucose F^18^", "Fluorodeoxyglucose F¹⁸"),
        ("Müller\\Smith", "Müller | Smith"),
        ("Thorax^TAP (Adult)", "Thorax^TAP (Adult)"),
    ],
)
def test_text_is_written_as_people_write_it(stored, shown):
    assert formats.text(stored) == shown


@pytest.mark.parametrize("name", formats.DATES)
def test_each_way_to_write_a_date_is_shown_by_its_example(name):
    example, write = formats.DATES[name]

    assert write(dt.date(2026, 11, 20)) == example


@pytest.mark.django_db
def test_pages_write_dates_as_their_user_has_chosen(hospital):
    client = client_of("view")
    assert b"5 Mar 2026" in client.get("/ct/").content

    given = {"first": 7, "second": 28, "page_size": 25, "density": "dense", "theme": "auto"}
    client.post("/options/", given | {"dates": "dmy"})

    page = client.get("/ct/").content
    assert b"05/03/2026" in page
    assert b"5 Mar 2026" not in page
    assert b"5 Mar 2026" in client_of("view", "pid").get("/ct/").content
