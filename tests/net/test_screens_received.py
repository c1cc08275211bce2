"""Images and dose screens that a scanner sends by itself, to real processes, one of them killed.

No rule names the scanner: before its first screen came nobody knew that its images matter.
"""

import datetime as dt
import shutil
import subprocess
from pathlib import Path

import pytest

from kerma.demo.screens import old_scanners
from kerma.demo.screens.old_scanners import Examination
from kerma.screens import glyph_file
from tests.net.sending import soon
from tests.sites import Site

pytestmark = pytest.mark.skipif(
    not shutil.which("storescu"), reason="there is no DCMTK on this machine"
)

AT = dt.datetime.fromisoformat("2026-03-04T10:11:12")
_AT_ONCE = (
    "import os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'kerma.config.settings'\n"
    "import django\ndjango.setup()\n"
    "from kerma.store import options\noptions.put('collect_minutes', 0)\n"
)
"""Lets a study be complete when nothing of it has come since the worker looked last."""
_WAIT_S = 60.0


@pytest.fixture
def site(tmp_path) -> Site:
    """Return a site that knows the letters of the scanner, and nothing of its images."""
    made = Site(tmp_path / "home", "")
    made.home.mkdir()
    (made.home / "kerma.toml").write_text("disk_free_gb = 0\n")
    letters = tmp_path / "letters.json"
    letters.write_text(glyph_file.dump(old_scanners.toshiba_glyphs()), encoding="utf-8")
    made.run("migrate")
    made.run("glyphs", "import", str(letters))
    assert made.python("-c", _AT_ONCE).communicate()[1] == ""
    return made


@pytest.fixture
def start(site):
    """Start a `kerma` command of the site; gives the process and the line that it says first."""
    started = []

    def now(*arguments: str):
        main = "from kerma.cli.main import main; main()"
        process = site.python("-c", main, *arguments, stdout=subprocess.PIPE)
        started.append(process)
        return process, process.stdout.readline().strip()

    yield now
    for process in started:
        process.terminate()
    for process in started:
        process.communicate(timeout=30)


def send(port: str, folder: Path, files: tuple[bytes, ...]) -> None:
    folder.mkdir()
    for number, data in enumerate(files):
        (folder / f"{number}.dcm").write_bytes(data)
    command = ["storescu", "+sd", "-R", "127.0.0.1", port, str(folder)]
    subprocess.run(command, check=True, timeout=60)


def arrived(site: Site, number: int) -> bool:
    return soon(lambda: site.ask("SELECT count(*) FROM store_arrival") == [(number,)], _WAIT_S)


def pitches(site: Site, exam: Examination) -> list[float]:
    """Return the pitch of each event of a study: the screens do not say it, the images do."""
    rows = site.ask(
        "SELECT e.pitch FROM store_ctevent e JOIN store_study s ON e.study_id = s.id "
        f"WHERE s.study_instance_uid = '{exam.study_instance_uid}' AND e.pitch IS NOT NULL"
    )
    return [pitch for (pitch,) in rows]


def doses(site: Site, exam: Examination) -> list[tuple[float]]:
    return site.ask(
        f"SELECT dlp_mgycm FROM store_study WHERE study_instance_uid = '{exam.study_instance_uid}'"
    )


def test_images_add_to_the_screen_before_and_after_it_whatever_process_took_them(
    site, start, tmp_path
):
    before, after = (old_scanners.toshiba_study(number, AT) for number in (0, 1))
    _, line = start("receive", "--port", "0")
    port = line.rpartition(":")[2]
    first, _ = start("work", "--processes", "1", "--tasks", "1")

    send(port, tmp_path / "images first", before.files[1:])
    send(port, tmp_path / "screen first", after.files[:1])
    assert arrived(site, len(before.files))
    first.terminate()
    first.communicate(timeout=30)
    in_the_open = [path for path in site.home.rglob("*") if path.is_file() and is_object(path)]
    start("work", "--processes", "1", "--tasks", "1")
    send(port, tmp_path / "its screen", before.files[:1])
    send(port, tmp_path / "its images", after.files[1:])

    for exam in (before, after):
        assert soon(lambda exam=exam: bool(pitches(site, exam)), _WAIT_S)
        [(total,)] = doses(site, exam)
        assert total == pytest.approx(exam.table.total_dlp_mgycm, abs=0.01)
        assert all(pitch == pytest.approx(0.844) for pitch in pitches(site, exam))
    assert not [path for path in in_the_open if "collected" not in path.parts]


def is_object(path: Path) -> bool:
    """Return whether a file is a DICOM object that anybody can open."""
    return path.read_bytes()[128:132] == b"DICM"
