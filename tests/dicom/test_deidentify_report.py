"""A report leaves the site without anybody's identity, and still says its dose."""

import datetime as dt
import io

import pydicom
import pytest

from kerma.dicom import tags
from kerma.dicom.deidentify_report import REMOVED, Deidentification, cleaned, deidentified
from kerma.dicom.files import read_bytes, read_file
from kerma.dicom.write import (
    TRANSFER_SYNTAXES,
    code,
    container,
    datetime_,
    document,
    num,
    pname,
    text,
    to_bytes,
    uidref,
)
from kerma.extract import record_of
from tests.dicom.objects import TITLE

KEY = b"k" * 32
TRACES = (
    b"Doe", b"Jane", b"QX-47", b"19500101", b"ACC-99", b"Harbour", b"Grey", b"0123 456", b"SN-77",
    b"LINAC", b"1.2.3.4", b"private", b"nothing of note",
)  # fmt: skip


def _report(**attributes):
    event = container(
        ("113819", "DCM", "CT Acquisition"),
        text(("125203", "DCM", "Acquisition Protocol"), "Thorax low dose"),
        uidref(("113769", "DCM", "Irradiation Event UID"), "1.2.3.4.5"),
        datetime_(("111526", "DCM", "DateTime Started"), "20200102101112.5"),
        num(("113838", "DCM", "DLP"), 148.0, "mGy.cm"),
        text(("121106", "DCM", "Comment"), "nothing of note about Mrs Doe"),
    )
    content = container(
        TITLE,
        pname(("121029", "DCM", "Subject Name"), "Doe^Jane"),
        text(("121030", "DCM", "Subject ID"), "QX-4711"),
        text(("121016", "DCM", "Device Observer Serial Number"), "SN-77"),
        uidref(("121012", "DCM", "Device Observer UID"), "1.2.3.4.9"),
        pname(("113870", "DCM", "Person Name"), "Grey^Ann",
              text(("113873", "DCM", "Organization Name"), "Harbour Clinic")),
        code(("121058", "DCM", "Procedure reported"), ("77477000", "SCT", "CT")),
        event,
    )  # fmt: skip
    given = {
        "PatientName": "Doe^Jane",
        "PatientID": "QX-4711",
        "PatientBirthDate": "19500101",
        "PatientAge": "070Y",
        "PatientSex": "F",
        "PatientTelephoneNumbers": "0123 456",
        "AccessionNumber": "ACC-99",
        "InstitutionName": "Harbour Clinic",
        "ReferringPhysicianName": "Grey^Ann",
        "StationName": "LINAC",
        "DeviceSerialNumber": "SN-77",
        "Manufacturer": "ACME",
        "StudyDescription": "CT Thorax",
        "StudyDate": "20200102",
        "StudyTime": "101112",
        "StudyInstanceUID": "1.2.3.4.1",
        "SOPInstanceUID": "1.2.3.4.3",
        "SeriesInstanceUID": "1.2.3.4.2",
    }
    made = document(content, **(given | attributes))
    made.add_new(0x00090010, "LO", "ACME private")
    made.add_new(0x00091001, "LO", "private of Doe")
    return made


def without(report, patient="QX-4711", syntax=None, **how):
    file = read_bytes(to_bytes(report, **({"transfer_syntax": syntax} if syntax else {})))
    return deidentified(file.data_set, Deidentification(key=KEY, **how), patient)


def read(data):
    return pydicom.dcmread(io.BytesIO(data))


@pytest.mark.parametrize("syntax", TRANSFER_SYNTAXES, ids=lambda uid: uid.name)
def test_no_trace_of_a_person_or_of_the_site_is_left(syntax):
    made = without(_report(), syntax=syntax)

    assert [trace for trace in TRACES if trace in made] == []
    kept = read_bytes(made).data_set
    assert kept.text(tags.Manufacturer) == "ACME"
    assert kept.text(tags.StudyDescription) == "CT Thorax"
    assert b"Thorax low dose" in made


def test_the_object_says_by_which_method():
    made = read(without(_report(), shifts_dates=True))

    assert made.PatientIdentityRemoved == "YES"
    methods = [item.CodeValue for item in made.DeidentificationMethodCodeSequence]
    assert methods == ["113100", "113104", "113105", "113108", "113107"]
    assert made.LongitudinalTemporalInformationModified == "MODIFIED"
    kept = read(without(_report(), keeps_devices=True))
    methods = [item.CodeValue for item in kept.DeidentificationMethodCodeSequence]
    assert methods[-2:] == ["113106", "113109"]
    assert (kept.StationName, kept.DeviceSerialNumber) == ("LINAC", "SN-77")


