"""Bytes in, data sets out: the quick reader for every native transfer syntax (PS3.5 7, A).

Finding the elements is all it does: values stay bytes, pixel data are not touched.
"""

import hashlib
import struct
import zlib
from mmap import mmap
from typing import NamedTuple

from kerma.dicom import charset
from kerma.dicom.dataset import (
    NUMBERS,
    STANDARD_VRS,
    WHOLE_TEXT,
    DataSet,
    Element,
    SharedItem,
)
from kerma.dicom.personal import PERSONAL, TEXT_VALUES
from kerma.errors import CutShort, DamagedObject

Bytes = bytes | mmap

LONG_VRS = frozenset(
    (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
)
"""VRs with a 32-bit length in explicit syntaxes (PS3.5 7.1.2)."""
_OTHER_VRS = b"AE AS AT CS DA DS DT IS LO PN SH TM UI".split()
_VRS = LONG_VRS | frozenset(NUMBERS) | WHOLE_TEXT | frozenset(_OTHER_VRS)
_SHORT_VRS = _VRS - LONG_VRS
_UNSAID = frozenset((b"", b"UN"))
_SEQUENCES = frozenset(tag for tag, vr in STANDARD_VRS.items() if vr == b"SQ")
_UNDEFINED = 0xFFFFFFFF
_ITEM_END = 0xFFFEE00D
_ITEM_BYTES = b"\xfe\xff\x00\xe0"
_PIXEL_DATA = frozenset((0x7FE00008, 0x7FE00009, 0x7FE00010))
_CHARSET = 0x00080005
_NOTED = PERSONAL | TEXT_VALUES | {_CHARSET}
_MAX_DEPTH = 48
"""Deeper nesting than any template needs; a guard against objects made to exhaust the stack."""
_LARGE = 16 * 1024**2
"""Bytes of a value from which on only its fingerprint is kept."""
_LARGEST_INFLATED = 1024**3
_CODE_VALUE = 0x00080100
_SEQUENCE_END = b"\xfe\xff\xdd\xe0\0\0\0\0"
_LONGEST_SHARED = 256
"""Bytes of a sequence up to which it is looked for among the codes met before."""
_MOST_SHARED = 10_000
_SHARED: dict[bool, dict[bytes, SharedItem]] = {True: {}, False: {}}
"""Code items met before, by whether VRs are explicit and by the bytes of their sequence."""


Place = tuple[int, int, int]
"""Tag, start and length of a value in the bytes."""


class Parsed(NamedTuple):
    """A data set, and where in its bytes the values stand that may tell who the patient is."""

    data_set: DataSet
    data: Bytes
    start: int
    end: int
    """Where the header ends: at the pixel data, if there are any."""
    places: list[Place]


class _Parser:
    """One pass over the bytes of one object."""

    def __init__(self, data: Bytes, big_endian: bool, notes: list[str]) -> None:
        self.data = data
        self.big_endian = big_endian
        order = ">" if big_endian else "<"
        self.implicit_head = struct.Struct(f"{order}HHI").unpack_from
        self.explicit_head = struct.Struct(f"{order}HH2sH").unpack_from
        self.longest_head = struct.Struct(f"{order}HH2sHI").unpack_from
        self.length = struct.Struct(f"{order}I").unpack_from
        self.notes = notes
        self.pos = 0
        """Where the last sequence or item ended."""
        self.places: list[Place] = []
        self.header_end = 0
        """Where the last data set's last element ended, pixel data and padding apart."""

    def data_set(self, end: int, charsets: tuple[str, ...], depth: int, explicit: bool) -> DataSet:
        """Read elements from `self.pos` to `end`, or to an item delimiter if `end` is negative."""
        if depth > _MAX_DEPTH:
            raise DamagedObject(f"Sequences are nested deeper than {_MAX_DEPTH} levels.")
        elements: dict[int, Element] = {}
        found = DataSet(elements, charsets, self.big_endian, self.notes)
        limit = end if end >= 0 else len(self.data)
        pos = self.pos
        data = self.data
        longest_head = self.longest_head
        header = self._explicit_header if explicit else self._implicit_header
        while pos < limit:
            if explicit and pos + 12 <= limit:  # nearly all: short values, and sequences
                group, element, vr, length, long = longest_head(data, pos)
                tag = group << 16 | element
                if vr in _SHORT_VRS:
                    start = pos + 8
                    pos = start + length
                    if pos > limit:
                        raise self._cut_short(start, tag)
                    elements[tag] = (vr, data[start:pos])
                    if tag in _NOTED:
                        self._note(found, tag, start, length)
                    continue
                if vr == b"SQ":
                    elements[tag] = self._element(
                        tag, vr, long, pos + 12, limit, found, depth, explicit
                    )
                    pos = self.pos
                    continue
            tag, vr, length, start = header(pos, limit)
            if tag == _ITEM_END:
                self.pos = start
                return found
            if depth == 0 and (tag in _PIXEL_DATA or (tag == 0 and not any(data[pos:limit]))):
                break
            if (
                vr == b"SQ"
                or length == _UNDEFINED
                or (vr in _UNSAID and self._hides_items(tag, start, length))
            ):
                elements[tag] = self._element(tag, vr, length, start, limit, found, depth, explicit)
                pos = self.pos
                continue
            pos = start + length
            if pos > limit:
                raise self._cut_short(start, tag)
            value = data[start:pos] if length < _LARGE else self._fingerprint(start, pos)
            elements[tag] = (vr, value)
            if tag in _NOTED:
                self._note(found, tag, start, length)
        if end < 0:
            raise self._cut_short(pos)
        self.pos = limit
        self.header_end = pos
        return found

    def _note(self, found: DataSet, tag: int, start: int, length: int) -> None:
        """Note a character set, or where a value stands that may tell who the patient is."""
        if tag == _CHARSET:
            found.charsets = charset.encodings(found.raw(tag))
        else:
            self.places.append((tag, start, length))

    def _implicit_header(self, pos: int, limit: int) -> tuple[int, bytes, int, int]:
        """Return tag, no VR, length and start of value of the element at `pos`."""
        if pos + 8 > limit:
            raise self._cut_short(pos)
        group, element, length = self.implicit_head(self.data, pos)
        return group << 16 | element, b"", length, pos + 8

    def _explicit_header(self, pos: int, limit: int) -> tuple[int, bytes, int, int]:
        """Return tag, VR, length and start of value; an element without VR is met and read."""
        if pos + 8 > limit:
            raise self._cut_short(pos)
        group, element, vr, length = self.explicit_head(self.data, pos)
        if vr in _SHORT_VRS:
            return group << 16 | element, vr, length, pos + 8
        if vr in LONG_VRS:
            if pos + 12 > limit:
                raise self._cut_short(pos)
            return group << 16 | element, vr, self.length(self.data, pos + 8)[0], pos + 12
        if group == 0xFFFE or not vr.isalpha():
            return group << 16 | element, b"", self.length(self.data, pos + 4)[0], pos + 8
        return group << 16 | element, b"UN", length, pos + 8

    def _hides_items(self, tag: int, start: int, length: int) -> bool:
        """Return whether an element without VR is a sequence: by PS3.6, or private and alike."""
        if tag in _SEQUENCES:
            return True
        return bool(tag & 0x10000) and length >= 8 and self.data[start : start + 4] == _ITEM_BYTES

    def _element(
        self,
        tag: int,
        vr: bytes,
        length: int,
        start: int,
        limit: int,
        parent: DataSet,
        depth: int,
        explicit: bool,
    ) -> Element:
        """Read a sequence, or fragments of encapsulated data, and leave `self.pos` behind it."""
        open_ended = length == _UNDEFINED
        stop = limit if open_ended else start + length
        if stop > limit:
            raise self._cut_short(start, tag)
        explicit = explicit and vr != b"UN"
        sequence = self._short_sequence(start, stop, open_ended) if depth < _MAX_DEPTH else b""
        known = _SHARED[explicit].get(sequence)
        if known is not None:
            self.pos = start + len(sequence)
            return b"SQ", [DataSet(known, parent.charsets, False, self.notes)]
        self.pos = start
        try:
            items = self._items(tag, stop, open_ended, parent.charsets, depth, explicit)
        except CutShort:
            raise
        except DamagedObject:
            if tag in _SEQUENCES or open_ended or vr == b"SQ":
                raise
            self.pos = stop
            return vr, self.data[start:stop]
        if self.pos == start + len(sequence):
            _share(items, _SHARED[explicit], sequence)
        return b"SQ", items

    def _short_sequence(self, start: int, stop: int, open_ended: bool) -> bytes:
        """Return the bytes of a sequence short enough to be a code; b"" if it is longer."""
        if self.big_endian:
            return b""
        if open_ended:
            found = self.data.find(_SEQUENCE_END, start, min(stop, start + _LONGEST_SHARED))
            stop = found + len(_SEQUENCE_END) if found >= 0 else start
        return self.data[start:stop] if stop - start <= _LONGEST_SHARED else b""

    def _items(
        self,
        tag: int,
        stop: int,
        open_ended: bool,
        charsets: tuple[str, ...],
        depth: int,
        explicit: bool,
    ) -> list[DataSet]:
        """Read items; a sequence sent as UN is implicit inside (PS3.5 6.2.2)."""
        items: list[DataSet] = []
        while self.pos < stop:
            if self.pos + 8 > stop:
                raise self._cut_short(self.pos, tag)
            group, element, size = self.implicit_head(self.data, self.pos)
            self.pos += 8
            if group != 0xFFFE or element not in (0xE000, 0xE0DD):
                raise DamagedObject(
                    f"({group:04X},{element:04X}) stands where an item of {_name(tag)} should."
                )
            if element == 0xE0DD:
                return items
            last = -1 if size == _UNDEFINED else self.pos + size
            if last > stop:
                raise self._cut_short(self.pos, tag)
            items.append(self.data_set(last, charsets, depth + 1, explicit))
        if open_ended:
            raise self._cut_short(self.pos, tag)
        return items

    def _fingerprint(self, start: int, end: int) -> bytes:
        """Return the SHA-256 of a value too large to be of use, in its place."""
        with memoryview(self.data) as view, view[start:end] as value:
            return hashlib.sha256(value).digest()

    def _cut_short(self, pos: int, tag: int | None = None) -> CutShort:
        where = "an element" if tag is None else _name(tag)
        return CutShort(
            f"The object is cut short or damaged: {where} at byte {pos} runs past its end."
        )


def _share(items: list[DataSet], shared: dict[bytes, SharedItem], sequence: bytes) -> None:
    """Remember the item of a code sequence, if it is one."""
    if len(items) != 1 or not sequence:
        return
    elements = items[0].elements
    if _CODE_VALUE not in elements or _NOTED & elements.keys():
        return
    if all(value.__class__ is bytes for _, value in elements.values()):
        if len(shared) >= _MOST_SHARED:
            shared.clear()
        items[0].elements = shared[sequence] = SharedItem(elements)


def _name(tag: int) -> str:
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


def parse(data: Bytes, transfer_syntax: str, start: int = 0) -> Parsed:
    """Return the data set encoded in `data` from `start` on.

    Parameters
    ----------
    data
        Bytes of a file, or a map of it.
    transfer_syntax
        UID. Encapsulated syntaxes are explicit little endian up to the pixel data.
    start
        Where the data set begins, behind preamble and file meta information.

    Raises
    ------
    CutShort
        If the bytes end before the elements do.
    DamagedObject
        If the bytes break the encoding rules otherwise.
    """
    if transfer_syntax == DEFLATED:
        data, start = _inflated(data[start:]), 0
    explicit = _looks_explicit(data, start, transfer_syntax != IMPLICIT_LITTLE)
    parser = _Parser(data, transfer_syntax == EXPLICIT_BIG, [])
    parser.pos = start
    found = parser.data_set(len(data), (), 0, explicit)
    return Parsed(found, data, start, parser.header_end, parser.places)


def private_items(
    value: bytes, charsets: tuple[str, ...], notes: list[str]
) -> list[DataSet] | None:
    """Return the items of a private sequence that was kept as bytes, None if it is none."""
    if value[:4] != _ITEM_BYTES:
        return None
    try:
        return _Parser(value, False, notes)._items(0, len(value), False, charsets, 0, False)
    except DamagedObject:
        return None


def _inflated(data: bytes) -> bytes:
    """Return a deflated data set inflated (PS3.5 A.5), within reason."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        found = inflater.decompress(data, _LARGEST_INFLATED)
    except zlib.error:
        raise DamagedObject("The deflated data set cannot be inflated.") from None
    if inflater.unconsumed_tail:
        raise DamagedObject("The deflated data set is larger than 1 GiB.")
    if not inflater.eof:
        raise CutShort("The deflated data set is cut short.")
    return found


def _looks_explicit(data: Bytes, start: int, declared: bool) -> bool:
    """Return whether the first element has a VR: some devices declare the wrong syntax."""
    return data[start + 4 : start + 6] in _VRS if len(data) >= start + 8 else declared


IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
EXPLICIT_BIG = "1.2.840.10008.1.2.2"
DEFLATED = "1.2.840.10008.1.2.1.99"
