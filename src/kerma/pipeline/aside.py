"""Objects put aside as they arrived, together with the others of their study.

A link is made from the spool, so that nothing is copied and nothing is ever half there.
"""

import errno
import hashlib
import os
import re
import shutil
from pathlib import Path

from django.conf import settings

from kerma.dicom.lean import Bytes

_UID = re.compile(r"\d+(\.\d+)*")
_LONGEST_UID = 64
"""Characters (PS3.5 9.1)."""


def folder(name: str) -> Path:
    """Return a folder of the home; made at first use."""
    path = Path(settings.KERMA_HOME) / name
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def safe(uid: str) -> str:
    """Return a UID as the name of a file; what is none could lead anywhere and is hashed."""
    if _UID.fullmatch(uid) and len(uid) <= _LONGEST_UID:
        return uid
    return hashlib.sha256(uid.encode(errors="replace")).hexdigest()


def put(source: Path, target: Path) -> bool:
    """Make `target` the same file as `source`, durably; return whether it was not there before.

    A target left by a run that was ended before it was noted counts as new.
    """
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except FileExistsError:
        return target.samefile(source)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        return _copy(source, target)
    sync_folder(target.parent)
    return True


def write(data: Bytes, target: Path) -> bool:
    """Write `data` to `target`, whole and durably; return False if there is a file already."""
    if target.exists():
        return False
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(target.parent)
    return True


def _copy(source: Path, target: Path) -> bool:
    """Do the same where the two are on different disks."""
    if target.exists():
        return False
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        shutil.copyfile(source, draft)
        sync_file(draft)
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(target.parent)
    return True


def sync_file(path: Path) -> None:
    """Wait until the contents of a file are on disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
