"""A backup brings back everything, and replaces nothing."""

import os
import subprocess
import sys
import tarfile
from pathlib import Path

from kerma.dicom.write import to_bytes
from tests.dicom.objects import report
from tests.pipeline.snapshot import snapshot


def _kerma(home: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the program with a home of its own, on the database that is configured."""
    environment = {key: value for key, value in os.environ.items() if key[:6] != "KERMA_"}
    return subprocess.run(
        [sys.executable, "-c", "from kerma.cli.main import main; main()", *map(str, arguments)],
        env=environment | {"KERMA_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_was_backed_up_comes_back_into_an_empty_home(tmp_path):
    old, new, file = tmp_path / "old", tmp_path / "new", tmp_path / "kerma.tar"
    (tmp_path / "report.dcm").write_bytes(to_bytes(report()))
    _kerma(old, "import", tmp_path / "report.dcm")

    assert _kerma(old, "backup", file).returncode == 0
    assert _kerma(new, "restore", file).returncode == 0

    assert snapshot(new / "kerma.sqlite3") == snapshot(old / "kerma.sqlite3")
    assert (new / "identity-key").read_bytes() == (old / "identity-key").read_bytes()
    assert "312.5" in _kerma(new, "study", "1.2.3").stdout
    assert file.stat().st_mode & 0o077 == 0
    assert (new / "identity-key").stat().st_mode & 0o077 == 0


def test_neither_a_file_nor_a_home_is_overwritten(tmp_path):
    home, file = tmp_path / "home", tmp_path / "kerma.tar"
    _kerma(home, "migrate")
    _kerma(home, "backup", file)

    again, into_full = _kerma(home, "backup", file), _kerma(home, "restore", file)

    assert (again.returncode, into_full.returncode) == (1, 1)
    assert "exists already" in again.stderr
    assert "not empty" in into_full.stderr


def test_what_is_no_backup_is_refused(tmp_path):
    (tmp_path / "text.tar").write_text("no tar file")

    done = _kerma(tmp_path / "home", "restore", tmp_path / "text.tar")

    assert done.returncode == 1
    assert "cannot be restored" in done.stderr


def test_a_backup_that_reaches_elsewhere_is_refused(tmp_path):
    with tarfile.open(tmp_path / "evil.tar", "w") as archive:
        archive.addfile(tarfile.TarInfo("../../escaped"))

    done = _kerma(tmp_path / "home", "restore", tmp_path / "evil.tar")

    assert done.returncode == 1
    assert "does not belong" in done.stderr
