"""Files in watched folders are taken once they no longer change."""

import errno
import fcntl
import logging
import os
import time
import zipfile
from pathlib import Path

import pytest

from kerma.pipeline import spool
from kerma.pipeline.inbox import Inbox
from kerma.pipeline.watched import Watcher, fault_of
from kerma.store.models import Arrival, Study, WatchedFolder
from tests.pipeline.arrivals import a_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path) -> Path:
    """Return a folder that is watched; files are stable at once."""
    path = tmp_path / "drop"
    path.mkdir()
    WatchedFolder.objects.create(path=str(path), stable_s=0)
    return path


def put(path: Path, data: bytes | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(a_report() if data is None else data)
    return path


def told() -> WatchedFolder:
    return WatchedFolder.objects.get()


def test_a_file_moves_to_the_spool_and_is_imported(folder):
    path = put(folder / "any name.bin")

    assert Watcher().look() == 1

    assert not path.exists()
    assert Inbox().work_off(lambda: False) == 1
    row = Arrival.objects.get()
    assert (row.came_by, row.decision) == ("watch", "imported")
    assert row.store == str(folder)[-64:]
    assert Study.objects.count() == 1


def test_a_file_is_taken_when_it_has_not_changed_for_so_long(folder):
    WatchedFolder.objects.update(stable_s=1)
    path = put(folder / "one.dcm", b"half")
    watcher = Watcher()

    assert watcher.look() == 0
    time.sleep(0.6)
    put(path)  # it grows
    assert watcher.look() == 0
    time.sleep(0.6)
    assert watcher.look() == 0
    assert told().waiting == 1
    time.sleep(0.6)
    assert watcher.look() == 1


def test_a_clock_that_jumps_takes_no_file_early_and_leaves_none(folder):
    WatchedFolder.objects.update(stable_s=1)
    old, new = put(folder / "old.dcm"), put(folder / "new.dcm")
    os.utime(old, (0, 0))
    os.utime(new, (2**32, 2**32))
    watcher = Watcher()

    assert watcher.look() == 0
    time.sleep(1.1)
    assert watcher.look() == 2


@pytest.mark.parametrize("name", [".hidden", "a.part", "a.dcm.tmp", "a.dcm~", ".sub/a.dcm"])
def test_hidden_and_partial_files_wait(folder, name):
    path = put(folder / name)

    assert Watcher().look() == 0
    assert path.exists()


def test_subfolders_are_taken_too_and_removed_once_empty_for_a_while(folder):
    put(folder / "study" / "series" / "1.dcm")
    watcher = Watcher()

    assert watcher.look() == 1
    assert (folder / "study" / "series").exists()

    for path in (folder / "study" / "series", folder / "study"):
        os.utime(path, (0, 0))
        watcher.look()
    assert list(folder.iterdir()) == []
    assert folder.exists()


def test_on_another_disk_a_file_is_copied_before_it_goes(folder, monkeypatch):
    data = a_report()
    path = put(folder / "1.dcm", data)
    rename = Path.rename

    def other_disk(self, target):
        if self == path:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", other_disk)

    assert Watcher().look() == 1
    assert not path.exists()
    (spooled,) = spool.waiting()
    assert spooled.path.read_bytes() == data


def test_a_zip_file_is_unpacked(folder):
    with zipfile.ZipFile(folder / "study.zip", "w") as archive:
        archive.writestr("a/1", a_report(1))
        archive.writestr("a/2", a_report(2))
        archive.writestr("DICOMDIR", b"not wanted")

    assert Watcher().look() == 2

    assert list(folder.iterdir()) == []
    Inbox().work_off(lambda: False)
    assert Study.objects.count() == 2


def test_a_zip_file_of_which_something_cannot_be_unpacked_stays_and_is_tried_once(folder, caplog):
    with zipfile.ZipFile(folder / "study.zip", "w") as archive:
        archive.writestr("1", a_report(1))
        archive.writestr("2.zip", b"PK")
    watcher = Watcher()

    with caplog.at_level(logging.WARNING, "kerma.import"):
        watcher.look()
        watcher.look()

    assert (folder / "study.zip").exists()
    assert spool.count() == 1
    assert len(caplog.records) == 1
    assert "study.zip: A zip file within a zip file is not opened" in told().trouble


def test_what_is_no_zip_file_goes_to_the_quarantine_as_it_is(folder):
    put(folder / "broken.zip", b"PK nothing")

    assert Watcher().look() == 1
    Inbox().work_off(lambda: False)
    assert Arrival.objects.get().decision == "refused"


def test_what_cannot_be_read_is_told_once_in_the_log_and_on_the_page(folder, caplog):
    (folder / "link.dcm").symlink_to(put(folder.parent / "elsewhere.dcm"))
    put(folder / "good.dcm")
    watcher = Watcher()

    with caplog.at_level(logging.WARNING, "kerma.import"):
        assert watcher.look() == 1
        assert watcher.look() == 0

    assert len(caplog.records) == 1
    assert "link.dcm: This is a link" in told().trouble
    (folder / "link.dcm").unlink()
    watcher.look()
    assert told().trouble == ""


def test_a_folder_that_is_gone_is_told_and_keeps_no_other_waiting(folder, tmp_path):
    WatchedFolder.objects.create(path=str(tmp_path / "gone"), stable_s=0)
    put(folder / "1.dcm")

    assert Watcher().look() == 1
    assert "There is no such folder" in WatchedFolder.objects.get(path__endswith="gone").trouble


def test_a_folder_that_is_switched_off_is_left_alone(folder):
    WatchedFolder.objects.update(enabled=False)
    put(folder / "1.dcm")

    assert Watcher().look() == 0


def test_a_full_disk_leaves_the_files(folder, monkeypatch, caplog):
    put(folder / "1.dcm")
    put(folder / "2.dcm")
    watcher = Watcher()

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        assert watcher.look() == 0
        assert watcher.look() == 0

    assert len(list(folder.iterdir())) == 2
    assert caplog.text.count("No space left on device") == 1
    watcher._outage._until = 0.0
    assert watcher.look() == 2


def test_a_file_that_another_worker_is_taking_is_left_to_it(folder):
    path = put(folder / "1.dcm")

    with path.open("rb") as theirs:
        fcntl.flock(theirs, fcntl.LOCK_EX)
        assert Watcher().look() == 0
    assert Watcher().look() == 1


@pytest.mark.parametrize(
    ("path", "words"), [("drop", "the whole path"), ("/no/such/folder", "no such folder")]
)
def test_a_folder_that_cannot_be_watched_is_refused_with_the_reason(path, words):
    assert words in fault_of(path)
