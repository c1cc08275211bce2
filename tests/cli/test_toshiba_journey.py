"""`openrem_cttoshiba.py` as a process: a folder of screens and images in, a stored study out."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest

from kerma.demo.screens import old_scanners
from kerma.screens import glyph_file
from tests.sites import Site

SCRIPTS = Path(sys.executable).parent
AT = dt.datetime.fromisoformat("2026-03-04T10:11:12")
DOORS = ("openrem_cttoshiba.py", "openrem_rdsr_toshiba_ct_from_dose_images.py")

pytestmark = pytest.mark.skipif(
    not (SCRIPTS / DOORS[0]).exists(), reason="the scripts are not installed beside this Python"
)


@pytest.fixture(scope="module")
def taught(tmp_path_factory) -> Site:
    """Make a site that knows the letters of the scanner, from a file that was shared."""
    folder = tmp_path_factory.mktemp("site")
    site = Site(folder / "home", "")
    site.home.mkdir()
    shared = folder / "letters.json"
    shared.write_text(glyph_file.dump(old_scanners.toshiba_glyphs()), encoding="utf-8")
    site.run("migrate")
    site.run("glyphs", "import", str(shared))
    return site


def call(site: Site, door: str, *paths: Path) -> "subprocess.CompletedProcess[str]":
    process = site.python(str(SCRIPTS / door), *map(str, paths), stdout=subprocess.PIPE)
    out, errors = process.communicate(timeout=120)
    return subprocess.CompletedProcess(door, process.returncode, out, errors)


@pytest.mark.parametrize(("number", "door"), list(enumerate(DOORS)))
def test_a_folder_becomes_a_study(number, door, taught, tmp_path):
    examination = old_scanners.toshiba_study(number, AT)
    (tmp_path / "within").mkdir()
    for place, data in enumerate(examination.files):
        Path(tmp_path, "within", f"{place}.dcm").write_bytes(data)

    done = call(taught, door, tmp_path)

    assert done.returncode == 0, done.stderr
    uid = examination.study_instance_uid
    [(total,)] = taught.ask(f"SELECT dlp_mgycm FROM store_study WHERE study_instance_uid = '{uid}'")
    assert total == pytest.approx(examination.table.total_dlp_mgycm, abs=0.01)


def test_what_waits_for_a_person_is_said_and_ends_with_one(taught, tmp_path):
    examination = old_scanners.toshiba_study(2, AT, total_mgycm=999.9)
    for place, data in enumerate(examination.files):
        Path(tmp_path, f"{place}.dcm").write_bytes(data)

    done = call(taught, DOORS[0], tmp_path)

    assert done.returncode == 1
    assert "Waits for a person" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
