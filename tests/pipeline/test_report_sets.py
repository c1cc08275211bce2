"""Sets of reports without identity: whole, consistent, and honest about what is missing."""

import csv
import io

import pydicom
import pytest

from kerma.dicom.write import to_bytes
from kerma.exports.base import ExportError
from kerma.pipeline.ingest import ingest
from kerma.pipeline.keep import discard
from kerma.store import options
from kerma.store.models import IdentityPolicy, Source, StandardName, Study
from tests.dicom.objects import report
from tests.exports.special import exported, unzipped
from tests.query.hospital import store

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def take_in(arrive, number, patient="QX-4711", day="20260102", **attributes):
    ds = report(
        SOPInstanceUID=f"1.2.3.{number}", StudyInstanceUID=f"1.2.3.{number}.9",
        SeriesInstanceUID=f"1.2.3.{number}.8", PatientName="Doe^Jane", PatientID=patient,
        StudyDate=day, Manufacturer="ACME", StationName="CT 7", InstitutionName="Harbour Clinic",
        StudyDescription="Thorax", PatientAge="095Y", AccessionNumber="ACC-99",
        **attributes,
    )  # fmt: skip
    assert ingest(arrive(to_bytes(ds), f"{number}.dcm")).outcome == "imported"


@pytest.fixture(params=["store", "hash", "drop"])
def policy(request, db):
    IdentityPolicy.objects.update_or_create(
        pk=1, defaults={"name": request.param, "patient_id": request.param}
    )
    return request.param


def index(files):
    return list(csv.DictReader(io.StringIO(files["index.csv"].decode())))


def test_the_set_holds_every_kept_report_and_names_nobody(policy, arrive):
    take_in(arrive, 1)
    take_in(arrive, 2, day="20260112")

    data, made = exported("rdsr-set", "CT")

    files = unzipped(data)
    rows = index(files)
    assert (made.studies, made.rows) == (len(rows), 2) == (2, 2)
    assert {row["File"] for row in rows} == files.keys() - {"index.csv"}
    for name, said in files.items():
        for trace in (b"Doe", b"QX-4711", b"CT 7", b"Harbour", b"ACC-99", b"1.2.3.1", b"1.2.3.2"):
            assert trace not in said, (name, trace)
    objects = [pydicom.dcmread(io.BytesIO(files[row["File"]])) for row in rows]
    for row, one in zip(rows, objects, strict=True):
        assert row["Study Instance UID"] == one.StudyInstanceUID
        assert row["SOP Instance UID"] == one.SOPInstanceUID
        assert row["Patient"] == one.PatientID
    days = [int(one.StudyDate) for one in objects]
    assert days[0] != 20260102
    if policy != "drop":
        assert objects[0].PatientID == objects[1].PatientID


def test_a_second_set_has_the_same_names_for_the_same(arrive):
    take_in(arrive, 1)

    first, second = (index(unzipped(exported("rdsr-set", "CT")[0])) for _ in range(2))

    assert first == second


def test_studies_without_a_kept_report_are_told(arrive):
    take_in(arrive, 1)
    missing = store("1.2.3.77", "CT", study_description="No copy")
    take_in(arrive, 2)
    gone = Study.objects.get(study_instance_uid="1.2.3.2.9")
    discard(Source.objects.get(study=gone).path)

    data, made = exported("rdsr-set", "CT")

    assert (made.studies, made.rows) == (1, 1)
    (note,) = made.notes
    assert note.startswith("Studies without a kept report, which are not in the set: 2")
    assert str(missing) in note
    assert str(gone.pk) in note
    assert len(unzipped(data)) == 2


def test_a_set_without_any_report_is_refused_with_what_to_do(arrive):
    options.put("keep_reports", False)
    take_in(arrive, 1)

    with pytest.raises(ExportError, match="Configuration, Retention"):
        exported("rdsr-set", "CT")


def test_the_registry_set_lists_names_codes_and_totals(arrive):
    take_in(arrive, 1)
    StandardName.objects.create(
        modality="CT", level="study", name="CT chest", radlex_code="RPID16", loinc_code="24627-2"
    )
    Study.objects.update(standard_name="CT chest", dlp_mgycm=123.5)

    (row,) = index(unzipped(exported("acr-dir", "CT")[0]))

    assert row["Study description"] == "Thorax"
    assert (row["Standard name"], row["RadLex Playbook ID"], row["LOINC code"]) == (
        "CT chest", "RPID16", "24627-2",
    )  # fmt: skip
    assert (row["Study date"], row["Station name"], row["Institution"]) == (
        "2026-01-02", "CT 7", "Harbour Clinic",
    )  # fmt: skip
    assert float(row["DLP (mGy.cm)"]) == 123.5
    assert float(row["Age (years)"]) == 90


def test_a_registry_set_may_hide_dates_and_devices_too(arrive):
    take_in(arrive, 1)

    files = unzipped(exported("acr-dir", "CT", dates="shifted", devices="pseudonyms")[0])

    (row,) = index(files)
    report_date = pydicom.dcmread(io.BytesIO(files[row["File"]])).StudyDate
    assert row["Study date"].replace("-", "") == report_date != "20260102"
    assert not row["Station name"]
    assert b"CT 7" not in b"".join(files.values())


def test_a_description_that_names_the_patient_is_not_in_the_list(arrive):
    IdentityPolicy.objects.update_or_create(pk=1, defaults={"name": "store"})
    take_in(arrive, 1)
    Study.objects.update(study_description="Thorax of Mrs Doe")

    (row,) = index(unzipped(exported("acr-dir", "CT")[0]))

    assert row["Study description"] == "REMOVED"
