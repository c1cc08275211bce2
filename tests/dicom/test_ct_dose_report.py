"""Reports that Kerma makes: valid by the templates, and read alike by Kerma and by others."""

import re
import shutil
import subprocess
from io import BytesIO

import highdicom
import pytest
from msgspec.structs import replace
from pydicom import dcmread
from pydicom.uid import UID

from kerma.dicom import ct_dose_report
from kerma.dicom.files import read_bytes
from kerma.dicom.made_here import DoseSource
from kerma.errors import ContentError
from kerma.extract import record_of
from kerma.extract.screens import to_record
from kerma.records import CtEvent, Device, StudyHeader, StudyRecord, Totals
from tests.dicom.dose_templates import faults
from tests.extract.screen_tables import LOCALISER, image_header, row, screen_header, table

NO_DOSE = {"ctdivol_mgy": None, "dlp_mgycm": None, "phantom_mm": None}


def poor():
    """Return a record of a screen that says next to nothing else."""
    return to_record(table(row(phantom_mm=None, acquisition_type="")), [screen_header()], [])


def rich():
    """Return a record of three acquisitions with images beside, both phantoms and a localiser."""
    rows = (
        row(acquisition_type=LOCALISER, **NO_DOSE),
        row(label="2", protocol="CHEST", kvp=120.0, exposure_mas=250.0, scanning_length_mm=677.4),
        row(phantom_mm=160, ctdivol_mgy=50.123, dlp_mgycm=801.25, acquisition_type=""),
    )
    totals = {"total_dlp_head_mgycm": 801.25, "total_dlp_body_mgycm": 1299.5}
    return to_record(table(*rows, **totals), [screen_header()], [image_header()])


def japanese():
    return to_record(table(), [screen_header(PatientName="Yamada^Tarou=山田^太郎")], [])


def bare():
    """Return a record by hand, as small as it can be."""
    return StudyRecord(
        kind="manual",
        modality="CT",
        study=StudyHeader(study_instance_uid="1.2.3"),
        device=Device(manufacturer="ACME", model="CT 1"),
        events=(CtEvent(irradiation_event_uid="1.2.3.4", acquisition_type="Spiral Acquisition"),),
    )


RECORDS = {"poor": poor, "rich": rich, "japanese": japanese}


def written(record, source=DoseSource.SCREEN, **options):
    return ct_dose_report.write(record, source, **options)


def read_back(data):
    return record_of(read_bytes(data))


@pytest.mark.parametrize("name", RECORDS)
def test_every_row_that_the_templates_demand_is_there_and_no_other(name):
    ds = dcmread(BytesIO(written(RECORDS[name](), confirmed_by_person=True)))

    lacking = {fault for fault in faults(ds) if _is_a_number_nobody_said(fault)}
    assert set(faults(ds)) == lacking
    assert ds.ContentTemplateSequence[0].TemplateIdentifier == "10011"


def _is_a_number_nobody_said(fault):
    """Whether it is the lack of a number of an acquisition: see decision 0032."""
    return re.fullmatch(r"/113819/(113822|113829)(/113831)?/\d{6} is missing", fault)


@pytest.mark.parametrize("name", RECORDS)
def test_what_is_written_is_what_is_read(name):
    record = RECORDS[name]()

    found = read_back(written(record))

    own = ("series_instance_uid", "sop_instance_uid", "sop_class_uid", "series_number",
           "instance_number", "completion_flag", "verification_flag")  # fmt: skip
    device = {"device_manufacturer": "", "device_model": "", "device_serial_number": ""}
    events = tuple(replace(event, **device) for event in found.events)
    assert (found.kind, found.modality) == (record.kind, "CT")
    assert events == record.events
    assert found.totals == record.totals
    assert found.device == record.device
    assert found.patient == record.patient
    plain = {field: getattr(record.study, field) for field in own}
    assert replace(found.study, **plain) == record.study
    assert found.start_of_irradiation == (record.start_of_irradiation or found.start_of_irradiation)
    assert found.report_comment == record.report_comment


def test_the_scanner_of_a_report_is_no_observer():
    """The observer is Kerma, on whatever system; it must not make one scanner of all of them."""
    found = read_back(written(rich()))

    assert found.observer is None
    assert found.device.device_observer_uid == ""
    assert found.events[0].device_model == "Aquilion CX"


@pytest.mark.parametrize("source", DoseSource)
def test_reports_made_here_keep_their_kind(source):
    found = read_back(written(rich(), source))

    assert found.kind == source.value
    assert found.source_of_dose_information == (source.code.meaning,)


@pytest.mark.parametrize("keyword", ["121014", "121015"])
def test_reports_that_others_make_of_screens_are_reports_as_any_other(keyword):
    ds = dcmread(BytesIO(written(rich())))
    for item in ds.ContentSequence:
        if item.ConceptNameCodeSequence[0].CodeValue == keyword:
            item.TextValue = "PixelMed"
    buffer = BytesIO()
    ds.save_as(buffer)

    assert read_back(buffer.getvalue()).kind == "CT RDSR"


def test_reports_of_pixelmed_are_reports(shared_objects):
    for name in ("CT-RDSR-ToshibaPixelMed.dcm", "CT-RDSR-GEPixelMed.dcm"):
        assert read_back((shared_objects / name).read_bytes()).kind == "CT RDSR"


def test_the_same_record_makes_the_same_object_and_another_another():
    first, same = written(rich()), written(rich())
    other = written(replace(rich(), totals=Totals(dlp_mgycm=1.0, events_declared=3)))
    confirmed = written(rich(), confirmed_by_person=True)

    assert first == same
    uids = {dcmread(BytesIO(data)).SOPInstanceUID for data in (first, other, confirmed)}
    series = {dcmread(BytesIO(data)).SeriesInstanceUID for data in (first, other, confirmed)}
    assert len(uids) == 3
    assert len(series) == 1
    assert all(UID(uid).is_valid and uid.startswith("2.25.") for uid in uids | series)


