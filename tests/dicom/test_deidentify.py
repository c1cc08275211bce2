"""Identity leaves a data set wherever it stands."""

from kerma.dicom import tags
from kerma.dicom.deidentify import Identity, replace_identity
from kerma.dicom.encode import to_file
from kerma.dicom.files import read_bytes
from kerma.dicom.write import container, document, text, to_bytes
from tests.dicom.objects import TITLE

DROP = Identity(*(4 * [lambda value: ""]))
KEEP = Identity(*(4 * [lambda value: value]))


def _object():
    content = container(
        TITLE,
        text(("121029", "DCM", "Subject Name"), "Doe^Jane"),
        text(("121030", "DCM", "Subject ID"), "ID-4711"),
        text(("121106", "DCM", "Comment"), "nothing of note"),
    )
    return document(
        content,
        PatientName="Doe^Jane",
        PatientID="ID-4711",
        OtherPatientIDs="ID-4712",
        PatientBirthDate="19500101",
        PatientBirthName="Roe^Jane",
        PatientTelephoneNumbers="0123 456",
        AccessionNumber="ACC-99",
        StudyDate="20200102",
        StudyInstanceUID="1.2.3",
    )


def _processed(identity: Identity) -> bytes:
    found = read_bytes(to_bytes(_object())).data_set
    replace_identity(found, identity)
    return to_file(found)


def test_nothing_of_the_person_is_left_in_the_bytes():
    kept = _processed(DROP)

    for trace in (b"Doe", b"Roe", b"4711", b"4712", b"1950", b"0123 456", b"ACC-99"):
        assert trace not in kept
    assert b"nothing of note" in kept


def test_the_age_stays_when_the_birth_date_goes():
    assert read_bytes(_processed(DROP)).data_set.first(tags.PatientAge) == "070Y"


def test_a_policy_that_stores_everything_changes_nothing():
    whole = to_bytes(_object())
    found = read_bytes(whole).data_set

    replace_identity(found, KEEP)

    assert read_bytes(to_file(found)).digest() == read_bytes(whole).digest()


def test_a_hash_stands_where_the_value_stood():
    hashed = Identity(*(4 * [lambda value: "f" * 64]))

    header = read_bytes(_processed(hashed)).data_set

    assert header.text(tags.PatientID) == header.text(tags.AccessionNumber) == "f" * 64
