"""Paths in, the objects to import out: files, folders, members of zip files, a DICOMDIR's files."""

import os
import stat
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import BinaryIO, NamedTuple

from kerma.dicom.files import read_file
from kerma.dicom.lean import Bytes
from kerma.errors import KermaError, NotDicom

_DIRECTORY_RECORDS = 0x00041220
_REFERENCED_FILE = 0x00041500
_LARGEST_MEMBER = 512 * 1024**2
"""Bytes of a zip member, inflated, from which on it is refused: it must fit into memory."""


class UnreadablePath(KermaError):
    """A path that does not exist, or cannot be opened."""


class Arrival(NamedTuple):
    """One object to import: a file, or a member of a zip file."""

    path: str
    member: str = ""

    @property
    def name(self) -> str:
        """How to name it to a person."""
        return f"{self.path}!{self.member}" if self.member else self.path

    @contextmanager
    def open(self) -> Iterator[Bytes]:
        """Give its bytes; those of a file are mapped, not loaded.

        Raises
        ------
        UnreadablePath
            If the system will not open it.
        NotDicom
            If it is empty.
        """
        if self.member:
            yield _member(self.path, self.member)
            return
        with _opened(self.path) as file, _mapped(file) as data:
            yield data


def _opened(path: str) -> BinaryIO:
    """Open a file; a pipe or a device would keep us waiting, so that it is refused unopened."""
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):
            raise UnreadablePath("This is no file.")
        return Path(path).open("rb")
    except OSError as error:
        raise UnreadablePath(f"The file cannot be read: {error.strerror}.") from None


def _mapped(file: BinaryIO) -> mmap:
    if not os.fstat(file.fileno()).st_size:
        raise NotDicom("The file is empty.")
    return mmap(file.fileno(), 0, access=ACCESS_READ)


def arrivals(paths: Iterable[str]) -> Iterator[Arrival]:
    """Yield every object below `paths`, in a stable order, without holding their names.

    A folder is walked; a DICOMDIR or a zip file that is named, or met, gives what is in it.
    Hidden files, and a DICOMDIR met beside the files it lists, are passed over.
    """
    for path in paths:
        if Path(path).is_dir():
            yield from _folder(path)
        elif Path(path).name.upper() == "DICOMDIR":
            yield from _listed(Path(path))
        else:
            yield from _file(path)


def _folder(folder: str) -> Iterator[Arrival]:
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and name.upper() != "DICOMDIR":
                yield from _file(os.path.join(here, name))  # noqa: PTH118 (a million times)


def _file(path: str) -> Iterator[Arrival]:
    if not path.lower().endswith(".zip"):
        yield Arrival(path)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info.filename for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, OSError):
        yield Arrival(path)
        return
    for member in members:
        if Path(member).name.upper() != "DICOMDIR" and not Path(member).name.startswith("."):
            yield Arrival(path, member)


def _member(path: str, member: str) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            info = archive.getinfo(member)
            if info.file_size > _LARGEST_MEMBER:
                raise UnreadablePath(
                    "This member of the zip file is larger than 512 MiB; unpack it."
                )
            return archive.read(info)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError) as error:
        raise UnreadablePath(f"The zip file cannot be read: {error}.") from None


def _listed(path: Path) -> Iterator[Arrival]:
    """Yield the files that a DICOMDIR lists (PS3.3 F.3.2.2), whatever their letter case."""
    try:
        found = read_file(path).data_set
    except (KermaError, OSError):
        yield Arrival(str(path))
        return
    for record in found.items(_DIRECTORY_RECORDS):
        parts = record.strings(_REFERENCED_FILE)
        if parts:
            yield Arrival(str(_in_any_case(path.parent, parts)))


def _in_any_case(folder: Path, parts: list[str]) -> Path:
    """Return the file `parts` name below `folder`; media are often copied in lower case."""
    found = folder
    for part in parts:
        if not (found / part).exists() and found.is_dir():
            alike = [p.name for p in found.iterdir() if p.name.lower() == part.lower()]
            part = alike[0] if alike else part
        found = found / part
    return found


__all__ = ["Arrival", "UnreadablePath", "arrivals"]
