"""Values by tag: dates, numbers, several values, what cannot be read."""

import datetime as dt

import pytest

from kerma.dicom import tags
from kerma.dicom.dataset import DataSet, as_date, as_datetime, as_number, as_time


def _one(tag: int, vr: bytes, value: bytes, charsets: tuple[str, ...] = ()) -> DataSet:
    return DataSet({tag: (vr, value)}, charsets)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("20180131", dt.date(2018, 1, 31)),
        ("2018.01.31", dt.date(2018, 1, 31)),
        ("2018-01-31", dt.date(2018, 1, 31)),
        ("20180231", None),
        ("1234567890", None),
        ("asdf", None),
        ("", None),
    ],
)
def test_dates(text, date):
    assert as_date(text) == date


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("130426.214000-0600", dt.time(13, 4, 26, 214000)),
        ("130426", dt.time(13, 4, 26)),
        ("13:04:26", dt.time(13, 4, 26)),
        ("1304", dt.time(13, 4)),
        ("13", dt.time(13)),
        ("235960", dt.time(23, 59, 59)),
        ("250000", None),
        ("asdf", None),
    ],
)
def test_times_without_zone(text, time):
    assert as_time(text) == time


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("20180629172304.023000+0515", dt.datetime.fromisoformat("2018-06-29T17:23:04.023")),
        ("20180629", dt.datetime.fromisoformat("2018-06-29")),
        ("20180629172304", dt.datetime.fromisoformat("2018-06-29T17:23:04")),
        ("1234567890", None),
        ("asdf", None),
    ],
)
def test_moments_without_zone(text, moment):
    assert as_datetime(text) == moment


@pytest.mark.parametrize("text", ["nan", "inf", "1e400", "1_000", "12,5", "", "none"])
def test_what_is_no_finite_number_is_none(text):
    assert as_number(text) is None


def test_text_in_a_numeric_element_is_left_out_with_a_note():
    header = _one(tags.KVP, b"DS", b"n/a ")

    assert header.number(tags.KVP) is None
    assert header.notes == ["(0018,0060) is not a number; left out."]


def test_several_values_of_text_keep_their_backslash():
    header = _one(tags.PerformingPhysicianName, b"PN", "Müller\\Smith".encode(), ("utf-8",))

    assert header.text(tags.PerformingPhysicianName) == "Müller\\Smith"
    assert header.strings(tags.PerformingPhysicianName) == ["Müller", "Smith"]


def test_long_text_may_hold_a_backslash():
    assert _one(0x00081080, b"LT", b"a\\b ").strings(0x00081080) == ["a\\b"]


def test_names_with_code_extensions_are_read():
    r"""PS3.5 H.3.1: the Japanese example "Yamada^Tarou" with ISO 2022 IR 87."""
    raw = b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B"
    header = _one(tags.PatientName, b"PN", raw, ("iso8859", "iso2022_jp"))

    assert header.text(tags.PatientName) == "Yamada^Tarou=山田^太郎=やまだ^たろう"


@pytest.mark.parametrize(("raw", "text"), [("Köln".encode(), "Köln"), (b"K\xf6ln", "Köln")])
def test_undeclared_characters_are_read_as_utf8_or_latin_1_with_a_note(raw, text):
    header = _one(tags.InstitutionName, b"LO", raw)

    assert header.text(tags.InstitutionName) == text
    assert len(header.notes) == 1


def test_a_character_set_nobody_knows_does_not_stop_the_reading():
    header = _one(tags.InstitutionName, b"LO", b"Ward 7", ("no_such_codec",))

    assert header.text(tags.InstitutionName) == "Ward 7"


def test_a_quirk_can_put_and_drop_values():
    header = _one(tags.KVP, b"DS", b"120")

    header.put(tags.KVP, 80.5)
    header.put(tags.StationName, "Räume")
    header.drop(tags.StudyDate)

    assert header.number(tags.KVP) == 80.5
    assert header.text(tags.StationName) == "Räume"
    assert tags.StudyDate not in header
