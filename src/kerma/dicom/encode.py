"""Data sets in, Part 10 bytes out: the counterpart of `kerma.dicom.lean` (PS3.5 7, PS3.10 7.1)."""

import struct

from kerma.dicom import lean, tags
from kerma.dicom.dataset import DataSet, implicit_vr
from kerma.dicom.lean import LONG_VRS

IMPLEMENTATION = b"2.25.213187634578120439286401352093217634911"
"""Kerma's implementation class UID (PS3.7 D.3.3.2), made from a UUID (PS3.5 B.2)."""


def to_file(data_set: DataSet) -> bytes:
    """Return the data set as a file; explicit little endian, or big endian if it was read so.

    Pixel data are not part of a data set that was read, and so not of the file.
    """
    syntax = lean.EXPLICIT_BIG if data_set.big_endian else lean.EXPLICIT_LITTLE
    meta = DataSet({
        0x00020001: (b"OB", b"\0\1"),
        0x00020002: (b"UI", _padded(data_set.raw(tags.SOPClassUID))),
        0x00020003: (b"UI", _padded(data_set.raw(tags.SOPInstanceUID))),
        0x00020010: (b"UI", _padded(syntax.encode())),
        0x00020012: (b"UI", _padded(IMPLEMENTATION)),
    })  # fmt: skip
    encoded = _encoded(meta)
    length = struct.pack("<HH2sHI", 2, 0, b"UL", 4, len(encoded))
    return b"".join((bytes(128), b"DICM", length, encoded, _encoded(data_set)))


def _encoded(data_set: DataSet) -> bytes:
    order = ">" if data_set.big_endian else "<"
    short = struct.Struct(f"{order}HH2sH").pack
    long = struct.Struct(f"{order}HH2sHI").pack
    parts: list[bytes] = []
    for tag, (vr, value) in sorted(data_set.elements.items()):
        if isinstance(value, bytes):
            vr = vr if vr and vr != b"UN" else _vr(tag)
            if len(value) % 2:
                value += b"\0" if vr in _WITH_NULL else b" "
            if vr in LONG_VRS or len(value) > 0xFFFF:
                parts.append(
                    long(tag >> 16, tag & 0xFFFF, vr if vr in LONG_VRS else b"UN", 0, len(value))
                )
            else:
                parts.append(short(tag >> 16, tag & 0xFFFF, vr, len(value)))
            parts.append(value)
        else:
            parts.append(long(tag >> 16, tag & 0xFFFF, b"SQ", 0, 0xFFFFFFFF))
            parts.extend(_item(item, order) for item in value)
            parts.append(struct.pack(f"{order}HHI", 0xFFFE, 0xE0DD, 0))
    return b"".join(parts)


def _item(item: DataSet, order: str) -> bytes:
    encoded = _encoded(item)
    return struct.pack(f"{order}HHI", 0xFFFE, 0xE000, len(encoded)) + encoded


def _vr(tag: int) -> bytes:
    """Return the VR of an element that came without: UN for private ones."""
    return b"UN" if tag & 0x10000 and tag & 0xFFFF > 0xFF else implicit_vr(tag)


def _padded(uid: bytes) -> bytes:
    return uid + b"\0" if len(uid) % 2 else uid


_WITH_NULL = (LONG_VRS - {b"UC", b"UR", b"UT"}) | {b"UI"}
"""VRs that are padded with a zero byte, others with a space (PS3.5 6.2)."""
