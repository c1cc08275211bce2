"""An import killed at any moment and run again ends as one that was left in peace."""

import datetime as dt
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kerma.demo.hospital import broken_study, draw_studies
from tests.pipeline.snapshot import snapshot

KILLS = int(os.environ.get("KERMA_TEST_KILLS", "6"))
"""How often to kill; raise it for a longer run."""
_UNTIL = dt.datetime.fromisoformat("2026-01-01")


@pytest.fixture(scope="module")
def objects(tmp_path_factory) -> Path:
    """Fill a folder with the objects of 40 examinations, one of them cut short."""
    folder = tmp_path_factory.mktemp("objects")
    for study in [*draw_studies(40, seed=3, until=_UNTIL), broken_study(seed=3, until=_UNTIL)]:
        for each in study.objects:
            path = folder / each.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(each.data)
    return folder


def _kerma(home: Path, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {key: value for key, value in os.environ.items() if key[:6] != "KERMA_"}
    return subprocess.Popen(
        [sys.executable, "-c", "from kerma.cli.main import main; main()", *arguments],
        env=environment | {"KERMA_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _import(home: Path, objects: Path) -> dict[str, list[str]]:
    _kerma(home, "import", str(objects)).wait()
    return snapshot(home / "kerma.sqlite3")


@pytest.fixture(scope="module")
def in_peace(objects, tmp_path_factory) -> tuple[dict[str, list[str]], float]:
    """Return what one clean run leaves, and how long it takes."""
    home = tmp_path_factory.mktemp("in-peace")
    _kerma(home, "migrate").wait()
    start = time.monotonic()
    return _import(home, objects), time.monotonic() - start


def test_the_clean_run_stores_studies(in_peace):
    assert len(in_peace[0]["store_study"]) >= 40


@pytest.mark.parametrize("kill", range(KILLS))
def test_killed_and_run_again_it_ends_the_same(kill, objects, in_peace, tmp_path):
    clean, seconds = in_peace
    home = tmp_path / "home"
    _kerma(home, "migrate").wait()
    dice = random.Random(kill)

    process = _kerma(home, "import", str(objects))
    time.sleep(seconds * dice.uniform(0.3, 0.95))
    process.send_signal(signal.SIGKILL)
    process.wait()
    _no_study_is_partial(home / "kerma.sqlite3")

    assert _import(home, objects) == clean


def _no_study_is_partial(path: Path) -> None:
    """Every stored study has the events that it counts."""
    with sqlite3.connect(path) as database:
        partial = database.execute(
            """
            SELECT s.study_instance_uid FROM store_study s WHERE s.number_of_events <>
              (SELECT count(*) FROM store_ctevent e WHERE e.study_id = s.id)
            + (SELECT count(*) FROM store_projectionevent e WHERE e.study_id = s.id)
            + (SELECT count(*) FROM store_administration e WHERE e.study_id = s.id)
            """
        ).fetchall()
    assert partial == []
