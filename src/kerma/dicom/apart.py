"""Lossless JPEG in, stored values out, by a process of its own.

The one decoder of lossless JPEG that is at hand ends the whole process over some damaged streams
instead of saying so. It is given the pixels and their description, and nothing of the patient.
"""

import atexit
import os
import struct
import subprocess
import sys
from contextlib import suppress
from io import BytesIO
from threading import Lock, Timer
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmread, dcmwrite
from pydicom.dataset import FileMetaDataset
from pydicom.pixels.utils import pixel_array

_DESCRIPTION = (
    "NumberOfFrames",
    "Rows",
    "Columns",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "PlanarConfiguration",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "PixelData",
)
_LONGEST_S = 30.0


_LENGTH = struct.Struct(">Q")
_LOCK = Lock()
_running: dict[int, "subprocess.Popen[bytes]"] = {}
"""The decoding process of each process, by its number: it serves one picture after the other."""


def decoded(found: Dataset) -> NDArray[Any]:
    """Return the stored values of a data set, colours as RGB.

    Raises
    ------
    ValueError
        If the decoder cannot read it, dies of it or takes too long.
    """
    asked = _pixels_alone(found)
    with _LOCK:
        process = _process()
        assert process.stdin is not None
        assert process.stdout is not None
        timer = Timer(_LONGEST_S, process.kill)
        timer.start()
        try:
            _send(process.stdin, asked)
            answer = _receive(process.stdout)
        except OSError:
            answer = b""
        finally:
            timer.cancel()
        if not answer:
            _end(process)
    if not answer:
        raise ValueError("The decoder of lossless JPEG cannot read it.")
    values: NDArray[Any] = np.load(BytesIO(answer), allow_pickle=False)
    return values


def _process() -> "subprocess.Popen[bytes]":
    """Return the decoding process of this process; a new one if there is none that lives."""
    process = _running.get(os.getpid())
    if process is not None and process.poll() is not None:
        _end(process)
        process = None
    if process is None:
        process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        _running[os.getpid()] = process
        atexit.register(_end_of, os.getpid())
    return process


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    _running.pop(os.getpid(), None)


def _end_of(owner: int) -> None:
    """End the decoding process with its owner, not with a copy the owner made of itself."""
    process = _running.get(owner)
    if process is not None and owner == os.getpid():
        _end(process)


def _send(pipe: IO[bytes], data: bytes) -> None:
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes:
    """Return one message; empty if the other side is gone."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return b""
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length)
    return data if len(data) == length else b""


def _pixels_alone(found: Dataset) -> bytes:
    """Return a file with the pixels and what describes them."""
    made = Dataset()
    for keyword in _DESCRIPTION:
        if keyword in found:
            made[keyword] = found[keyword]
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = found.file_meta.TransferSyntaxUID
    buffer = BytesIO()
    dcmwrite(buffer, made, enforce_file_format=False)
    return buffer.getvalue()


def _answer(asked: bytes) -> bytes:
    found = dcmread(BytesIO(asked), force=True)
    values = pixel_array(found, decoding_plugin="gdcm", correct_unused_bits=False)
    made = BytesIO()
    np.save(made, values, allow_pickle=False)
    return made.getvalue()


def _serve() -> None:
    """Decode what comes until nobody asks any more; whatever goes wrong ends the process."""
    while asked := _receive(sys.stdin.buffer):
        _send(sys.stdout.buffer, _answer(asked))


if __name__ == "__main__":
    _serve()
