"""Header of an image in, its values out, from wherever the kind of object keeps them.

Ordinary images keep everything at the top; multi-frame ones (PS3.3 C.7.6.16, C.8.21) in items of
functional groups and of the 3D acquisition.
"""

import datetime as dt
from collections.abc import Iterable
from math import isfinite

from kerma.dicom import codes, tags
from kerma.dicom.dataset import DataSet
from kerma.records import Code


class ImageHeader:
    """The data sets that may say something of an image, the most general first."""

    def __init__(self, header: DataSet) -> None:
        self.header = header
        self.parts = _parts(header)

    @property
    def notes(self) -> list[str]:
        """Sentences about what was left out or assumed while reading the object."""
        return self.header.notes

    def number(self, tag: int) -> float | None:
        """Return the first value as a number, None if no part says it."""
        for part in self.parts:
            value = part.number(tag) if tag in part.elements else None
            if value is not None and isfinite(value):
                return value
        return None

    def numbers(self, tag: int) -> tuple[float, ...]:
        """Return the values as numbers, none if no part says it."""
        for part in self.parts:
            found = part.numbers(tag) if tag in part.elements else []
            if found:
                return tuple(found)
        return ()

    def text(self, tag: int) -> str:
        """Return the element as one text, "" if no part says it."""
        for part in self.parts:
            found = part.text(tag) if tag in part.elements else ""
            if found:
                return found
        return ""

    def first(self, tag: int) -> str:
        """Return the first value as text, "" if no part says it."""
        return self.text(tag).split("\\", 1)[0]

    def items(self, tag: int) -> list[DataSet]:
        """Return the items of a sequence, none if no part has it."""
        for part in self.parts:
            found = part.items(tag)
            if found:
                return found
        return []

    def code(self, tag: int) -> Code | None:
        """Return the first item of a code sequence, None if it says nothing."""
        for part in self.parts:
            found = part.code(tag) if tag in part.elements else None
            if found is not None:
                return found
        return None

    def date_time(self) -> dt.datetime | None:
        """Return when the acquisition started, local time as in the object (PS3.3 C.7.6.1)."""
        for tag in (tags.AcquisitionDateTime, tags.FrameAcquisitionDateTime):
            for part in self.parts:
                found = part.datetime(tag) if tag in part else None
                if found is not None:
                    return found
        return date_time_of(self.header, _DATES_AND_TIMES)


_DATES_AND_TIMES = (
    (tags.AcquisitionDate, tags.AcquisitionTime),
    (tags.ContentDate, tags.ContentTime),
    (tags.SeriesDate, tags.SeriesTime),
)
"""In order of how near they are to the exposure."""


def date_time_of(header: DataSet, pairs: Iterable[tuple[int, int]]) -> dt.datetime | None:
    """Return the first pair of date and time that is complete; a lone time takes any date."""
    pairs = tuple(pairs)
    for date, tag in pairs:
        time = header.time(tag) if tag in header.elements else None
        if time is not None:
            others = (header.date(other) for other, _ in (*pairs, (tags.StudyDate, 0)))
            day = header.date(date) or next(filter(None, others), None)
            return None if day is None else dt.datetime.combine(day, time)
    return None


def words(code: Code | None) -> str:
    """Return what a code means in the object's own words, else in the standard's."""
    if code is None:
        return ""
    return code.meaning or codes.meaning(code).split(" (", 1)[0]


def scaled(value: float | None, factor: float) -> float | None:
    """Return `value` times `factor` without the digits that only binary arithmetic adds."""
    return None if value is None else float(f"{value * factor:.12g}")


Private = tuple[str, int]
"""Creator and tag as documented, e.g. ("GEMS_SENO_02", 0x00450049) for (0045,xx49)."""


def private_text(header: DataSet, names: dict[Private, str]) -> dict[str, str]:
    """Return private elements by the names we give them, those the object has (PS3.5 7.8.1)."""
    creators = [tag for tag in header.elements if tag & 0x10000 and 0x10 <= tag & 0xFFFF <= 0xFF]
    if not creators:
        return {}
    blocks = {(header.first(tag), tag >> 16): tag & 0xFF for tag in creators}
    found = {}
    for (creator, tag), name in names.items():
        block = blocks.get((creator, tag >> 16), 0)
        value = header.text(tag & 0xFFFF0000 | block << 8 | tag & 0xFF) if block else ""
        if value:
            found[name] = value
    return found


def _parts(header: DataSet) -> list[DataSet]:
    parts = [header]
    for item in header.items(tags.XRay3DAcquisitionSequence):
        parts += [item, *item.items(tags.XRayAcquisitionDoseSequence)]
    for tag in (tags.SharedFunctionalGroupsSequence, tags.PerFrameFunctionalGroupsSequence):
        for group in header.items(tag)[:1]:
            for macro in group.tags():
                parts += group.items(macro)
    return parts