def test_attributes_that_must_be_there_are_there_and_empty():
    made = read(without(_report()))

    for name in ("AccessionNumber", "ReferringPhysicianName", "PatientBirthDate", "StudyID"):
        assert name in made
        assert not made[name].value
    assert made.PatientID == made.PatientName == Deidentification(key=KEY).patient("QX-4711")


def test_the_same_becomes_the_same_and_nobody_else_can_make_it():
    how = Deidentification(key=KEY)
    first, second = read(without(_report())), read(without(_report(SOPInstanceUID="1.2.3.4.8")))
    other = read(without(_report(), patient="QX-4712"))

    assert first.StudyInstanceUID == second.StudyInstanceUID == how.uid("1.2.3.4.1")
    assert first.SOPInstanceUID != second.SOPInstanceUID
    assert first.PatientID == second.PatientID != other.PatientID
    assert Deidentification(key=b"x" * 32).uid("1.2.3.4.1") != how.uid("1.2.3.4.1")


def test_uids_are_made_of_uuids_as_the_standard_allows():
    """PS3.5 B.2: 2.25. and a UUID as a decimal number, at most 64 characters."""
    made = Deidentification(key=KEY).uid("1.2.3")

    assert made.startswith("2.25.")
    assert len(made) <= 64
    number = int(made.removeprefix("2.25."))
    assert number < 2**128
    assert (number >> 76) & 0xF == 8
    assert (number >> 62) & 0b11 == 0b10


def test_dates_of_a_patient_go_back_by_the_same_days():
    how = Deidentification(key=KEY, shifts_dates=True)
    days = how.days_back("QX-4711")
    made = read(without(_report(ContentDate="20200105"), shifts_dates=True))

    assert 1 <= days <= 365
    day = dt.date(2020, 1, 2) - dt.timedelta(days=days)
    assert made.StudyDate == day.strftime("%Y%m%d")
    assert made.ContentDate == (day + dt.timedelta(days=3)).strftime("%Y%m%d")
    assert made.StudyTime == "101112"
    (event,) = [item for item in made.ContentSequence if item.ValueType == "CONTAINER"]
    (started,) = [item for item in event.ContentSequence if item.ValueType == "DATETIME"]
    assert started.DateTime == day.strftime("%Y%m%d") + "101112.5"
    assert len({how.days_back(str(number)) for number in range(200)}) > 100


def test_dates_stay_where_that_is_chosen():
    made = read(without(_report()))

    assert made.StudyDate == "20200102"
    assert made.LongitudinalTemporalInformationModified == "UNMODIFIED"


@pytest.mark.parametrize(
    ("age", "kept"), [("089Y", "089Y"), ("090Y", "090Y"), ("103Y", "090Y"), ("011M", "011M")]
)
def test_ages_above_89_are_all_90(age, kept):
    assert read(without(_report(PatientAge=age))).PatientAge == kept


def test_a_protocol_or_description_that_names_somebody_does_not_stay():
    report = _report(StudyDescription="Thorax of DOE")

    assert read(without(report)).StudyDescription == REMOVED
    assert cleaned("Thorax qx-4711", ["QX-4711"]) == REMOVED
    assert cleaned("Doe's thorax", ["Doe^Jane"]) == REMOVED
    assert cleaned("Thorax", ["Doe^Jane"]) == "Thorax"


@pytest.fixture(scope="module")
def reports(shared_objects):
    """Return dose reports of many makers, but for the longest."""
    found = sorted(shared_objects.glob("*RDSR*.dcm"))
    return [path for path in found if path.stat().st_size < 100_000]


def test_what_is_left_gives_the_same_doses(reports):
    for path in reports:
        before = read_file(path)
        made = deidentified(before.data_set, Deidentification(key=KEY), "1")
        old, new = (record_of(one).events for one in (before, read_bytes(made)))

        assert len(new) == len(old), path.name
        for name in ("dlp_mgycm", "ctdivol_mgy", "dap_gym2", "rp_dose_gy", "agd_mgy", "kvp"):
            assert [getattr(event, name, None) for event in new] == [
                getattr(event, name, None) for event in old
            ], (path.name, name)


def test_nothing_of_the_header_of_real_reports_tells_who_or_where(reports):
    assert len(reports) > 15
    for path in reports:
        report = read_file(path).data_set
        made = deidentified(report, Deidentification(key=KEY), "1")
        for tag in (tags.PatientName, tags.PatientID, tags.AccessionNumber, tags.InstitutionName,
                    tags.StudyInstanceUID, tags.SOPInstanceUID, tags.StationName):  # fmt: skip
            value = report.raw(tag).strip(b" \0")
            harmless = (report.text(tags.Manufacturer), report.text(tags.ManufacturerModelName))
            if len(value) > 3 and value.decode("latin1") not in " ".join(harmless):
                assert value not in made, (path.name, hex(tag), value)
        assert b"PNAME" not in made
