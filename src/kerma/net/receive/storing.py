"""The pieces of one object in, a durable file of the spool and the status of C-STORE out."""

import contextlib
import struct
from typing import NamedTuple

from kerma.dicom.encode import IMPLEMENTATION
from kerma.net.receive import command
from kerma.pipeline import room, spool

_LOOK_EVERY = 64 * 1024 * 1024
"""Bytes of an object after which the room on the disk is looked at again."""
_LEAST = 8
"""A data set has at least the head of one element."""
_MB = 1024 * 1024


class Status(NamedTuple):
    """Outcome of an operation (PS3.4 B.2.3)."""

    code: int
    comment: str = ""


class Sent(NamedTuple):
    """What an object comes with."""

    sop_class: bytes
    sop_instance: bytes
    transfer_syntax: str
    store: str
    """AE title."""
    caller: str


class Refused:
    """A data set that is read past, because its status is known before it has come."""

    def __init__(self, status: Status) -> None:
        self._status = status

    def write(self, piece: memoryview) -> None:
        """Forget a piece."""

    def finish(self) -> Status:
        """Return the status."""
        return self._status

    def drop(self) -> None:
        """Nothing has to go."""


class Storing:
    """An object on its way to the spool.

    Parameters
    ----------
    most_mb
        Largest data set that is taken.
    """

    def __init__(self, sent: Sent, most_mb: int) -> None:
        self._sent = sent
        self._most = most_mb * _MB
        self._size = 0
        self._looked_at = 0
        self._failure: Status | None = None
        self._draft: spool.Draft | None = None
        try:
            room.require()
            self._draft = spool.Draft()
            self._draft.write(file_head(sent))
        except (spool.NoRoom, OSError) as error:
            self._fail(_no_room(error))

    def write(self, piece: memoryview) -> None:
        """Write the next piece of the data set, unless it is refused already."""
        if self._draft is None:
            return
        self._size += len(piece)
        if self._size > self._most:
            self._fail(
                Status(
                    command.OUT_OF_RESOURCES,
                    f"The object is larger than the {self._most // _MB} MB taken here.",
                )
            )
            return
        try:
            if self._size - self._looked_at > _LOOK_EVERY:
                self._looked_at = self._size
                room.require()
            self._draft.write(piece)
        except (spool.NoRoom, OSError) as error:
            self._fail(_no_room(error))

    def finish(self) -> Status:
        """Make the whole object durable; only then is the status success."""
        if self._draft is None:
            return self._failure or Status(command.CANNOT_UNDERSTAND)
        if self._size < _LEAST:
            self._fail(Status(command.CANNOT_UNDERSTAND, "The data set is empty."))
            return self.finish()
        try:
            self._draft.settle("receive", self._sent.store, self._sent.caller)
        except OSError as error:
            self._fail(_no_room(error))
            return self.finish()
        self._draft = None
        return Status(command.SUCCESS)

    def drop(self) -> None:
        """Remove what was written of an object that will not come whole."""
        if self._draft is not None:
            with contextlib.suppress(OSError):
                self._draft.drop()
        self._draft = None

    def _fail(self, status: Status) -> None:
        self.drop()
        self._failure = status


def _no_room(error: Exception) -> Status:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return Status(command.OUT_OF_RESOURCES, f"No room: {reason}")


def file_head(sent: Sent) -> bytes:
    """Return preamble and file meta information (PS3.10 7.1)."""
    meta = b"".join(
        (
            b"\2\0\1\0OB\0\0\2\0\0\0\0\1",
            _element(0x02, b"UI", sent.sop_class, b"\0"),
            _element(0x03, b"UI", sent.sop_instance, b"\0"),
            _element(0x10, b"UI", sent.transfer_syntax.encode("ascii"), b"\0"),
            _element(0x12, b"UI", IMPLEMENTATION, b"\0"),
            _element(0x16, b"AE", sent.caller.encode("ascii", "replace"), b" "),
        )
    )
    return bytes(128) + b"DICM" + struct.pack("<HH2sHI", 2, 0, b"UL", 4, len(meta)) + meta


def _element(number: int, vr: bytes, value: bytes, padding: bytes) -> bytes:
    value += padding * (len(value) % 2)
    return struct.pack("<HH2sH", 2, number, vr, len(value)) + value
