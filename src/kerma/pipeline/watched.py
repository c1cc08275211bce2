"""Watched folders in, the spool out: files move there once they no longer change.

Whether a file still changes is told by its size and time as this process saw them before, so that
no clock matters. A worker that starts anew waits once more.
"""

import datetime as dt
import errno
import logging
import os
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from kerma.errors import KermaError
from kerma.pipeline import outage, spool
from kerma.pipeline.find import Arrival, UnreadablePath, arrivals, files_below
from kerma.store.models import WatchedFolder

_log = logging.getLogger("kerma.import")

CAME_BY = "watch"
_PARTIAL = (".part", ".tmp", ".crdownload", ".filepart", "~")
"""Endings of files that are still being written, by the habit of many programs."""
_PIECE = 1024**2
_LONGEST_NAME = 64
_EMPTY_S = 60.0
"""Seconds for which an emptied folder stays, for a sender that is about to write into it."""
_TOLD_S = 30.0
"""Seconds after which the page is told anew that a folder was looked into."""
_MOST_TOLD = 5
"""Files that cannot be read, told on the page."""


class _State(NamedTuple):
    """A file as it was."""

    size: int
    modified_ns: int


class _Seen(NamedTuple):
    """A file as it was, and since when."""

    state: _State
    since: float


class Watcher:
    """What one process knows of the watched folders."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}
        self._told: dict[str, str] = {}
        self._broken: dict[str, tuple[_State, str]] = {}
        """Zip files of which something cannot be unpacked, and what: tried once."""
        self._outage = outage.Outage()

    def look(self) -> int:
        """Look once; see the function of this name."""
        if self._outage.lasts:
            return 0
        before, self._seen = self._seen, {}
        taken = 0
        try:
            for row in WatchedFolder.objects.filter(enabled=True).order_by("pk"):
                taken += self._look_into(row, before)
        except outage.ERRORS as error:
            if not outage.is_one(error):
                raise
            self._outage.met(error)
        else:
            self._outage.over()
        return taken

    def _look_into(self, row: WatchedFolder, before: dict[str, _Seen]) -> int:
        """Take what is stable in one folder, and keep on its row what is not."""
        if fault := fault_of(row.path):
            _keep(row, 0, [self._trouble(row.path, UnreadablePath(fault))])
            return 0
        taken = waiting = 0
        troubles: list[str] = []
        for path in files_below(row.path):
            try:
                is_stable = self._is_stable(path, row.stable_s, before)
                taken += self._take(path, row) if is_stable else 0
                waiting += not is_stable
            except FileNotFoundError:
                continue  # another worker, or its owner, took it
            except (OSError, KermaError) as error:
                if outage.is_one(error):
                    raise
                troubles.append(self._trouble(path, error))
        _drop_empty(row.path)
        _keep(row, waiting, troubles)
        return taken

    def _is_stable(self, path: str, stable_s: float, before: dict[str, _Seen]) -> bool:
        """Return whether a file did not change for so long; note how it is now."""
        if path.endswith(_PARTIAL):
            return False
        found = os.stat(path, follow_symlinks=False)  # noqa: PTH116 (many, every few seconds)
        if not stat.S_ISREG(found.st_mode):
            raise UnreadablePath("This is a link, no file, or a folder that cannot be read.")
        state = _State(found.st_size, found.st_mtime_ns)
        seen = before.get(path)
        if seen is None or seen.state != state:
            seen = _Seen(state, time.monotonic())
        self._seen[path] = seen
        return time.monotonic() - seen.since >= stable_s

    def _take(self, path: str, row: WatchedFolder) -> int:
        """Move a file, or what is in a zip file, to the spool; return how many objects."""
        state = self._seen[path].state
        broken = self._broken.get(path)
        if broken is not None and broken[0] == state:
            raise UnreadablePath(broken[1])
        store = row.path[-_LONGEST_NAME:]
        with Path(path).open("rb") as file:
            if not spool.is_mine(file):
                return 0
            members = list(arrivals([path])) if path.lower().endswith(".zip") else []
            if not members or not all(member.member for member in members):
                _move(Path(path), file, store)
                return 1
            try:
                _unpack(members, store)
            except UnreadablePath as error:
                self._broken[path] = state, str(error)
                raise
            Path(path).unlink()
            return len(members)

    def _trouble(self, path: str, error: Exception) -> str:
        """Return what is wrong with a file; the log has it once."""
        words = error.strerror if isinstance(error, OSError) else str(error)
        sentence = f"{path}: {words}"
        if self._told.get(path) != sentence:
            self._told[path] = sentence
            _log.warning("In a watched folder, this cannot be taken: %s", sentence)
        return sentence


_WATCHER = Watcher()


def look() -> int:
    """Move files of the watched folders that no longer change into the spool.

    What cannot be read stays; the log says so once, and the page as long as it is there.

    Returns
    -------
    int
        How many objects were moved.
    """
    return _WATCHER.look()


def fault_of(path: str) -> str:
    """Return why a folder cannot be watched, in a sentence; "" if it can."""
    folder = Path(path)
    if not folder.is_absolute():
        return "Write the whole path, from / on."
    if not folder.is_dir():
        return "There is no such folder on the machine of Kerma."
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return "Kerma must be able to read and to write this folder, and may not."
    return ""


def _move(path: Path, file: BinaryIO, store: str) -> None:
    """Move a file to the spool: by its name on the same disk, else by copying it."""
    try:
        spool.adopt(path, CAME_BY, store)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _put(_pieces(file), store)
        path.unlink()


def _unpack(members: list[Arrival], store: str) -> None:
    for member in members:
        with member.open() as data:
            _put([bytes(data)], store)


def _put(data: Iterator[bytes] | list[bytes], store: str) -> None:
    try:
        spool.put(data, CAME_BY, store)
    except spool.NoRoom as error:
        raise OSError(errno.ENOSPC, str(error)) from error


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    try:
        while piece := file.read(_PIECE):
            yield piece
    except OSError as error:
        raise UnreadablePath(f"It cannot be read: {error.strerror}.") from None


def _drop_empty(root: str) -> None:
    """Remove subfolders in which there was nothing for a while."""
    for path, folders, files in os.walk(root, topdown=False):
        if path == root or folders or files or Path(path).name.startswith("."):
            continue
        with suppress(OSError):  # not ours to remove, or no longer empty
            if time.time() - Path(path).stat().st_mtime > _EMPTY_S:
                Path(path).rmdir()


def _keep(row: WatchedFolder, waiting: int, troubles: list[str]) -> None:
    """Keep for the page what was found; written seldom where it stays the same."""
    told = troubles[:_MOST_TOLD]
    if len(troubles) > _MOST_TOLD:
        told.append(f"and {len(troubles) - _MOST_TOLD} more.")
    now = dt.datetime.now(dt.UTC)
    news = {"waiting": waiting, "trouble": "\n".join(told)}
    is_old = row.looked_at is None or now - row.looked_at > dt.timedelta(seconds=_TOLD_S)
    if is_old or any(getattr(row, name) != value for name, value in news.items()):
        WatchedFolder.objects.filter(pk=row.pk).update(looked_at=now, **news)
