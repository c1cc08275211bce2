import json
import os
import subprocess
import sys

import pytest

from kerma.cli import main
from kerma.dicom import write
from tests.extract.ct_reports import report


@pytest.fixture
def reports(tmp_path):
    """Make a folder with two reports, one of them in a folder below."""
    (tmp_path / "below").mkdir()
    for name, uid in (("a.dcm", "1.2.1"), ("below/b", "1.2.2")):
        (tmp_path / name).write_bytes(write.to_bytes(report(StudyInstanceUID=uid)))
    return tmp_path


def studies(printed):
    return [json.loads(line)["study"]["study_instance_uid"] for line in printed.splitlines()]


def test_a_record_a_line_for_every_file_of_a_folder(reports, capsys):
    assert main.run(["extract", str(reports)]) == 0

    assert studies(capsys.readouterr().out) == ["1.2.1", "1.2.2"]


def test_text_is_printed_as_utf_8(tmp_path, capsys):
    (tmp_path / "a").write_bytes(write.to_bytes(report(StudyDescription="Größe")))

    main.run(["extract", str(tmp_path / "a")])

    assert "Größe" in capsys.readouterr().out


def test_a_refusal_is_a_line_on_stderr_and_the_rest_goes_on(reports, capsys):
    broken = reports / "aa.txt"
    broken.write_text("no DICOM")

    assert main.run(["extract", str(reports)]) == 1

    printed = capsys.readouterr()
    assert studies(printed.out) == ["1.2.1", "1.2.2"]
    assert printed.err.splitlines() == [
        f"{broken}: This is no DICOM file.",
        "kerma: 1 of 3 files were refused.",
    ]


def test_a_file_that_is_not_there_is_refused(reports, capsys):
    assert main.run(["extract", str(reports / "c"), str(reports / "a.dcm")]) == 1

    printed = capsys.readouterr()
    assert studies(printed.out) == ["1.2.1"]
    assert printed.err.startswith(f"{reports / 'c'}: No such file or directory.\n")


def test_a_report_cut_short_is_refused(reports, capsys):
    whole = (reports / "a.dcm").read_bytes()
    (reports / "a.dcm").write_bytes(whole[: len(whole) // 2])

    assert main.run(["extract", str(reports / "a.dcm")]) == 1

    assert "cut short" in capsys.readouterr().err


def test_nothing_but_the_file_is_needed(reports, tmp_path):
    home = tmp_path / "home"
    program = [sys.executable, "-c", "from kerma.cli.main import main; main()"]

    done = subprocess.run(
        [*program, "extract", str(reports / "a.dcm")],
        env=os.environ | {"KERMA_HOME": str(home), "KERMA_DATABASE_URL": "nonsense"},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert (done.returncode, studies(done.stdout), done.stderr) == (0, ["1.2.1"], "")
    assert not home.exists()


def test_without_a_path_the_command_line_cannot_be_understood():
    with pytest.raises(SystemExit) as ended:
        main.run(["extract"])

    assert ended.value.code == 2


def test_a_pipe_is_refused_and_not_waited_for(tmp_path, capsys):
    os.mkfifo(tmp_path / "pipe.dcm")

    assert main.run(["extract", str(tmp_path)]) == 1

    assert "This is no file." in capsys.readouterr().err
