"""Acknowledged objects as files: on disk before the answer, gone after the import.

The spool is a queue that needs no database. A file's name says when and by which way it came; a
worker holds a lock on the file while it works on it, which the system lifts when the worker dies.
"""

import fcntl
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple
from urllib.parse import quote, unquote

from django.conf import settings

from kerma.errors import KermaError

_SUFFIX = ".dcm"
_LONGEST_PART = 64


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
    draft = incoming() / secrets.token_hex(8)
    try:
        with draft.open("xb") as file:
            for piece in data:
                file.write(piece)
            return settle(file, draft, came_by, store, caller)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise NoRoom(f"The disk does not take the object: {error.strerror}.") from error


def settle(file: BinaryIO, draft: Path, came_by: str, store: str, caller: str = "") -> str:
    """Make a written draft durable and part of the spool; return its name there.

    Raises
    ------
    OSError
        If the system refuses; the draft stays a draft.
    """
    file.flush()
    os.fsync(file.fileno())
    name = _name(came_by, store, caller)
    draft.rename(folder() / name)
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
        yield file if _is_mine(file) else None


def remove(spooled: Spooled) -> None:
    """Take an object out, in the wake of the transaction that made it needless."""
    spooled.path.unlink(missing_ok=True)


def drop_drafts(older_than_s: float = 0.0) -> int:
    """Remove what receivers that died left half-written: it was never acknowledged."""
    before = time.time() - older_than_s
    old = [path for path in incoming().iterdir() if _modified(path) < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _is_mine(file: BinaryIO) -> bool:
    """Lock the file without waiting; it may have gone between opening and locking."""
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
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
