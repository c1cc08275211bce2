"""A data set in the one form all of Kerma reads: values by tag, whichever reader made it.

Two readers yield it: the lean one (`kerma.dicom.lean`) and pydicom (`kerma.dicom.slow`). Values
stay bytes until somebody asks. What cannot be read as the wanted type becomes None, with a
sentence in `notes`.
"""

import datetime as dt
import re
import struct
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import cast

from pydicom._dicom_dict import DicomDictionary

from kerma.dicom import charset
from kerma.records import Code

Value = str | float
Element = tuple[bytes, "bytes | list[DataSet]"]
"""VR (empty where the syntax is implicit) and encoded value or items."""


class SharedItem(dict[int, Element]):
    """Elements of a code item, one for all the places that hold the same bytes; never changed.

    Reports repeat the same few concept names and units in every row.
    """

    __slots__ = ("key", "said")

    key: tuple[str, str]
    """The code as a key to find rows by (`kerma.dicom.content`), once that is known."""
    said: tuple[list[int], bytes]
    """What it adds to the digest of an object (`kerma.dicom.files`), once that is known."""


NUMBERS = {
    b"US": "H",
    b"SS": "h",
    b"UL": "I",
    b"SL": "i",
    b"FL": "f",
    b"FD": "d",
    b"SV": "q",
    b"UV": "Q",
}
"""Binary VRs and their `struct` letter."""
_DECIMALS = frozenset((b"DS", b"IS"))
WHOLE_TEXT = frozenset((b"LT", b"ST", b"UT", b"UR"))
"""VRs in which a backslash is a character, not a separator."""
STANDARD_VRS = {tag: entry[0][:2].encode() for tag, entry in DicomDictionary.items()}
"""Tag -> VR of PS3.6; the first where it names two."""
_LARGEST_COUNT = 2**31 - 1
"""Of IS values (PS3.5 6.2)."""
_PADDING = " \0\r\n\t"


def implicit_vr(tag: int) -> bytes:
    """Return the VR that PS3.6 gives a tag; UL for group lengths, LO for unknown ones."""
    return STANDARD_VRS.get(tag) or (b"LO" if tag & 0xFFFF else b"UL")


