"""The files of the cache: one a column, written whole or not at all, mapped into memory.

    <home>/cache/charts/<log>-<layout>/<modality>/current      names a folder beside it
    <home>/cache/charts/<log>-<layout>/<modality>/<folder>/    about.json, <part>.<column>.npy …

A folder is as of one position of the log of changes; columns are added to it as they are asked
for, and a newer folder takes its place.
"""

import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp
from typing import IO

import msgspec
import numpy as np
from django.conf import settings

from kerma.charts.cache.parts import Array

_UNUSED_S = 7 * 24 * 3600.0


class About(msgspec.Struct):
    """What the columns of a folder are as of."""

    position: int
    """In the log of changes."""
    newest: tuple[int, str] | None
    """The newest change there was."""


def folder_of(log: str, modality: str) -> Path:
    """Return the folder of a modality, made if it is not there.

    Raises
    ------
    OSError
        If it cannot be made or written to.
    """
    folder = Path(settings.KERMA_HOME) / "cache" / "charts" / log / modality
    if not folder.exists():
        folder.mkdir(parents=True, mode=0o700)
        _drop_unused(folder.parents[1], log)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(f"{folder} cannot be written to.")
    return folder


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let one process at a time change the folder.

    On a full disk, where there may be no lock, nothing can be changed either.
    """
    with ExitStack() as stack:
        with suppress(OSError):
            file = stack.enter_context((folder / "lock").open("w"))
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def current(folder: Path) -> str:
    """Return the name of the newest folder, "" if there is none."""
    try:
        return (folder / "current").read_text(encoding="ascii")
    except FileNotFoundError:
        return ""


def new_name() -> str:
    """Return the name of a folder to come."""
    return secrets.token_hex(8)


def make_current(folder: Path, name: str) -> None:
    """Let `name` be the newest, and drop those before it; who has mapped them keeps them."""
    before = current(folder)
    with _whole(folder / "current") as file:
        file.write(name.encode("ascii"))
    for old in folder.iterdir():
        if old.is_dir() and old.name not in {name, before}:
            shutil.rmtree(old, ignore_errors=True)


def save_about(folder: Path, about: About) -> None:
    """Write what the folder is as of."""
    folder.mkdir(mode=0o700, exist_ok=True)
    with _whole(folder / "about.json") as file:
        file.write(msgspec.json.encode(about))


def load_about(folder: Path) -> About:
    """Return what the folder is as of."""
    return msgspec.json.decode((folder / "about.json").read_bytes(), type=About)


def save(folder: Path, name: str, column: Array, texts: list[str] | None = None) -> None:
    """Write one column, and what its codes stand for; the column comes last."""
    if texts is not None:
        with _whole(folder / f"{name}.json") as file:
            file.write(msgspec.json.encode(texts))
    with _whole(folder / f"{name}.npy") as file:
        np.save(file, column, allow_pickle=False)


def load(folder: Path, name: str) -> tuple[Array, list[str] | None] | None:
    """Return one column mapped into memory, None if it is not there."""
    try:
        column: Array = np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        return None
    except ValueError:  # an empty file cannot be mapped, and one of no rows is as quickly read
        column = np.load(folder / f"{name}.npy", allow_pickle=False)
    texts = folder / f"{name}.json"
    return column, msgspec.json.decode(
        texts.read_bytes(), type=list[str]
    ) if texts.exists() else None


@contextmanager
def _whole(path: Path) -> Iterator[IO[bytes]]:
    """Open a draft that takes the place of `path` once it is written."""
    handle, draft = mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _drop_unused(above: Path, log: str) -> None:
    """Drop what databases that are gone, and layouts of older versions, have left."""
    for old in above.iterdir():
        if old.name != log and time.time() - old.stat().st_mtime > _UNUSED_S:
            shutil.rmtree(old, ignore_errors=True)
