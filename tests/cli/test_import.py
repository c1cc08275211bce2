"""`kerma import`: what it says, what it leaves, how it ends."""

import json
import os
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from kerma.cli.main import run
from kerma.dicom.write import to_bytes
from kerma.store import options
from kerma.store.models import Study
from tests.dicom.objects import image, report

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    """Give the test an empty KERMA_HOME."""
    settings.KERMA_HOME = tmp_path / "home"
    settings.KERMA_HOME.mkdir()


@pytest.fixture
def folder(tmp_path):
    """Return a folder with a report, an image without dose and a file that is no DICOM."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a-report.dcm").write_bytes(to_bytes(report()))
    (folder / "b-image.dcm").write_bytes(to_bytes(image(Modality="CT", Rows=1)))
    (folder / "c-text.txt").write_text("no DICOM")
    return folder


def _run(*arguments: object) -> tuple[str, str, str]:
    """Return stdout, stderr and the error that ended the command."""
    out, err = StringIO(), StringIO()
    error = ""
    try:
        call_command("import", *map(str, arguments), stdout=out, stderr=err)
    except CommandError as raised:
        error = str(raised)
    return out.getvalue(), err.getvalue(), error


def test_the_rest_is_done_when_something_is_refused(folder):
    out, err, error = _run(folder)

    assert Study.objects.count() == 1
    assert f"{folder / 'c-text.txt'}: This is no DICOM file." in err
    assert error == "1 of 3 objects were refused."
    assert "imported" in out
    assert "skipped" in out


def test_it_ends_well_when_nothing_is_refused(folder):
    (folder / "c-text.txt").unlink()

    assert _run(folder)[2] == ""


def test_the_report_has_a_line_for_each_object(folder, tmp_path):
    _run(folder, "--report", tmp_path / "report.jsonl")

    lines = [json.loads(line) for line in (tmp_path / "report.jsonl").read_text().splitlines()]
    assert [line["outcome"] for line in lines] == ["imported", "skipped", "refused"]
    assert [line["modality"] for line in lines] == ["CT", "CT", ""]
    assert lines[0]["study_instance_uid"] == "1.2.3"
    assert set(lines[0]) == {
        "path", "outcome", "reason", "study_instance_uid", "modality", "kind",
    }  # fmt: skip


def test_a_path_that_is_not_there_is_named(tmp_path):
    _, err, error = _run(tmp_path / "nothing")

    assert "There is no such file or folder." in err
    assert error == "1 of 1 objects were refused."


def test_files_stay_where_they_are(folder):
    _run(folder)

    assert len(list(folder.iterdir())) == 3


def test_with_delete_only_files_that_are_stored_go(folder):
    _run(folder, "--delete")

    assert sorted(path.name for path in folder.iterdir()) == ["b-image.dcm", "c-text.txt"]


def test_a_full_disk_ends_the_import_with_a_sentence(folder, settings, capsys):
    """/dev/full refuses every write, as a full disk does."""
    (settings.KERMA_HOME / "objects").symlink_to("/dev/full")

    assert run(["import", str(folder)]) == 1

    assert capsys.readouterr().err.startswith("kerma: The system refused: ")
    assert not Study.objects.exists()


@pytest.mark.parametrize("content", [b"no DICOM", to_bytes(report())])
def test_a_file_whose_name_is_no_utf_8_is_imported_or_refused_as_any_other(tmp_path, content):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / os.fsdecode(b"caf\xe9\n")).write_bytes(content)

    _run(tmp_path / "in", "--report", tmp_path / "told.jsonl")

    (line,) = (tmp_path / "told.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["path"] == f"{tmp_path}/in/caf\\xe9\\n"


def test_with_delete_files_go_by_the_kinds_that_the_site_has_chosen(folder):
    options.put("delete_reports", False)
    options.put("delete_unused", True)

    _run(folder, "--delete")

    assert sorted(path.name for path in folder.iterdir()) == ["a-report.dcm", "c-text.txt"]


def test_with_delete_a_file_that_was_stored_before_goes_too(folder):
    _run(folder)

    _run(folder, "--delete")

    assert not (folder / "a-report.dcm").exists()