def test_a_confirmed_table_says_so_and_names_nobody():
    data = written(rich(), confirmed_by_person=True)

    assert read_back(data).report_comment.endswith("Confirmed by a person.")
    assert b"PNAME" not in data


def test_each_phantom_has_a_sub_total():
    """PS3.16 TID 10012 row 3a: the sum of the DLP of the events with that phantom."""
    ds = dcmread(BytesIO(written(rich())))
    [totals] = [
        item for item in ds.ContentSequence if item.ConceptNameCodeSequence[0].CodeValue == "113811"
    ]

    said = {
        item.ContentSequence[0].ConceptCodeSequence[0].CodeValue: float(
            item.MeasuredValueSequence[0].NumericValue
        )
        for item in totals.ContentSequence
        if item.ConceptNameCodeSequence[0].CodeValue == "130745"
    }
    assert said == {"113690": 801.25, "113691": 1299.5}


def test_what_nobody_said_is_not_written():
    data = written(poor())
    [event] = read_back(data).events

    assert b"113835" not in data, "no phantom is assumed"
    assert b"113733" not in data, "no tube voltage, and no item without a value"
    assert (event.target_region, event.acquisition_type, event.kvp) == ("", "", None)
    assert read_back(data).totals.events_by_type == {}


def test_a_record_by_hand_may_be_as_small_as_this():
    found = read_back(written(bare(), DoseSource.MANUAL))

    assert found.kind == "manual"
    assert found.events[0].acquisition_type_code == "116152004"
    assert found.start_of_irradiation is None


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (replace(bare(), study=StudyHeader()), "no Study Instance UID"),
        (replace(bare(), events=()), "not a single CT acquisition"),
    ],
)
def test_what_makes_no_report_is_refused_in_a_sentence(record, words):
    with pytest.raises(ContentError, match=words):
        written(record)


def test_header_attributes_are_those_of_the_study():
    ds = dcmread(BytesIO(written(rich())))

    assert (ds.PatientName, ds.PatientID, ds.PatientBirthDate) == ("Doe^Jane", "4711", "19500102")
    assert "PatientAge" not in ds, "the birth date says it more exactly"
    assert (ds.StudyInstanceUID, ds.AccessionNumber) == ("1.2.840.1.1", "A17")
    assert (ds.Manufacturer, ds.DeviceSerialNumber) == ("TOSHIBA", "2CA0910")
    assert list(ds.OperatorsName) == ["Alpha", "Beta"]
    assert ds.ReferencedRequestSequence[0].RequestedProcedureDescription == "Thorax with contrast"
    assert (ds.Modality, ds.CompletionFlag) == ("SR", "COMPLETE")
    assert (ds.ContentDate, ds.ContentTime) == ("20100305", "103000")
    assert ds.SpecificCharacterSet == "ISO_IR 100"


@pytest.mark.parametrize(("years", "text"), [(60.0, "060Y"), (0.5, "006M"), (0.0274, "010D")])
def test_the_age_is_that_of_the_images(years, text):
    record = rich()

    patient = replace(record.patient, birth_date=None, age_years=years)
    data = written(replace(record, patient=patient))

    assert dcmread(BytesIO(data)).PatientAge == text
    assert read_back(data).patient.age_years == pytest.approx(years, abs=1e-3)


# Other programs


def values_of(record):
    """Return the numbers of the report that are doses and parameters, in the order of its rows."""
    return [
        value
        for event in record.events
        for value in (event.ctdivol_mgy, event.dlp_mgycm, event.kvp, event.pitch)
        if value is not None
    ]


WANTED = {"113830": 0, "113838": 1, "113733": 2, "113828": 3}


@pytest.mark.skipif(not shutil.which("dsrdump"), reason="needs DCMTK")
@pytest.mark.parametrize("name", RECORDS)
def test_dcmtk_reads_the_same_values_without_a_warning(tmp_path, name):
    record = RECORDS[name]()
    path = tmp_path / "report.dcm"
    path.write_bytes(written(record))

    done = subprocess.run(
        ["dsrdump", "+Pc", str(path)],
        capture_output=True, text=True, check=True, errors="replace",
    )  # fmt: skip

    said = re.findall(r'NUM:\((\d+),DCM,"[^"]*"\)="([^"]*)"', done.stdout)
    assert sorted(float(v) for c, v in said if c in WANTED) == sorted(values_of(record))
    assert [float(v) for c, v in said if c == "113813"] == [record.totals.dlp_mgycm]
    noise = [line for line in done.stderr.splitlines() if "character set" not in line.lower()]
    assert noise == []


@pytest.mark.parametrize("name", RECORDS)
def test_highdicom_reads_the_same_values(name):
    """Its classes check value types, relationships and units of every item."""
    record = RECORDS[name]()
    ds = dcmread(BytesIO(written(record)))

    root = highdicom.sr.ContentSequence.from_sequence([ds], is_root=True)

    said = [
        (item.name.value, float(item.value))
        for item in _walk(root)
        if isinstance(item, highdicom.sr.NumContentItem) and item.value is not None
    ]
    assert sorted(v for c, v in said if c in WANTED) == sorted(values_of(record))
    assert [v for c, v in said if c == "113813"] == [record.totals.dlp_mgycm]


def _walk(items):
    for item in items:
        yield item
        if "ContentSequence" in item:
            yield from _walk(item.ContentSequence)
