"""Workers at one spool that are killed, or many, or without a database: nothing lost or doubled."""

import datetime as dt
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kerma.demo.hospital import broken_study, draw_studies
from tests.pipeline.snapshot import snapshot

KILLS = int(os.environ.get("KERMA_TEST_KILLS", "4"))
"""How often to kill; raise it for a longer run."""
_UNTIL = dt.datetime.fromisoformat("2026-01-01")

_MAIN = "from kerma.cli.main import main; main()"
_FILL = """
import sys
from pathlib import Path
from kerma.pipeline.process import set_up
set_up()
from kerma.pipeline import spool
for path in sorted(Path(sys.argv[1]).rglob("*")):
    if path.is_file():
        spool.put([path.read_bytes()], "receive", "KERMA", "CT1")
"""
_WORK = """
from kerma.pipeline.process import set_up
set_up()
from kerma.pipeline import inbox, spool
while spool.count() and inbox.work_off() >= 0:
    pass
"""
_ONCE = """
from kerma.pipeline.process import set_up
set_up()
from kerma.pipeline import inbox, spool
print(inbox.work_off(), inbox.work_off(), spool.count())
"""


@pytest.fixture(scope="module")
def objects(tmp_path_factory) -> Path:
    """Fill a folder with the objects of 25 examinations, one of them cut short."""
    folder = tmp_path_factory.mktemp("objects")
    for study in [*draw_studies(25, seed=3, until=_UNTIL), broken_study(seed=3, until=_UNTIL)]:
        for each in study.objects:
            path = folder / each.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(each.data)
    return folder


@pytest.fixture(scope="module")
def count(objects) -> int:
    return sum(path.is_file() for path in objects.rglob("*"))


def start(home: Path, program: str, *arguments: str, **more: str) -> subprocess.Popen[str]:
    environment = {k: v for k, v in os.environ.items() if k[:6] not in ("KERMA_", "DJANGO")}
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        env=environment | {"KERMA_HOME": str(home)} | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def filled(objects, tmp_path_factory) -> Path:
    """Return a home whose spool holds the objects, to be copied."""
    path = tmp_path_factory.mktemp("filled")
    end(start(path, _MAIN, "migrate"))
    end(start(path, _FILL, str(objects)))
    return path


@pytest.fixture
def home(filled, tmp_path) -> Path:
    return Path(shutil.copytree(filled, tmp_path / "home"))


@pytest.fixture(scope="module")
def imported(filled, objects, tmp_path_factory) -> dict[str, list[str]]:
    """Return what a plain import of the same objects stores."""
    path = Path(shutil.copytree(filled, tmp_path_factory.mktemp("imported") / "home"))
    end(start(path, _MAIN, "import", str(objects)))
    return snapshot(path / "kerma.sqlite3")


def end(process: subprocess.Popen[str]) -> int:
    """Wait for the end of a process; its words are shown if the test fails."""
    _, said = process.communicate(timeout=60)
    sys.stderr.write(said)
    return process.returncode


def waiting(home: Path) -> int:
    return len(list((home / "spool").glob("*.dcm")))


def stored(home: Path) -> dict[str, list[str]]:
    return {
        table: rows
        for table, rows in snapshot(home / "kerma.sqlite3").items()
        if table in ("store_study", "store_ctevent", "store_projectionevent", "store_source")
    }


def decisions(home: Path) -> dict[str, int]:
    with sqlite3.connect(home / "kerma.sqlite3") as database:
        found = database.execute("SELECT decision, count(*) FROM store_arrival GROUP BY 1")
        return dict(found.fetchall())


def same_as(imported, home) -> bool:
    return stored(home) == {table: imported[table] for table in stored(home)}


def test_killed_again_and_again_it_stores_each_object_once(home, imported, count):
    dice = random.Random(7)

    for _ in range(KILLS):
        worker = start(home, _WORK)
        before, until = waiting(home), time.monotonic() + 20
        while waiting(home) == before and worker.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(dice.uniform(0, 0.15))
        worker.send_signal(signal.SIGKILL)
        end(worker)
    assert end(start(home, _WORK)) == 0

    found = decisions(home)
    assert waiting(home) == 0
    assert sum(found.values()) == count
    assert found["refused"] == 1
    assert found.get("duplicate", 0) == 0
    assert same_as(imported, home)


def test_two_workers_share_the_spool(home, imported, count):
    workers = [start(home, _WORK), start(home, _WORK)]

    assert [end(worker) for worker in workers] == [0, 0]

    found = decisions(home)
    assert sum(found.values()) == count
    assert found.get("duplicate", 0) == 0
    assert same_as(imported, home)


@pytest.mark.parametrize("address", ["postgresql://nobody@127.0.0.1:9/kerma", ""])
def test_without_a_database_the_spool_keeps_everything(home, count, address):
    """Port 9 refuses connections; in the other case the file of the database cannot be opened."""
    if not address:
        (home / "kerma.sqlite3").rename(home / "away")
        (home / "kerma.sqlite3").mkdir()

    worker = start(home, _ONCE, **({"KERMA_DATABASE_URL": address} if address else {}))
    said, log = worker.communicate(timeout=60)

    assert said.split() == ["0", "0", str(count)]
    assert log.count("The database fails") == 1
    assert "Traceback" not in log
