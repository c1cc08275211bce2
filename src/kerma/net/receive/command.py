"""Command sets (PS3.7 6.3, 9.3): bytes in, the fields that a storage SCP needs out, and back."""

import struct
from typing import NamedTuple

C_STORE_RQ = 0x0001
C_ECHO_RQ = 0x0030
C_CANCEL_RQ = 0x0FFF
_RESPONSE = 0x8000
_NO_DATA_SET = 0x0101

SUCCESS = 0x0000
NO_SUCH_INSTANCE = 0x0117
"""Invalid SOP Instance (PS3.7 C.5.12): the UID cannot be one."""
NO_SUCH_CLASS = 0x0122
"""SOP Class not supported."""
UNKNOWN_OPERATION = 0x0211
OUT_OF_RESOURCES = 0xA700
CANNOT_UNDERSTAND = 0xC000

_CLASS, _COMMAND, _ID, _ANSWERS = 0x0002, 0x0100, 0x0110, 0x0120
_DATA_SET, _STATUS, _COMMENT, _INSTANCE = 0x0800, 0x0900, 0x0902, 0x1000
_HEAD = struct.Struct("<HHI")
_NUMBER = struct.Struct("<HHIH").pack


class BrokenCommand(Exception):
    """The bytes are no command set."""


class Command(NamedTuple):
    """A request of a peer."""

    kind: int
    message_id: int
    has_data_set: bool
    sop_class: bytes
    sop_instance: bytes

    @property
    def is_response(self) -> bool:
        """Whether it answers something, though a storage SCP asks nothing."""
        return bool(self.kind & _RESPONSE)


def read(data: bytes) -> Command:
    """Read a command set.

    Raises
    ------
    BrokenCommand
        If it breaks off or lacks what every request has.
    """
    found: dict[int, bytes] = {}
    pos = 0
    while pos < len(data):
        if pos + 8 > len(data):
            raise BrokenCommand("its last element is cut")
        group, element, size = _HEAD.unpack_from(data, pos)
        pos += 8
        if group or pos + size > len(data):
            raise BrokenCommand("an element is longer than the command, or of another group")
        found[element] = data[pos : pos + size]
        pos += size
    try:
        return Command(
            kind=_number(found[_COMMAND]),
            message_id=_number(found.get(_ID) or found[_ANSWERS]),
            has_data_set=_number(found[_DATA_SET]) != _NO_DATA_SET,
            sop_class=found.get(_CLASS, b"").strip(b" \0"),
            sop_instance=found.get(_INSTANCE, b"").strip(b" \0"),
        )
    except (KeyError, struct.error) as error:
        raise BrokenCommand("it lacks its kind, number or kind of data set") from error


def response(command: Command, status: int, comment: str = "") -> bytes:
    """Return the answer to a request (PS3.7 9.3.1.2, 9.3.5.2)."""
    parts = [
        _text(_CLASS, command.sop_class, b"\0"),
        _NUMBER(0, _COMMAND, 2, command.kind | _RESPONSE),
        _NUMBER(0, _ANSWERS, 2, command.message_id),
        _NUMBER(0, _DATA_SET, 2, _NO_DATA_SET),
        _NUMBER(0, _STATUS, 2, status),
        _text(_COMMENT, comment.encode("ascii", "replace")[:64], b" "),
        _text(_INSTANCE, command.sop_instance, b"\0"),
    ]
    body = b"".join(parts)
    return struct.pack("<HHII", 0, 0, 4, len(body)) + body


def _text(element: int, value: bytes, padding: bytes) -> bytes:
    """Return an element of text; nothing where there is no value."""
    if not value:
        return b""
    value += padding * (len(value) % 2)
    return _HEAD.pack(0, element, len(value)) + value


def _number(value: bytes) -> int:
    found: int = struct.unpack("<H", value)[0]
    return found
