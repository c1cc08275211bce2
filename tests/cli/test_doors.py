"""Commands of older names do what `kerma` does, with its exit status."""

import json
import sys
import tomllib
from pathlib import Path

import pytest

from kerma.cli import doors
from kerma.dicom.write import to_bytes
from kerma.store.models import Study
from tests.dicom.objects import report
from tests.query.hospital import store

pytestmark = pytest.mark.django_db(transaction=True)

PROJECT = Path(__file__).parents[2]
OBJECTS = {
    "openrem_rdsr.py": doors.rdsr,
    "openrem_mg.py": doors.mg,
    "openrem_dx.py": doors.dx,
    "openrem_nm.py": doors.nm,
    "openrem_ctphilips.py": doors.ctphilips,
}


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.KERMA_HOME = tmp_path / "home"
    settings.KERMA_HOME.mkdir()


@pytest.fixture
def call(monkeypatch):
    """Call a door as from a shell; returns the exit status."""

    def run(door, *arguments):
        monkeypatch.setattr(sys, "argv", ["door", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            door()
        return stopped.value.code or 0

    return run


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "good.dcm"
    path.write_bytes(to_bytes(report(Manufacturer="ACME", StudyDate="20260102")))
    return path


def test_every_door_is_installed():
    scripts = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["scripts"]

    for name in (*OBJECTS, "openrem_ptsizecsv.py"):
        module, _, function = scripts[name].partition(":")
        assert getattr(sys.modules[module], function)


@pytest.mark.parametrize("door", OBJECTS.values(), ids=OBJECTS)
def test_a_door_imports_objects_of_any_kind(call, door, good, capsys):
    assert call(door, good) == 0

    assert "imported" in capsys.readouterr().out
    assert Study.objects.count() == 1


def test_a_refused_object_gives_status_1_and_a_reason_on_stderr(call, good, tmp_path, capsys):
    bad = tmp_path / "bad.dcm"
    bad.write_text("hello")

    assert call(doors.rdsr, good, bad) == 1

    assert f"{bad}: This is no DICOM file." in capsys.readouterr().err
    assert Study.objects.count() == 1


def test_a_wildcard_that_the_shell_left_is_expanded(call, good):
    assert call(doors.rdsr, good.parent / "*.dcm") == 0

    assert Study.objects.count() == 1


def test_arguments_that_are_missing_give_status_2(call, capsys):
    assert call(doors.rdsr) == 2
    assert call(doors.ptsizecsv, "list.csv", "id") == 2


@pytest.fixture
def csv(tmp_path):
    path = tmp_path / "my list.csv"
    path.write_text("Acc num,UID,my height,weight\nA1,1.2,170,90\nA2,1.3,198,102.3\n")
    return path


def sizes():
    return list(Study.objects.order_by("pk").values_list("height_m", "weight_kg"))


def test_sizes_are_found_by_accession_number(call, csv, capsys):
    store("1.2", "CT", accession_number="A1")

    assert call(doors.ptsizecsv, csv, "Acc num", "my height", "weight") == 0

    assert sizes() == [(1.70, 90.0)]
    assert capsys.readouterr().out == "Rows read: 2. Studies changed: 1.\n"


@pytest.mark.parametrize("option", ["-u", "-s", "--si-uid"])
def test_sizes_are_found_by_study_instance_uid(call, csv, option):
    store("1.2", "CT")

    assert call(doors.ptsizecsv, option, csv, "UID", "my height", "weight") == 0

    assert sizes() == [(1.70, 90.0)]


def test_verbose_says_what_became_of_every_row(call, csv, capsys):
    store("1.2", "CT", accession_number="A1")

    call(doors.ptsizecsv, "-v", csv, "Acc num", "my height", "weight")

    assert capsys.readouterr().out.splitlines()[:2] == [
        "Line 2: height 1.7 m, weight 90 kg set.",
        "Line 3: no stored study has this id.",
    ]


def test_a_column_that_is_not_there_is_a_wrong_argument(call, csv, capsys):
    assert call(doors.ptsizecsv, csv, "Accession", "my height", "weight") == 2

    assert "no column 'Accession'" in capsys.readouterr().err


def test_a_value_that_cannot_be_used_gives_status_1_and_the_rest_is_done(call, tmp_path, capsys):
    store("1.2", "CT", accession_number="A1")
    path = tmp_path / "list.csv"
    path.write_text("id;h;w\nA1;1,70;90\n")

    assert call(doors.ptsizecsv, path, "id", "h", "w") == 1

    assert sizes() == [(None, 90.0)]
    assert "Line 2: weight 90 kg set; refused: the height is not" in capsys.readouterr().err


def test_a_list_that_is_not_there_gives_status_1(call, tmp_path, capsys):
    assert call(doors.ptsizecsv, tmp_path / "no.csv", "id", "h", "w") == 1

    assert "cannot be read: No such file" in capsys.readouterr().err


def kerma(*arguments):
    from kerma.cli.main import run

    return run([str(argument) for argument in arguments])


def test_a_dry_run_of_sizes_leaves_nothing_behind(csv, capsys):
    store("1.2", "CT", accession_number="A1")
    given = ("--id", "Acc num", "--height", "my height", "--weight", "weight")

    assert kerma("import-sizes", "--dry-run", csv, *given) == 0

    assert capsys.readouterr().out == "Rows read: 2. Studies that would change: 1.\n"
    assert sizes() == [(None, None)]


def test_the_quarantine_is_listed_tried_again_and_deleted(tmp_path, capsys):
    bad = tmp_path / "bad.dcm"
    bad.write_text("hello")
    kerma("import", bad)
    capsys.readouterr()

    assert kerma("quarantine") == 0
    line = json.loads(capsys.readouterr().out)
    assert (line["reason"], line["origin"]) == ("This is no DICOM file.", str(bad))

    assert kerma("quarantine", "retry", line["number"]) == 1
    assert f"{line['number']}: This is no DICOM file." in capsys.readouterr().err
    assert kerma("quarantine", "retry") == 2
    assert kerma("quarantine", "delete", 999) == 2
    assert kerma("quarantine", "delete", "--all") == 0
    assert kerma("quarantine", "retry", "--all") == 0
    capsys.readouterr()
    assert kerma("quarantine", "list") == 0
    assert capsys.readouterr().out == ""
