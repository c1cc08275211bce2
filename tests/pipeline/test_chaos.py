"""Nothing acknowledged is lost, doubled or halved, whatever is killed; a small run of the chaos."""

import json
import os
import subprocess
import sys

import pytest

from tests.sites import PROJECT

pytestmark = pytest.mark.both_databases

OBJECTS = int(os.environ.get("KERMA_TEST_CHAOS", "250"))
"""How many objects to send; raise it for a longer run."""


@pytest.fixture(scope="module")
def said():
    process = subprocess.run(
        [sys.executable, "-m", "tests.pipeline.chaos", str(OBJECTS), "--pause", "0.4"],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert process.stdout, process.stderr
    return json.loads(process.stdout)


def test_each_thing_was_killed(said):
    assert set(said["killed"]) == {
        "receiver", "a worker process", "supervisor", "queue", "database",
    }  # fmt: skip


def test_all_that_was_sent_is_stored_or_in_quarantine_once(said):
    assert said["stored"] + said["in quarantine"] == OBJECTS
    assert said["in quarantine"] == len([n for n in range(OBJECTS) if n % 50 == 7])
    assert said["stored twice"] == said["in quarantine twice"] == 0
    assert said["stored and in quarantine"] == 0


def test_nothing_is_half_stored(said):
    assert said["differs from a site left in peace"] == []


def test_every_task_was_done(said):
    assert set(said["tasks"]) == {"done"}
