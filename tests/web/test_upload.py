"""Upload of objects: through the real pipeline, with an outcome for each, and gone again."""

import io
import json
import os
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pydicom.dataset import Dataset

from kerma.dicom.write import to_bytes
from kerma.store.models import Quarantine, StoredObject, Study
from tests.dicom.objects import report
from tests.web.people import client_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.KERMA_HOME = tmp_path
    return tmp_path


@pytest.fixture(scope="session")
def good():
    return to_bytes(report(Manufacturer="ACME", StudyDate="20260102"))


def file(data, name="report.dcm"):
    return SimpleUploadedFile(name, data)


def zipped(**members):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file(held.getvalue(), "archive.zip")


def send(client, *files):
    return client.post("/upload/", {"files": files})


def lines(client, *files):
    headers = {"Accept": "application/jsonl"}
    answer = client.post("/upload/", {"files": files}, headers=headers)
    return [json.loads(line) for line in answer.getvalue().splitlines()]


def test_a_form_alone_gets_a_page_with_every_outcome_and_the_study(good):
    page = send(client_of("admin", "view"), file(good), file(b"hello", "letter.txt"))

    text = page.content.decode()
    study = Study.objects.get()
    assert f'href="/study/{study.pk}/"' in text
    assert "new study: 1" in text
    assert "refused: 1" in text
    assert "This is no DICOM file." in text
    assert StoredObject.objects.get().came_by == "upload"


def test_what_was_sent_is_deleted(good, home):
    send(client_of("admin"), file(good), zipped(a=good, b=b"hello"))

    assert list((home / "uploads").iterdir()) == []


def test_a_script_gets_a_line_for_every_object_of_a_zip_file(good):
    found = lines(client_of("admin"), zipped(one=good, two=b"hello"))

    assert [line["outcome"] for line in found] == ["imported", "refused"]
    assert "archive.zip: two" in found[1]["html"]


def test_the_same_object_again_is_already_here(good):
    client = client_of("import-size")

    found = lines(client, file(good), file(good))

    assert [line["outcome"] for line in found] == ["imported", "duplicate"]


def test_people_who_may_not_see_studies_get_no_link_to_them(good):
    assert "/study/" not in lines(client_of("import-size"), file(good))[0]["html"]


def test_the_quarantine_names_the_file_and_not_where_it_lay(home):
    send(client_of("admin"), file(b"hello", "letter.txt"))

    assert Quarantine.objects.get().origin == "letter.txt"


@pytest.mark.parametrize("name", ["../../evil.dcm", "/etc/passwd", "a\\b.dcm", "x" * 100])
def test_a_name_cannot_lead_out_of_the_folder(good, home, name):
    page = send(client_of("admin"), file(good, name))

    assert page.status_code == 200
    assert Study.objects.count() == 1
    assert [path.name for path in home.rglob("*evil*")] == []


def test_a_name_with_mark_up_is_shown_as_text():
    [line] = lines(client_of("admin"), file(b"hello", "<b>x</b>.dcm"))

    assert "<b>" not in line["html"]


def test_a_media_directory_leads_to_no_file_of_the_server(good, home):
    """A DICOMDIR that is sent may name any path; the files it lists are sent on their own."""
    (home / "SECRET").write_bytes(good)
    listed, directory = Dataset(), Dataset()
    listed.ReferencedFileID = ["AA", "AA", "SECRET"]
    directory.SOPClassUID, directory.SOPInstanceUID = "1.2.840.10008.1.3.10", "1.2.3"
    directory.DirectoryRecordSequence = [listed]

    data = to_bytes(directory).replace(rb"AA\AA", rb"..\..")
    found = lines(client_of("admin"), file(data, "DICOMDIR"))

    assert [line["outcome"] for line in found] == ["skipped"]
    assert not Study.objects.exists()


def test_nothing_sent_is_said():
    assert b"Nothing was found to import" in client_of("admin").post("/upload/", {}).content


def test_what_a_crash_left_behind_goes_with_the_next_upload(good, home):
    left = home / "uploads" / "objects-left"
    left.mkdir(parents=True)
    (left / "a.dcm").write_bytes(good)
    os.utime(left, (0, 0))

    send(client_of("admin"), file(good))

    assert not left.exists()
