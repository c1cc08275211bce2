"""A DICOM file (PS3.10) in, its data set and file facts out, whichever reader suits."""

import gc
import hashlib
import os
import stat
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import BinaryIO, Literal

from kerma.dicom import lean, slow, tags
from kerma.dicom.dataset import DataSet, SharedItem
from kerma.dicom.lean import Bytes, Parsed
from kerma.errors import CutShort, DamagedObject, NotDicom

Reader = Literal["lean", "pydicom"]

_PREAMBLE = 132


class DicomFile:
    """One object as it was found."""

    def __init__(self, data_set: DataSet, transfer_syntax: str, parsed: Parsed | None) -> None:
        self.data_set = data_set
        self.transfer_syntax = transfer_syntax
        self.parsed = parsed
        """Its bytes, while they are open; None if the lean reader did not read it."""
        self.whole: Bytes = b""
        """The file as it was given to `read_bytes`, while it is open."""

    def digest(self) -> str:
        """Return the SHA-256 of what the data set says; ask before a quirk repairs it."""
        return digest(self.data_set)


def read_file(path: Path, reader: Reader = "lean") -> DicomFile:
    """Read one file. It is mapped, not loaded: pixel data cost no memory.

    Raises
    ------
    NotDicom
        If the file is empty or no DICOM object.
    DamagedObject
        If it is one, but cut short or broken.
    """
    with open_file(path) as file:
        if not os.fstat(file.fileno()).st_size:
            raise NotDicom("The file is empty.")
        with mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            return read_bytes(data, reader)


def open_file(path: Path) -> BinaryIO:
    """Open a file; a pipe or a device would keep us waiting, so that it is refused unopened.

    Raises
    ------
    NotDicom
        If it is no file.
    """
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise NotDicom("This is a folder, which cannot be read.")
    if not stat.S_ISREG(mode):
        raise NotDicom("This is no file.")
    return path.open("rb")


def read_bytes(data: Bytes, reader: Reader = "lean") -> DicomFile:
    """Read one object from the bytes of a file; as `read_file`."""
    if not len(data):
        raise NotDicom("The file is empty.")
    syntax, start = _meta(data)
    with _without_collector():
        parsed = None if reader == "pydicom" else _lean(data, syntax, start)
        found = parsed.data_set if parsed else slow.parse(data[:])
    if tags.SOPClassUID not in found and tags.StudyInstanceUID not in found:
        raise NotDicom("This is no DICOM object: it has no SOP Class UID.")
    made = DicomFile(found, syntax, parsed)
    made.whole = data
    return made


@contextmanager
def _without_collector() -> Iterator[None]:
    """Pause the cyclic garbage collector: a data set has no cycles, only many parts."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _lean(data: Bytes, syntax: str, start: int) -> Parsed | None:
    """Return what the lean reader reads; None if only pydicom can."""
    try:
        return lean.parse(data, syntax, start)
    except CutShort:
        raise
    except DamagedObject as error:
        try:
            slow.parse(data[:])
        except DamagedObject:
            raise error from None
        return None


def _meta(data: Bytes) -> tuple[str, int]:
    """Return the transfer syntax and where the data set starts (PS3.10 7.1).

    Objects without preamble and meta information are met: then the encoding is looked at.
    """
    if data[128:_PREAMBLE] == b"DICM":
        start = _PREAMBLE
    elif data[:2] == b"\2\0":
        start = 0
    elif data[:1] in (b"\x08", b"\x02") and data[1:2] == b"\0":
        return (lean.EXPLICIT_LITTLE if data[4:6].isalpha() else lean.IMPLICIT_LITTLE), 0
    else:
        raise NotDicom("This is no DICOM file.")
    return _file_meta(data, start)


def _file_meta(data: Bytes, start: int) -> tuple[str, int]:
    syntax = ""
    pos = start
    while data[pos : pos + 2] == b"\2\0":
        vr = data[pos + 4 : pos + 6]
        long = vr in (b"OB", b"UN", b"UT", b"OW")
        head = 12 if long else 8
        size = int.from_bytes(
            data[pos + 8 : pos + 12] if long else data[pos + 6 : pos + 8], "little"
        )
        if pos + head + size > len(data):
            raise CutShort("The object is cut short: it ends within the file meta information.")
        if data[pos + 2 : pos + 4] == b"\x10\0":
            syntax = data[pos + head : pos + head + size].decode("ascii", "replace").strip(" \0")
        pos += head + size
    if pos >= len(data):
        raise CutShort(
            "The object is cut short: there is no data set after the file meta information."
        )
    return syntax or lean.EXPLICIT_LITTLE, pos


def digest(data_set: DataSet) -> str:
    """Return the SHA-256 of what a data set says, whatever syntax it came in.

    Group lengths, group 2, pixel data and trailing padding are left out: they may change
    without the object changing.
    """
    structure: list[int] = []
    values: list[bytes] = []
    _collect(data_set, structure, values)
    said = hashlib.sha256(array("Q", structure).tobytes())
    said.update(b"\\".join(values))
    return said.hexdigest()


def _collect(data_set: DataSet, structure: list[int], values: list[bytes]) -> None:
    """Gather tags, with marks where items begin and end, and values."""
    elements = data_set.elements
    for tag in sorted(elements):
        if not tag & 0xFFFF or tag >> 16 in _PASSED_OVER:
            continue
        structure.append(tag)
        vr, value = elements[tag]
        if isinstance(value, bytes):
            values.append((_swapped(vr, value) if data_set.big_endian else value).rstrip(b" \0"))
            continue
        if not value:  # an empty private sequence cannot be told from an empty value
            values.append(b"")
        for item in value:
            structure.append(_ITEM)
            if isinstance(item.elements, SharedItem):
                tags_of_code, said = _said(item.elements)
                structure += tags_of_code
                values.append(said)
            else:
                _collect(item, structure, values)
            structure.append(_END)


def _said(code: SharedItem) -> tuple[list[int], bytes]:
    """Return what a code item adds: worked out once, for it is met again and again."""
    if not hasattr(code, "said"):
        structure: list[int] = []
        values: list[bytes] = []
        _collect(DataSet(code), structure, values)
        code.said = structure, b"\\".join(values)
    return code.said


_PASSED_OVER = frozenset((0x0002, 0x7FE0, 0xFFFC))
_ITEM, _END = 0xFFFEE000, 0xFFFEE00D


def _swapped(vr: bytes, value: bytes) -> bytes:
    size = _SIZES.get(vr)
    if size is None:
        return value
    return b"".join(value[pos : pos + size][::-1] for pos in range(0, len(value), size))


_SIZES = {
    b"US": 2,
    b"SS": 2,
    b"OW": 2,
    b"AT": 2,
    b"UL": 4,
    b"SL": 4,
    b"FL": 4,
    b"OF": 4,
    b"OL": 4,
    b"FD": 8,
    b"OD": 8,
    b"SV": 8,
    b"UV": 8,
    b"OV": 8,
}
"""Bytes of one value, to bring big endian values into one order."""