class DataSet:
    """The elements of one data set or sequence item (PS3.5 7).

    `notes` is shared by an object's whole tree. `elements` may be shared with other items, so
    `put` and `drop` replace them.
    """

    __slots__ = ("big_endian", "charsets", "elements", "notes")

    def __init__(
        self,
        elements: Mapping[int, Element],
        charsets: tuple[str, ...] = (),
        big_endian: bool = False,
        notes: list[str] | None = None,
    ) -> None:
        self.elements = elements
        self.charsets = charsets
        self.big_endian = big_endian
        self.notes: list[str] = [] if notes is None else notes

    def tags(self) -> list[int]:
        """Return the tags of the elements the object holds, in ascending order."""
        return sorted(self.elements)

    def raw(self, tag: int) -> bytes:
        """Return the value field as it is encoded; empty if absent or a sequence."""
        found = self.elements.get(tag)
        return found[1] if found and isinstance(found[1], bytes) else b""

    def items(self, tag: int) -> "list[DataSet]":
        """Return the items of a sequence; none if the element is absent or no sequence."""
        found = self.elements.get(tag)
        if found is None or isinstance(found[1], bytes):
            return []
        return found[1]

    def strings(self, tag: int) -> list[str]:
        """Return the values of an element as trimmed text; none if absent or empty."""
        found = self.elements.get(tag)
        if found is None or found[1].__class__ is list:
            return []
        vr, value = cast("tuple[bytes, bytes]", found)
        if not vr or vr == b"UN":
            vr = implicit_vr(tag)
        if vr in NUMBERS:
            return [f"{number:.9g}" for number in self._binary(vr, value)]
        if value.isascii() and b"\x1b" not in value:
            text = value.decode("ascii").strip(_PADDING)
        else:
            text = charset.decode(vr, value, self.charsets, self.notes).strip(_PADDING)
        if vr in WHOLE_TEXT or "\\" not in text:
            return [text] if text else []
        values = [part.strip(_PADDING) for part in text.split("\\")]
        return values if any(values) else []

    def _binary_values(self, tag: int) -> list[float] | None:
        found = self.elements.get(tag)
        if found is None or found[1].__class__ is list:
            return []
        vr, value = cast("tuple[bytes, bytes]", found)
        if not vr or vr == b"UN":
            vr = implicit_vr(tag)
        return self._binary(vr, value) if vr in NUMBERS else None

    def _binary(self, vr: bytes, value: bytes) -> list[float]:
        letter = NUMBERS[vr]
        size = struct.calcsize(letter)
        count = len(value) // size
        order = ">" if self.big_endian else "<"
        return list(struct.unpack(f"{order}{count}{letter}", value[: count * size]))

    def __contains__(self, tag: int) -> bool:
        return tag in self.elements

    def put(self, tag: int, *values: Value) -> None:
        """Replace the value of an element, as a quirk does on its copy.

        Numbers are put as decimal strings; characters that the declared character set lacks
        are replaced.
        """
        text = "\\".join(value if isinstance(value, str) else repr(value) for value in values)
        if not text.isascii() and not self.charsets:
            self.charsets = ("utf-8",)
        vr = implicit_vr(tag)
        encoded = text.encode(self.charsets[0] if self.charsets else "ascii", "replace")
        self.elements = {**self.elements, tag: (b"DS" if vr in NUMBERS else vr, encoded)}

    def drop(self, tag: int) -> None:
        """Take an element away, as a quirk does on its copy."""
        self.elements = {other: said for other, said in self.elements.items() if other != tag}

    def numbers(self, tag: int) -> list[float]:
        """Return the values as numbers; one that is not a number is left out with a note."""
        found = self.elements.get(tag)
        if found is None:
            return []
        if found[0] in _DECIMALS or (not found[0] and implicit_vr(tag) in _DECIMALS):
            plain = _plain_number(cast("bytes", found[1]))
            if plain is not None:
                return [plain]
        binary = self._binary_values(tag)
        if binary is not None:
            return binary
        values = (self._number(tag, text) for text in self.strings(tag) if text)
        return [value for value in values if value is not None]

    def _number(self, tag: int, text: str) -> float | None:
        value = as_number(text)
        if value is None:
            sentence = f"({tag >> 16:04X},{tag & 0xFFFF:04X}) is not a number; left out."
            if sentence not in self.notes:
                self.notes.append(sentence)
        return value

    def text(self, tag: int) -> str:
        r"""Return the element as one text, several values joined by ``\`` as in the object."""
        found = self.strings(tag)
        return found[0] if len(found) == 1 else "\\".join(found)

    def first(self, tag: int) -> str:
        """Return the first value as text, "" if there is none."""
        found = self.strings(tag)
        return found[0] if found else ""

    def number(self, tag: int) -> float | None:
        """Return the first value as a number, None if there is none."""
        found = self.numbers(tag)
        return found[0] if found else None

    def integer(self, tag: int) -> int | None:
        """Return the first value as a whole number, None if there is none within IS."""
        value = self.number(tag)
        return None if value is None or abs(value) > _LARGEST_COUNT else int(value)

    def date(self, tag: int) -> dt.date | None:
        """Return a DA value (PS3.5 6.2), None if absent or no date."""
        return as_date(self.first(tag))

    def time(self, tag: int) -> dt.time | None:
        """Return a TM value without zone, None if absent or no time."""
        return as_time(self.first(tag))

    def datetime(self, tag: int) -> dt.datetime | None:
        """Return a DT value without zone, None if absent or no date."""
        return as_datetime(self.first(tag))

    def item(self, tag: int) -> "DataSet | None":
        """Return the first item of a sequence."""
        found = self.items(tag)
        return found[0] if found else None

    def code(self, tag: int) -> Code | None:
        """Return the first item of a code sequence (PS3.3 8.8), None if it says nothing."""
        found = self.item(tag)
        return None if found is None else as_code(found)

    def copy(self) -> "DataSet":
        """Return a copy that can be changed without changing this one."""
        elements: dict[int, Element] = {}
        for tag, (vr, value) in self.elements.items():
            copied = value if isinstance(value, bytes) else [item.copy() for item in value]
            elements[tag] = (vr, copied)
        return DataSet(elements, self.charsets, self.big_endian, self.notes)

    def walk(self) -> "Iterator[DataSet]":
        """Yield this data set and every item below it."""
        yield self
        for _, value in self.elements.values():
            if not isinstance(value, bytes):
                for item in value:
                    yield from item.walk()


