"""Paths in, the objects to import out: files, folders, members of zip files, a DICOMDIR's files."""

import lzma
import os
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import BinaryIO, NamedTuple

from kerma.dicom.files import open_file, read_file
from kerma.dicom.lean import Bytes
from kerma.errors import KermaError, NotDicom

_DIRECTORY_RECORDS = 0x00041220
_REFERENCED_FILE = 0x00041500
_LARGEST_MEMBER = 512 * 1024**2
"""Bytes of a zip member, inflated, from which on it is refused: it must fit into memory."""
_LOCKED = 1
"""General purpose bit 0 of a zip member: it is encrypted (APPNOTE 4.4.4)."""
_SMALL = 1024**2
"""Bytes of a file up to which it is loaded: quicker than mapping it."""
_BROKEN_ARCHIVE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError,
    RuntimeError, ValueError, LookupError,
)  # fmt: skip
"""What `zipfile` raises over zip files that are damaged, locked, or packed in odd ways."""


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
        """Give its bytes; those of a large file are mapped, not loaded.

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
        with _opened(self.path) as file, contents(file) as data:
            yield data


def _opened(path: str) -> BinaryIO:
    try:
        return open_file(Path(path))
    except NotDicom as error:
        raise UnreadablePath(str(error)) from None
    except OSError as error:
        raise UnreadablePath(f"It cannot be read: {error.strerror}.") from None


@contextmanager
def contents(file: BinaryIO) -> Iterator[Bytes]:
    """Give the bytes of an open file; those of a large one are mapped, not loaded.

    Raises
    ------
    NotDicom
        If it is empty.
    """
    size = os.fstat(file.fileno()).st_size
    if not size:
        raise NotDicom("The file is empty.")
    if size <= _SMALL:
        yield file.read()
        return
    with mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        yield data


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
    for path in files_below(folder):
        if Path(path).name.upper() != "DICOMDIR":
            yield from _file(path)


def files_below(folder: str) -> Iterator[str]:
    """Yield the files below a folder, in a stable order, however deep; links are not followed.

    Hidden files are passed over. A folder that cannot be read is yielded itself.
    """
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as entries:
                found = sorted((entry.name, entry) for entry in entries if entry.name[0] != ".")
        except OSError:
            yield here
            continue
        folders = []
        for _, entry in found:
            if not _is_folder(entry):
                yield entry.path
            elif not entry.is_symlink():
                folders.append(entry.path)
        waiting.extend(reversed(folders))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _file(path: str) -> Iterator[Arrival]:
    if not path.lower().endswith(".zip"):
        yield Arrival(path)
        return
    try:
        members = [info.filename for info in _archive(path).infolist() if not info.is_dir()]
    except _BROKEN_ARCHIVE:
        yield Arrival(path)
        return
    for member in members:
        if Path(member).name.upper() != "DICOMDIR" and not Path(member).name.startswith("."):
            yield Arrival(path, member)
    _open_archive.cache_clear()


def _archive(path: str) -> zipfile.ZipFile:
    """Return an open zip file; the last is kept, for its list of members takes long to read."""
    found = Path(path).stat()
    if not stat.S_ISREG(found.st_mode):
        raise zipfile.BadZipFile("This is no file.")
    return _open_archive(path, (found.st_ino, found.st_size, found.st_mtime_ns))


@lru_cache(maxsize=1)
def _open_archive(path: str, _state: tuple[int, int, int]) -> zipfile.ZipFile:
    return zipfile.ZipFile(path)


def _member(path: str, member: str) -> bytes:
    if member.lower().endswith(".zip"):
        raise UnreadablePath("A zip file within a zip file is not opened; unpack the outer one.")
    try:
        archive = _archive(path)
        info = archive.getinfo(member)
        if info.file_size > _LARGEST_MEMBER:
            raise UnreadablePath("This member of the zip file is larger than 512 MiB; unpack it.")
        if info.flag_bits & _LOCKED:
            raise UnreadablePath("This member of the zip file needs a password; unpack it.")
        return archive.read(info)
    except _BROKEN_ARCHIVE as error:
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


def readable(name: str) -> str:
    """Return a name of a file fit for a line of text: other bytes and characters are escaped."""
    return name if name.isprintable() else "".join(map(_readable, name))


def _readable(character: str) -> str:
    if character.isprintable():
        return character
    if "\udc80" <= character <= "\udcff":  # a byte of a name that is no UTF-8
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape").decode()


__all__ = ["Arrival", "UnreadablePath", "arrivals", "contents", "files_below", "readable"]
