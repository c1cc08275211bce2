import datetime as dt
import io
import shutil
import subprocess

import pydicom
import pytest

from kerma.dicom import write
from kerma.records import Code

DOSE_REPORT = ("113701", "DCM", "X-Ray Radiation Dose Report")
CT_DOSE = ("113829", "DCM", "CT Dose")
DLP = ("113838", "DCM", "DLP")
PROCEDURE = ("121058", "DCM", "Procedure reported")
CT = Code(value="77477000", scheme="SCT", meaning="Computed Tomography X-Ray")


def report(**attributes):
    return write.document(
        write.container(
            DOSE_REPORT,
            write.has_concept_mod(write.code(PROCEDURE, CT)),
            None,
            write.container(CT_DOSE, write.num(DLP, 312.5, "mGy.cm"), template="10013"),
            template="10011",
        ),
        **attributes,
    )


def read(ds, syntax=write.TRANSFER_SYNTAXES[0]):
    return pydicom.dcmread(io.BytesIO(write.to_bytes(ds, syntax)))


@pytest.mark.parametrize("syntax", write.TRANSFER_SYNTAXES, ids=lambda uid: uid.name)
def test_every_native_transfer_syntax_says_the_same(syntax):
    written = report(StudyInstanceUID="1.2.3", PatientName="Müller^Zoë")

    found = read(written, syntax)

    assert found.file_meta.TransferSyntaxUID == syntax
    assert str(found.PatientName) == "Müller^Zoë"
    dose = found.ContentSequence[1].ContentSequence[0].MeasuredValueSequence[0]
    assert dose.NumericValue == 312.5
    assert dose.MeasurementUnitsCodeSequence[0].CodeValue == "mGy.cm"


@pytest.mark.skipif(not shutil.which("dsrdump"), reason="DCMTK is not installed")
@pytest.mark.parametrize("syntax", write.TRANSFER_SYNTAXES, ids=lambda uid: uid.name)
def test_dcmtk_prints_the_report(syntax, tmp_path):
    path = tmp_path / "report.dcm"
    path.write_bytes(write.to_bytes(report(), syntax))

    printed = subprocess.run(["dsrdump", "+Pc", path], capture_output=True, text=True, check=True)

    assert '<contains NUM:(113838,DCM,"DLP")="312.5" (mGy.cm,UCUM,"mGy.cm")>' in printed.stdout
    assert '<has concept mod CODE:(121058,DCM,"Procedure reported")' in printed.stdout


def test_writing_does_not_change_the_data_set():
    ds = report()
    before = ds.to_json()

    write.to_bytes(ds, write.ImplicitVRLittleEndian)

    assert ds.to_json() == before
    assert not hasattr(ds, "file_meta")


def test_a_number_without_a_value_has_an_empty_measured_value_sequence():
    item = write.num(DLP, None, "mGy.cm")

    assert len(item.MeasuredValueSequence) == 0


def test_children_that_are_none_are_left_out():
    assert [item.ValueType for item in report().ContentSequence] == ["CODE", "CONTAINER"]


def test_a_child_keeps_the_relationship_it_has():
    inferred = write.related("INFERRED FROM", write.num(DLP, 1.0, "mGy.cm"))

    parent = write.num(DLP, 2.0, "mGy.cm", inferred, write.text(PROCEDURE, "by hand"))

    relationships = [item.RelationshipType for item in parent.ContentSequence]
    assert relationships == ["INFERRED FROM", "HAS PROPERTIES"]


def test_a_container_names_its_template():
    template = report().ContentTemplateSequence[0]

    assert (template.MappingResource, template.TemplateIdentifier) == ("DCMR", "10011")


def test_a_code_value_of_more_than_16_characters_is_a_long_code_value():
    """PS3.3 8.8: Code Value is SH, at most 16 characters."""
    item = write.code_item(("12345678901234567", "99X", "long"))

    assert item.LongCodeValue == "12345678901234567"
    assert "CodeValue" not in item


def test_uids_not_given_are_new_each_time():
    first, second = report(StudyInstanceUID="1.2.3"), report(StudyInstanceUID="1.2.3")

    assert first.SOPInstanceUID != second.SOPInstanceUID
    assert first.StudyInstanceUID == second.StudyInstanceUID == "1.2.3"


def test_dates_times_and_codes_are_given_as_python_says_them():
    made = write.dataset(
        StudyDate=dt.date(2026, 3, 9),
        StudyTime=dt.time(7, 5, 4, 50000),
        AcquisitionDateTime=dt.datetime.fromisoformat("2026-03-09T07:05:00"),
        ProcedureCodeSequence=CT,
        RequestAttributesSequence={"RequestedProcedureDescription": "CT Thorax"},
        ImageType=["ORIGINAL", "PRIMARY"],
        PatientWeight=71.25,
        PatientAge=None,
    )

    assert made.StudyDate == "20260309"
    assert made.StudyTime == "070504.050000"
    assert made.AcquisitionDateTime == "20260309070500"
    assert made.ProcedureCodeSequence[0].CodeValue == "77477000"
    assert made.RequestAttributesSequence[0].RequestedProcedureDescription == "CT Thorax"
    assert list(made.ImageType) == ["ORIGINAL", "PRIMARY"]
    assert made.PatientWeight == 71.25
    assert "PatientAge" not in made


@pytest.mark.parametrize("value", [1 / 3, -1.23456789e-7, 123456789012.3, 5.0, 0.0])
def test_decimal_strings_fit_their_16_characters(value):
    """PS3.5 6.2: DS is at most 16 bytes."""
    said = write.decimal(value)

    assert len(said) <= 16
    assert float(said) == pytest.approx(value, rel=1e-9)


def test_other_references_carry_what_they_refer_to():
    when = write.datetime_(PROCEDURE, dt.datetime.fromisoformat("2026-03-09T07:05:01"))
    uid = write.uidref(PROCEDURE, "1.2.840")
    name = write.pname(PROCEDURE, "Curie^Marie")
    image = write.image(None, "1.2.3", "1.2.3.4")

    assert (when.ValueType, when.DateTime) == ("DATETIME", "20260309070501")
    assert (uid.ValueType, uid.UID) == ("UIDREF", "1.2.840")
    assert (name.ValueType, name.PersonName) == ("PNAME", "Curie^Marie")
    assert image.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == "1.2.3.4"
    assert "ConceptNameCodeSequence" not in image
