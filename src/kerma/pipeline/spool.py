"""Acknowledged objects as files: on disk before the answer, gone after the import.

The spool is a queue that needs no database. A file's name says when and by which way it came; a
worker holds a lock on the file while it works on it, which the system lifts when the worker dies.
"""

import fcntl
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple
from urllib.parse import quote, unquote

from django.conf import settings

from kerma.errors import KermaError

_SUFFIX = ".dcm"
_LONGEST_PART = 64
_BUFFER = 64 * 1024
"""A dose report is mostly smaller, and written at once."""


class NoRoom(KermaError):
    """The disk cannot take another object."""


class Spooled(NamedTuple):
    """One file of the spool."""

    path: Path
    arrived_ns: int
    """Nanoseconds since 1970, by the clock of the machine that received it."""
    came_by: str
    """`receive`, `stow` or `watch`."""
    store: str
    """AE title of the store, name of the token or of the folder."""
    caller: str
    """AE title of the sender; "" where there is none."""

    @property
    def name(self) -> str:
        """Its name, which no other file ever has."""
        return self.path.name


def folder() -> Path:
    """Return the folder of whole objects that wait; made at first use."""
    return _made("spool")


def incoming() -> Path:
    """Return the folder of objects that are still being written, on the same disk."""
    return _made("spool/incoming")


class Draft:
    """An object that is still coming: a file that is locked for as long as its writer lives."""

    def __init__(self) -> None:
        self.path = incoming() / secrets.token_hex(8)
        self._file = self.path.open("xb", buffering=_BUFFER)
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def write(self, piece: bytes | memoryview) -> None:
        """Write the next piece.

        Raises
        ------
        OSError
            If the system refuses it.
        """
        self._file.write(piece)

    def flush(self) -> None:
        """Let the file show what was written."""
        self._file.flush()

    def settle(self, came_by: str, store: str, caller: str = "") -> str:
        """Make it durable and part of the spool; return its name there.

        Raises
        ------
        OSError
            If the system refuses; it stays a draft.
        """
        self._file.flush()
        os.fsync(self._file.fileno())
        fcntl.flock(self._file, fcntl.LOCK_UN)  # a worker may take it from its first moment on
        name, place = _name(came_by, store, caller), folder()
        self.path.rename(place / name)
        _sync_folder(place)
        self._file.close()
        return name

    def drop(self) -> None:
        """Remove it, unless it has settled."""
        with suppress(OSError):  # closing writes what is left to a disk that may be full
            self._file.close()
        self.path.unlink(missing_ok=True)


def put(data: Iterable[bytes], came_by: str, store: str, caller: str = "") -> str:
    """Write an object durably; when this returns, no crash loses it.

    Parameters
    ----------
    data
        The bytes of the file, in any pieces.

    Raises
    ------
    NoRoom
        If the disk is full; nothing is left of the object then.
    """
    try:
        draft = Draft()
        try:
            for piece in data:
                draft.write(piece)
            return draft.settle(came_by, store, caller)
        finally:
            draft.drop()
    except OSError as error:
        raise NoRoom(f"The disk does not take the object: {error.strerror}.") from error


def adopt(path: Path, came_by: str, store: str, caller: str = "") -> str:
    """Make a whole file on the same disk part of the spool, durably; return its name there.

    Raises
    ------
    OSError
        If the system refuses, with EXDEV if it is on another disk; the file stays where it is.
    """
    with path.open("rb") as file:
        os.fsync(file.fileno())
    name = _name(came_by, store, caller)
    path.rename(folder() / name)
    _sync_folder(folder())
    return name


def waiting() -> Iterator[Spooled]:
    """Yield the whole objects, those that came first first; others may take them meanwhile."""
    with os.scandir(folder()) as entries:
        names = sorted(entry.name for entry in entries if entry.name.endswith(_SUFFIX))
    for name in names:
        yield _spooled(name)


def count() -> int:
    """Return how many objects wait."""
    with os.scandir(folder()) as entries:
        return sum(entry.name.endswith(_SUFFIX) for entry in entries)


@contextmanager
def claimed(spooled: Spooled) -> Iterator[BinaryIO | None]:
    """Hold an object while working on it; gives None if another worker has it or had it."""
    try:
        file = spooled.path.open("rb")
    except FileNotFoundError:
        yield None
        return
    with file:
        yield file if is_mine(file) else None


def remove(spooled: Spooled) -> None:
    """Take an object out, in the wake of the transaction that made it needless."""
    spooled.path.unlink(missing_ok=True)


def drop_drafts(older_than_s: float = 60.0) -> int:
    """Remove what writers that died left half-written: it was never acknowledged.

    Parameters
    ----------
    older_than_s
        Seconds for which nothing was written to it. The lock alone would do, but for the moment
        between making a draft and locking it, and that between unlocking and renaming it.
    """
    before = time.time() - older_than_s
    old = [path for path in incoming().iterdir() if _modified(path) <= before]
    return sum(_drop_if_abandoned(path) for path in old)


def _drop_if_abandoned(path: Path) -> bool:
    """Remove a draft that no process holds."""
    try:
        with path.open("rb") as file:
            if is_mine(file):
                path.unlink()
                return True
    except FileNotFoundError:
        pass
    return False


def is_mine(file: BinaryIO) -> bool:
    """Lock a file without waiting, so that of several workers one takes it.

    It may have gone between opening and locking.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return os.fstat(file.fileno()).st_nlink > 0


def _name(came_by: str, store: str, caller: str) -> str:
    parts = (f"{time.time_ns():020}-{secrets.token_hex(4)}", came_by, store, caller)
    return "~".join(quote(part[:_LONGEST_PART], safe="") for part in parts) + _SUFFIX


def _spooled(name: str) -> Spooled:
    """Read a name back; a file that somebody put there by hand has none of the parts."""
    parts = [unquote(part) for part in name.removesuffix(_SUFFIX).split("~")]
    path = folder() / name
    when = parts[0].partition("-")[0]
    if len(parts) != 4 or not when.isdecimal():
        return Spooled(path, time.time_ns(), "watch", "spool", "")
    return Spooled(path, int(when), *parts[1:])


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()


def _made(name: str) -> Path:
    path = Path(settings.KERMA_HOME) / name
    if not path.is_dir():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
