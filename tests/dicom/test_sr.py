"""Rows of a report by coded concept."""

import pytest

from kerma.dicom import sr
from kerma.dicom.codes import dcm, key, meaning
from kerma.dicom.content import ContentItem
from kerma.dicom.files import read_bytes
from kerma.dicom.write import code, container, document, num, text, to_bytes, uidref
from kerma.errors import ContentError
from kerma.records import Code

ROOT = ("113701", "DCM", "X-Ray Radiation Dose Report")
DLP = ("113838", "DCM", "DLP")
LENGTH = ("113825", "DCM", "Scanning Length")
DLP_KEY, LENGTH_KEY = dcm("113838"), dcm("113825")


def _root(*rows) -> ContentItem:
    return ContentItem(read_bytes(to_bytes(document(container(ROOT, *rows)))).data_set)


def test_a_number_comes_in_the_unit_asked_for():
    assert sr.number(_root(num(DLP, 3.5, "Gy.cm")), DLP_KEY, "mGy.cm") == pytest.approx(3500)


def test_an_absent_row_is_none_not_zero():
    assert sr.number(_root(), DLP_KEY, "mGy.cm") is None


def test_a_row_without_measured_value_is_none_not_zero():
    row = num(DLP, 1, "mGy.cm")
    row.MeasuredValueSequence = []

    assert sr.number(_root(row), DLP_KEY, "mGy.cm") is None


def test_zero_stays_zero():
    assert sr.number(_root(num(DLP, 0, "mGy.cm")), DLP_KEY, "mGy.cm") == 0


def test_a_dose_in_an_unknown_unit_is_never_guessed():
    with pytest.raises(ContentError, match=r"DLP is in 'R\.cm'"):
        sr.number(_root(num(DLP, 1, "R.cm")), DLP_KEY, "mGy.cm")


def test_another_value_in_an_unknown_unit_is_left_out_with_a_note():
    root = _root(num(LENGTH, 1, "furlong"))

    assert sr.number(root, LENGTH_KEY, "mm") is None
    assert "furlong" in root.notes[0]


def test_an_absent_unit_is_the_templates_with_a_note():
    row = num(DLP, 7, "mGy.cm")
    del row.MeasuredValueSequence[0].MeasurementUnitsCodeSequence
    root = _root(row)

    assert sr.number(root, DLP_KEY, "mGy.cm") == 7
    assert root.notes == ["DLP has no unit; read as mGy.cm."]


def test_several_rows_give_all_their_values():
    root = _root(num(LENGTH, 10, "cm"), num(LENGTH, 20, "mm"))

    assert sr.numbers(root, LENGTH_KEY, "mm") == pytest.approx((100, 20))


def test_snomed_rt_and_snomed_ct_are_one_concept():
    """T-D3000 is 51185008, Chest (PS3.16 CID 4031)."""
    assert key("T-D3000", "SRT") == key("51185008", "SCT") == key("T-D3000", "99SDM")


def test_a_known_code_has_the_standards_meaning():
    assert meaning(Code(value="113805", scheme="DCM", meaning="LOCALISER")) == (
        "Constant Angle Acquisition"
    )
    assert meaning(Code(value="X1", scheme="99ACME", meaning="Own thing")) == "Own thing"


def test_text_in_place_of_a_code_is_its_meaning():
    root = _root(text(("123014", "DCM", "Target Region"), "Chest"))

    assert sr.meaning(root, dcm("123014")) == "Chest"


def test_a_uid_in_a_text_row_is_taken():
    root = _root(text(("113769", "DCM", "Irradiation Event UID"), "1.2.3"))

    assert sr.uid(root, dcm("113769")) == "1.2.3"


def test_uids_codes_and_texts_are_found_whatever_their_relationship():
    row = uidref(("113769", "DCM", "Irradiation Event UID"), "1.2.3")
    row.RelationshipType = "HAS PROPERTIES"
    root = _root(row, code(("123014", "DCM", "Target Region"), ("T-D3000", "SRT", "x")))

    assert sr.uid(root, dcm("113769")) == "1.2.3"
    assert sr.code_key(root, dcm("123014")) == key("51185008", "SCT")
