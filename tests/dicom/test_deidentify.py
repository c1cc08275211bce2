"""Identity leaves a data set wherever it stands."""

import datetime as dt

import pytest

from kerma.dicom import tags
from kerma.dicom.deidentify import Keeps, without_identity
from kerma.dicom.files import read_bytes
from kerma.dicom.write import TRANSFER_SYNTAXES, container, document, text, to_bytes
from tests.dicom.objects import TITLE, image


def _object():
    content = container(
        TITLE,
        text(("121029", "DCM", "Subject Name"), "Doe^Jane"),
        text(("121030", "DCM", "Subject ID"), "QX-4711"),
        text(("121106", "DCM", "Comment"), "nothing of note"),
    )
    return document(
        content,
        PatientName="Doe^Jane",
        PatientID="QX-4711",
        OtherPatientIDs="QX-4712",
        PatientBirthDate="19500101",
        PatientBirthName="Roe^Jane",
        PatientTelephoneNumbers="0123 456",
        AccessionNumber="ACC-99",
        StudyDate="20200102",
        StudyInstanceUID="1.2.3",
    )


@pytest.mark.parametrize("syntax", TRANSFER_SYNTAXES, ids=lambda uid: uid.name)
@pytest.mark.parametrize("reader", ["lean", "pydicom"])
def test_nothing_of_the_person_is_left_in_the_bytes(syntax, reader):
    file = read_bytes(to_bytes(_object(), transfer_syntax=syntax), reader)

    kept = without_identity(file, Keeps())

    for trace in (b"Doe", b"Roe", b"QX-47", b"19500101", b"0123 456", b"ACC-99"):
        assert trace not in kept
    assert b"nothing of note" in kept


def test_what_is_left_is_an_object_that_says_the_rest():
    kept = read_bytes(without_identity(read_bytes(to_bytes(_object())), Keeps())).data_set

    assert kept.text(tags.PatientName) == kept.text(tags.AccessionNumber) == ""
    assert kept.date(tags.StudyDate) == dt.date(2020, 1, 2)


def test_a_policy_that_stores_everything_takes_only_what_is_never_kept():
    whole = read_bytes(to_bytes(_object()))

    kept = read_bytes(without_identity(whole, Keeps(True, True, True, True))).data_set

    assert kept.text(tags.PatientName) == "Doe^Jane"
    assert kept.text(tags.PatientID) == "QX-4711"
    assert kept.text(0x00102154) == ""


def test_the_object_itself_is_not_changed():
    whole = read_bytes(to_bytes(_object()))
    before = whole.digest()

    without_identity(whole, Keeps())

    assert whole.digest() == before


def test_pixel_data_are_not_kept():
    ds = image(PatientName="Doe^Jane", BitsAllocated=8, PixelData=b"PIXELS")

    kept = without_identity(read_bytes(to_bytes(ds)), Keeps())

    assert b"PIXELS" not in kept