def as_code(item: DataSet) -> Code | None:
    """Return a code item as `Code`; long and URN code values count as code values."""
    value, meaning = item.raw(0x00080100), item.raw(0x00080104)
    if value.strip() and value.isascii() and meaning.isascii() and b"\x1b" not in meaning:
        return _plain_code(value, item.raw(0x00080102), meaning)
    code_value = item.first(0x00080100) or item.first(0x00080119) or item.first(0x00080120)
    words = item.text(0x00080104)
    if not code_value and not words:
        return None
    return Code(value=code_value, scheme=item.first(0x00080102), meaning=words)


@lru_cache(maxsize=4096)
def _plain_code(value: bytes, scheme: bytes, meaning: bytes) -> Code | None:
    """Return a code in ASCII; remembered, because reports repeat the same few."""
    plain = DataSet(
        {0x00080100: (b"SH", value), 0x00080102: (b"SH", scheme), 0x00080104: (b"LO", meaning)}
    )
    found = Code(
        value=plain.first(0x00080100),
        scheme=plain.first(0x00080102),
        meaning=plain.text(0x00080104),
    )
    return found if found.value or found.meaning else None


def _plain_number(value: bytes) -> float | None:
    """Return the number of a DS or IS value that holds just one, as nearly all do; else None."""
    try:
        number = float(value)
    except (ValueError, TypeError):
        return None
    return number if abs(number) < 1e300 and b"_" not in value else None


def as_number(text: str) -> float | None:
    """Return DS or IS text as a finite number, None if it is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e300 and "_" not in text else None


_DATE = re.compile(r"(\d{4})[.\-]?(\d\d)[.\-]?(\d\d)")
_TIME = re.compile(r"(\d\d):?(?:(\d\d):?(?:(\d\d)(?:[.,](\d{1,6})\d*)?)?)?")


def as_date(text: str) -> dt.date | None:
    """Return a DA value; the ACR-NEMA form with dots and ISO form are met and read."""
    match = _DATE.fullmatch(text)
    if not match:
        return None
    try:
        return dt.date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


def as_time(text: str) -> dt.time | None:
    """Return a TM value; a zone after it is ignored. A leap second is read as second 59."""
    match = _TIME.fullmatch(re.split(r"[+\-Z]", text, maxsplit=1)[0].strip())
    if not match:
        return None
    hour, minute, second, fraction = match.groups(default="0")
    try:
        return dt.time(
            int(hour),
            int(minute),
            min(int(second), 59 + (int(second) != 60)),
            int(fraction.ljust(6, "0")),
        )
    except ValueError:
        return None


def as_datetime(text: str) -> dt.datetime | None:
    """Return a DT value; the offset is ignored, a date alone is midnight, ISO 8601 is met."""
    day = 10 if text[4:5] in ("-", ".") else 8
    date = as_date(text[:day])
    if date is None:
        return None
    rest = text[day:].lstrip("T ")
    time = as_time(rest) if rest else dt.time()
    return None if time is None else dt.datetime.combine(date, time)
