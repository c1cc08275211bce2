"""What a node answers, read without trusting it."""

import datetime as dt
import warnings

import pytest
from pydicom import Dataset

from kerma.net.ask import answers


@pytest.fixture
def answer():
    """Make an answer with these values, however wrong."""

    def make(**values: object) -> Dataset:
        found = Dataset()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for keyword, value in ({"StudyInstanceUID": "1.2.3"} | values).items():
                setattr(found, keyword, value)
        return found

    return make


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (["CT", "SR"], ("CT", "SR")),
        ("CT", ("CT",)),
        ("CT/SR", ("CT", "SR")),
        ("ct,sr", ("CT", "SR")),
        (["CT", "CT", ""], ("CT",)),
        ("", ()),
        (None, ()),
    ],
)
def test_modalities_in_whatever_form(said, expected, answer):
    (study,) = answers.studies([answer(ModalitiesInStudy=said)])

    assert study.modalities == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("20260102", dt.date(2026, 1, 2)),
        ("2026.01.02", dt.date(2026, 1, 2)),
        ("20261399", None),
        ("", None),
    ],
)
def test_dates_in_whatever_form(said, expected, answer):
    (study,) = answers.studies([answer(StudyDate=said)])

    assert study.study_date == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("101530.123", dt.time(10, 15, 30)),
        ("1015", dt.time(10, 15)),
        ("10:15:30", dt.time(10, 15, 30)),
        ("99", None),
        ("", None),
    ],
)
def test_times_in_whatever_form(said, expected, answer):
    (study,) = answers.studies([answer(StudyTime=said)])

    assert study.study_time == expected


@pytest.mark.parametrize(("said", "expected"), [(5, 5), (-1, None), (2**31, None), (None, None)])
def test_numbers_that_can_be_no_count_are_not_said(said, expected, answer):
    found = answer(SeriesInstanceUID="1.2.3.4")
    found.add_new("NumberOfSeriesRelatedInstances", "DS", said)

    (series,) = answers.series([found], "1.2.3")

    assert series.number_of_instances == expected


def test_what_has_no_uid_or_is_of_another_study_is_left_out(answer):
    found = [
        answer(SeriesInstanceUID="1.2.3.4"),
        answer(SeriesInstanceUID=""),
        answer(SeriesInstanceUID="1.2.9.1", StudyInstanceUID="1.2.9"),
    ]

    assert [each.series_instance_uid for each in answers.series(found, "1.2.3")] == ["1.2.3.4"]


def test_text_in_the_character_set_of_the_answer(answer):
    found = answer(SpecificCharacterSet="ISO_IR 192", StudyDescription="Größe Ω")

    assert answers.studies([found])[0].study_description == "Größe Ω"
