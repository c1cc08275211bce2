"""Log files of several processes: what is written, how they are turned over, how they follow."""

import json
import logging
import subprocess
import sys
import time
from collections import Counter

import pytest

from kerma import logs
from kerma.logs import COMPONENTS, Choice, component_of

LEVELS = {component.name: "INFO" for component in COMPONENTS}

PROGRAM = """
import logging, logging.config, sys
from pathlib import Path
from kerma import logs

home, number, lines = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
levels = {component.name: "INFO" for component in logs.COMPONENTS}
logging.config.dictConfig(logs.configuration(home, levels))
log = logging.getLogger("kerma.receive")
for line in range(lines):
    log.info("line %s of %s %s", line, number, "x" * 900)
"""

FOLLOWING = """
import logging, logging.config, sys, time
from pathlib import Path
from kerma import logs

levels = {component.name: "INFO" for component in logs.COMPONENTS}
logging.config.dictConfig(logs.configuration(Path(sys.argv[1]), levels))
log = logging.getLogger("kerma.query")
for _ in range(200):
    log.debug("a detail")
    time.sleep(0.05)
"""


def start(program, *arguments):
    words = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(words, stderr=subprocess.DEVNULL)


@pytest.mark.parametrize(
    ("logger", "component"),
    [
        ("kerma.receive", "receive"),
        ("kerma.receive.storing", "receive"),
        ("pynetdicom.acse", "query"),
        ("kerma.query", "query"),
        ("kerma.import", "import"),
        ("kerma.tasks", "tasks"),
        ("kerma.web", "web"),
        ("django.request", "web"),
        ("django.db.backends", "general"),
        ("kerma.queryings", "general"),
        ("elsewhere", "general"),
    ],
)
def test_every_message_belongs_to_one_component(logger, component):
    assert component_of(logger) == component


def test_no_line_is_lost_or_mixed_when_processes_turn_the_same_file_over(tmp_path):
    logs.choose(tmp_path, {"receive": Choice(size_mb=1, older=20)})

    running = [start(PROGRAM, tmp_path, number, 1500) for number in range(4)]
    assert [one.wait(timeout=60) for one in running] == [0] * 4

    files = sorted(logs.folder(tmp_path).glob("receive.log*"))
    found = Counter()
    for file in files:
        assert file.stat().st_size < 1.1e6
        for line in file.read_text().splitlines():
            words = line.partition(": line ")[2].split()
            assert words[3] == "x" * 900
            found[words[2], int(words[0])] += 1
    assert found == Counter({(str(n), line): 1 for n in range(4) for line in range(1500)})
    assert len(files) >= 5


def test_only_as_many_older_files_are_kept_as_chosen(tmp_path):
    logs.choose(tmp_path, {"receive": Choice(size_mb=1, older=1)})

    assert start(PROGRAM, tmp_path, 0, 4000).wait(timeout=60) == 0

    names = {file.name for file in logs.folder(tmp_path).glob("receive.log*")}
    assert names == {"receive.log", "receive.log.1"}


def test_a_running_process_follows_a_change_of_level_within_seconds(tmp_path):
    path = logs.path_of(tmp_path, "query")
    with start(FOLLOWING, tmp_path) as process:
        time.sleep(0.6)
        assert not path.exists()

        logs.choose(tmp_path, {"query": Choice(level="DEBUG")})
        changed = time.monotonic()
        while not path.exists() and time.monotonic() - changed < 8:
            time.sleep(0.05)
        process.kill()

    assert "DEBUG kerma.query" in path.read_text()
    assert time.monotonic() - changed < 5


def test_the_level_of_one_component_is_not_that_of_another(tmp_path):
    enough = logs.Enough(tmp_path, LEVELS | {"query": "DEBUG"})

    def passes(name, level):
        return enough.filter(logging.LogRecord(name, level, "", 0, "", (), None))

    assert passes("kerma.query", logging.DEBUG)
    assert not passes("kerma.receive", logging.DEBUG)
    assert passes("kerma.receive", logging.INFO)


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"query": {"colour": "red"}})])
def test_a_file_of_choices_that_is_damaged_counts_as_none(tmp_path, text):
    logs.folder(tmp_path).mkdir()
    (logs.folder(tmp_path) / "levels.json").write_text(text)

    assert logs.chosen(tmp_path) == {}


def test_log_files_are_for_their_owner_alone(tmp_path):
    start(PROGRAM, tmp_path, 0, 1).wait(timeout=60)

    assert logs.folder(tmp_path).stat().st_mode & 0o077 == 0
    assert logs.path_of(tmp_path, "receive").stat().st_mode & 0o077 == 0


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path):
    logs.folder(tmp_path).write_text("no folder")
    handler = logs.SharedFile(tmp_path, "general")

    handler.emit(logging.LogRecord("kerma", logging.ERROR, "", 0, "lost", (), None))
    handler.close()

    assert logs.folder(tmp_path).read_text() == "no folder"


def test_a_full_disk_stops_nothing(tmp_path):
    logs.folder(tmp_path).mkdir()
    logs.path_of(tmp_path, "general").symlink_to("/dev/full")
    handler = logs.SharedFile(tmp_path, "general")

    for _ in range(3):
        handler.emit(logging.LogRecord("kerma", logging.ERROR, "", 0, "lost", (), None))
    with pytest.raises(OSError, match="No space left"):
        handler.close()
