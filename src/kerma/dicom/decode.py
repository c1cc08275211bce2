"""A data set with pixels in, its stored values out, decompressed; what can go wrong, named."""

import logging
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.encaps import generate_frames
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.pixels.utils import pixel_array
from pydicom.uid import UID

from kerma.dicom import apart

FAILURES = (
    AttributeError,
    BytesLengthException,
    EOFError,
    InvalidDicomError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    struct.error,
    TypeError,
    ValueError,
)
"""What pydicom and its decoders are known to raise over damaged bytes and unknown encodings."""

_LOSSLESS_JPEG = frozenset(("1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70"))
_DECODERS = {
    "1.2.840.10008.1.2.4.50": "pillow",
    "1.2.840.10008.1.2.4.51": "pillow",
    "1.2.840.10008.1.2.4.80": "pyjpegls",
    "1.2.840.10008.1.2.4.81": "pyjpegls",
    "1.2.840.10008.1.2.4.90": "pylibjpeg",
    "1.2.840.10008.1.2.4.91": "pylibjpeg",
}
"""Transfer syntax -> the decoder that survives damaged streams; pydicom's choice for others."""
_GE_PRIVATE, _IMPLICIT = b"1.2.840.113619.5.2", b"1.2.840.10008.1.2\0"
_META = 1024
"""Bytes within which the file meta information names the transfer syntax."""


class TooLarge(ValueError):
    """A compressed picture says of itself that it is of another size than the header says."""


def parsed(data: bytes) -> Dataset:
    """Return the data set of a file; raises one of `FAILURES`.

    GE's private syntax is read too: implicit VR, little endian, but pixels of 16 bits big endian.
    """
    with _silence():
        if _GE_PRIVATE not in data[:_META]:
            return dcmread(BytesIO(data))
        found = dcmread(BytesIO(data[:_META].replace(_GE_PRIVATE, _IMPLICIT, 1) + data[_META:]))
        if found.get("BitsAllocated") == 16 and "PixelData" in found:
            found.PixelData = np.frombuffer(found.PixelData, ">u2").astype("<u2").tobytes()
        return found


def stored(found: Dataset, *, with_unused_bits: bool = False) -> NDArray[Any]:
    """Return the stored values, colours as RGB; raises one of `FAILURES`.

    The size that each compressed frame names itself is looked at first: a decoder would make room
    for it, whatever the header says.
    """
    with _silence():
        if is_compressed(found):
            _refuse_other_sizes(found)
        syntax = str(found.file_meta.get("TransferSyntaxUID", ""))
        if syntax in _LOSSLESS_JPEG:
            return apart.decoded(found)
        return pixel_array(
            found,
            decoding_plugin=_DECODERS.get(syntax, ""),
            correct_unused_bits=not with_unused_bits,
        )


@contextmanager
def _silence() -> Iterator[None]:
    """Keep pydicom from writing what went wrong: whoever asked says it in a sentence."""
    logger = logging.getLogger("pydicom")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def is_compressed(found: Dataset) -> bool:
    """Whether the pixels are encapsulated (PS3.5 A.4)."""
    syntax = found.file_meta.get("TransferSyntaxUID")
    if not isinstance(syntax, UID) or not syntax.is_transfer_syntax:
        return False
    return bool(syntax.is_compressed and syntax.is_encapsulated)


def name_of_syntax(found: Dataset) -> str:
    """Return the transfer syntax in words."""
    return str(found.file_meta.TransferSyntaxUID.name)


def damage(error: Exception) -> str:
    """Return a fault of a decoder as half a sentence that names nobody."""
    return f"it is damaged or of an unusual form ({type(error).__name__})."


def _refuse_other_sizes(found: Dataset) -> None:
    rows, columns = int(found.Rows), int(found.Columns)
    frames = int(found.get("NumberOfFrames") or 1)
    for frame in generate_frames(found.PixelData, number_of_frames=frames):
        said = declared_size(frame)
        if said is not None and said != (rows, columns):
            raise TooLarge(f"The frame is {said[0]}×{said[1]}, not {rows}×{columns} pixels.")


def declared_size(frame: bytes) -> tuple[int, int] | None:
    """Return rows and columns as a stream of the JPEG family names them, else None.

    ISO/IEC 10918-1 B.2.2 (SOF), 14495-1 C.2.2 (SOF 55) and 15444-1 A.5.1 (SIZ).
    """
    if frame[:4] == b"\xff\x4f\xff\x51" and len(frame) >= 24:
        size = np.frombuffer(frame, ">u4", 4, offset=8)
        return int(size[1] - size[3]), int(size[0] - size[2])
    if frame[:2] != b"\xff\xd8":
        return None
    place = 2
    while place + 9 <= len(frame):
        if frame[place] != 0xFF:
            return None
        marker = frame[place + 1]
        if marker == 0xFF:
            place += 1
        elif marker in _FRAME_HEADERS:
            rows, columns = np.frombuffer(frame, ">u2", 2, offset=place + 5)
            return int(rows), int(columns)
        else:
            place += 2 + int.from_bytes(frame[place + 2 : place + 4], "big")
    return None


_FRAME_HEADERS = frozenset((*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), 0xF7))
