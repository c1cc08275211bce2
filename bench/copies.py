"""Real objects in, many like them out: each copy is a study of its own, as long as the original."""

import re
from collections.abc import Iterator
from pathlib import Path

from kerma.dicom import tags
from kerma.dicom.codes import dcm
from kerma.dicom.content import ContentItem
from kerma.dicom.files import read_bytes

_IDENTIFIERS = (tags.StudyInstanceUID, tags.SeriesInstanceUID, tags.SOPInstanceUID)
_UID_VALUE = 0x0040A124
_DEVICE_OBSERVER_UID = dcm("121012")
_SERIAL_DIGITS = 12


class Original:
    """One object, cut into pieces where its UIDs stand."""

    def __init__(self, data: bytes) -> None:
        uids = sorted(_uids(data), key=len, reverse=True)
        pattern = b"|".join(re.escape(uid) for uid in uids)
        self._pieces = re.split(b"(" + pattern + b")", data)
        self._numbers = {uid: number for number, uid in enumerate(uids)}

    def copy(self, number: int) -> bytes:
        """Return the object under other UIDs: equal ones stay equal, different ones different."""
        return b"".join(
            _renewed(piece, self._numbers[piece], number) if piece in self._numbers else piece
            for piece in self._pieces
        )


def write_copies(path: Path, folder: Path, first: int, number: int) -> None:
    """Write `number` copies of the object in `path` into `folder`."""
    original = Original(path.read_bytes())
    folder.mkdir(parents=True, exist_ok=True)
    for copy in range(first, first + number):
        (folder / f"{path.stem}-{copy:07d}.dcm").write_bytes(original.copy(copy))


def _uids(data: bytes) -> Iterator[bytes]:
    """Yield the UIDs of study, series, object and events; devices keep theirs."""
    header = read_bytes(data).data_set
    yield from {header.raw(tag).strip(b" \0") for tag in _IDENTIFIERS} - {b""}
    found = {
        item.data_set.raw(_UID_VALUE).strip(b" \0")
        for item in ContentItem(header).walk()
        if item.concept != _DEVICE_OBSERVER_UID
    }
    yield from found - {b""} - {header.raw(tag).strip(b" \0") for tag in _IDENTIFIERS}


def _renewed(uid: bytes, which: int, copy: int) -> bytes:
    if len(uid) <= _SERIAL_DIGITS:
        raise ValueError("A UID of the object is too short to be renewed in place.")
    return uid[:-_SERIAL_DIGITS] + b"1%04d%07d" % (which, copy)
