"""A structured report in, a copy fit to leave the site out: who it is about cannot be told.

Basic Application Level Confidentiality Profile of PS3.15 annex E with the options Clean Structured
Content, Clean Descriptors, Retain Patient Characteristics, Retain Longitudinal Temporal
Information, and for devices, if asked, Retain Device Identity. What is not known to be harmless
goes: attributes, texts and content items are kept by lists, not removed by lists.
"""

import datetime as dt
import hashlib
import hmac
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from kerma.dicom import tags
from kerma.dicom.codes import Key, dcm, key
from kerma.dicom.dataset import DataSet, Element, as_date
from kerma.dicom.encode import to_file

REMOVED = "REMOVED"
"""Stands for a text that repeats a name or an id."""

_OLDEST_YEARS = 89
"""Ages above are rare enough to tell who somebody is (45 CFR 164.514(b)(2)(i)(C))."""
_SHORTEST_SECRET = 3
_STANDARD_UIDS = b"1.2.840.10008."
"""Root of the UIDs that the standard gives (PS3.6 annex A); they name nothing of a site."""


@dataclass(frozen=True, kw_only=True)
class Deidentification:
    """How the reports of one set are changed; one key keeps what belongs together together."""

    key: bytes
    """Secret. UIDs, patients and devices become other ones by it, always the same."""
    shifts_dates: bool = False
    """Whether all dates of a patient go back by a number of days of the patient's own."""
    keeps_devices: bool = False
    """Whether station name, serial number and observer stay as they are."""

    def uid(self, uid: str) -> str:
        """Return the UID that stands for another (PS3.5 B.2, of a UUID of the site's making)."""
        return f"2.25.{uuid.UUID(bytes=_as_uuid(self._digest('uid', uid))).int}"

    def patient(self, patient: str) -> str:
        """Return the pseudonym of a patient."""
        return "P" + self._digest("patient", patient).hex()[:14].upper()

    def device(self, name: str) -> str:
        """Return the pseudonym of a device, station or serial number."""
        return "D" + self._digest("device", name).hex()[:10].upper() if name else ""

    def days_back(self, patient: str) -> int:
        """Return by how many days the dates of a patient go back, 1 to 365; 0 if none does."""
        if not self.shifts_dates:
            return 0
        return 1 + int.from_bytes(self._digest("days", patient)[:4]) % 365

    def _digest(self, kind: str, value: str) -> bytes:
        return hmac.digest(self.key, f"{kind}\0{value}".encode(), hashlib.sha256)


def deidentified(
    report: DataSet, how: Deidentification, patient: str, secrets: Iterable[str] = ()
) -> bytes:
    """Return the report as a file without identity.

    Parameters
    ----------
    report
        The data set of a structured report; it is not changed.
    patient
        Whatever tells this patient from others: an id or its hash.
    secrets
        Texts known from elsewhere, such as a name, that no text that stays may contain. Those
        of the object's own header are looked for in any case.
    """
    one = _One(how, patient, _words([*_named(report), *secrets]))
    made = DataSet(one.header(report), report.charsets, report.big_endian)
    return to_file(made)


def cleaned(text: str, secrets: Iterable[str]) -> str:
    """Return a text, or `REMOVED` if it repeats a name or an id."""
    return REMOVED if _words(secrets) & set(_split(text)) else text


_KEPT = frozenset((
    tags.SpecificCharacterSet, tags.SOPClassUID, tags.Modality, tags.Manufacturer,
    tags.ManufacturerModelName, tags.SoftwareVersions, tags.PatientSex, tags.PatientSize,
    tags.PatientWeight, tags.InstanceNumber, tags.SeriesNumber, tags.CompletionFlag,
    0x0040A040, 0x0040A050, 0x00080201,
))  # fmt: skip
"""Attributes that stay: also value type, continuity of content and offset from UTC."""
_TIMES = frozenset((tags.StudyTime, tags.SeriesTime, tags.ContentTime))
_DATES = frozenset((tags.StudyDate, tags.SeriesDate, tags.ContentDate))
_UIDS = frozenset((tags.SOPInstanceUID, tags.StudyInstanceUID, tags.SeriesInstanceUID))
_DESCRIPTORS = frozenset((tags.StudyDescription, tags.SeriesDescription, tags.ProtocolName))
_CODES = frozenset((
    0x0040A043, 0x0040A504, tags.ProcedureCodeSequence, tags.PerformedProcedureCodeSequence,
))  # fmt: skip
_STATIONS = frozenset((tags.StationName, tags.DeviceSerialNumber))
_EMPTY = {
    tags.AccessionNumber: b"SH",
    tags.ReferringPhysicianName: b"PN",
    tags.PatientBirthDate: b"DA",
    tags.StudyID: b"SH",
}
"""Attributes that must be there (type 2), and are empty."""
_SEQUENCES_EMPTY = (0x00081111, 0x0040A372)
"""Referenced Performed Procedure Step and Performed Procedure Code Sequence, both of type 2."""
_ITEM_KEPT = frozenset((0x0040A010, 0x0040A040, 0x0040A050))
"""Of a content item: relationship, value type, continuity. One that only refers to another by its
place has no value type, and goes: places change where others go."""
_ITEM_CODES = frozenset((0x0040A043, 0x0040A168, 0x0040A504, 0x0040A301))
_CODE_PARTS = frozenset((
    0x00080100, 0x00080102, 0x00080103, 0x00080104, 0x00080105, 0x0008010F, 0x00080119, 0x00080120,
    0x0040DB00, 0x00081150,
))  # fmt: skip
"""Of an item of a code sequence or of a template: value, scheme, version, meaning and the like."""
_NUMBER_PARTS = frozenset((0x0040A30A, 0x0040A161, 0x0040A162, 0x0040A163))
_SECRET_TAGS = (
    tags.PatientName, tags.PatientID, tags.OtherPatientIDs, tags.AccessionNumber,
    tags.ReferringPhysicianName, tags.OperatorsName, tags.PerformingPhysicianName,
    tags.PhysiciansOfRecord, tags.NameOfPhysiciansReadingStudy, 0x00101001, 0x00101005,
)  # fmt: skip
_METHODS = (
    ("113100", "Basic Application Confidentiality Profile"),
    ("113104", "Clean Structured Content Option"),
    ("113105", "Clean Descriptors Option"),
    ("113108", "Retain Patient Characteristics Option"),
)
"""Codes of PS3.16 CID 7050 that hold for every report."""
_FULL_DATES = ("113106", "Retain Longitudinal Temporal Information Full Dates Option")
_OTHER_DATES = ("113107", "Retain Longitudinal Temporal Information Modified Dates Option")
_DEVICE_IDENTITY = ("113109", "Retain Device Identity Option")

_TEXTS = frozenset(map(dcm, (
    "125203", "113605", "113780", "113832", "113842", "121014", "121015", "113878", "113879",
    "121065", "121406",
)))  # fmt: skip
"""Texts that stay: protocol, label of the event, reference point, number of the source,
modulation, manufacturer and model of devices, procedure, authority of a reference."""
_DEVICE_TEXTS = frozenset(map(dcm, ("121013", "121016", "113877", "113880", "110119")))
"""Names and serial numbers of devices and stations."""
_DEVICE_UID = dcm("121012")
_GONE = frozenset(map(dcm, ("121029", "121030", "121031", "121028", "113870", "113871", "113874")))
"""Whole rows about persons: the subject's name, id, birth date and UID; participants."""
_VALUES = frozenset(("CONTAINER", "NUM", "CODE", "TEXT", "UIDREF", "DATETIME", "DATE", "TIME",
                     "IMAGE", "COMPOSITE"))  # fmt: skip


@dataclass(frozen=True)
class _One:
    """One report on its way."""

    how: Deidentification
    patient: str
    secrets: frozenset[str] = field(repr=False)

    @cached_property
    def days(self) -> int:
        return self.how.days_back(self.patient)

    def header(self, report: DataSet) -> dict[int, Element]:
        made: dict[int, Element] = {tag: (vr, b"") for tag, vr in _EMPTY.items()}
        made |= {tag: (b"SQ", []) for tag in _SEQUENCES_EMPTY}
        made |= self._added(report.big_endian)
        for tag in report.elements:
            kept = self._attribute(report, tag)
            if kept is not None:
                made[tag] = kept
        made[0x0040A730] = (b"SQ", self._content(report))
        return made

    def _added(self, big_endian: bool) -> dict[int, Element]:
        """Return what every report has: a pseudonym, and by which method identity went."""
        pseudonym = self.how.patient(self.patient).encode()
        dates = _OTHER_DATES if self.how.shifts_dates else _FULL_DATES
        device = (_DEVICE_IDENTITY,) if self.how.keeps_devices else ()
        chosen = (*_METHODS, dates, *device)
        methods = [_code(value, meaning, big_endian) for value, meaning in chosen]
        return {
            tags.PatientName: (b"PN", pseudonym),
            tags.PatientID: (b"LO", pseudonym),
            tags.PatientIdentityRemoved: (b"CS", b"YES"),
            0x00120063: (b"LO", b"Kerma: PS3.15 annex E, attributes kept by list"),
            0x00120064: (b"SQ", methods),
            0x00280303: (b"CS", b"MODIFIED" if self.how.shifts_dates else b"UNMODIFIED"),
            tags.VerificationFlag: (b"CS", b"UNVERIFIED"),
        }

    def _attribute(self, report: DataSet, tag: int) -> Element | None:
        if tag in _KEPT or tag in _TIMES:
            return report.elements[tag]
        if tag in _UIDS:
            return b"UI", self._uid(report, tag)
        if tag in _DATES:
            return b"DA", self._date(report.first(tag))
        if tag in _DESCRIPTORS:
            return self._text(report, tag)
        if tag in _STATIONS:
            return self._station(report, tag)
        if tag in _CODES:
            return b"SQ", [_parts(item, _CODE_PARTS) for item in report.items(tag)]
        return (b"AS", _age(report.first(tag))) if tag == tags.PatientAge else None

    def _content(self, parent: DataSet) -> list[DataSet]:
        kept = (self._item(item) for item in parent.items(0x0040A730))
        return [item for item in kept if item is not None]

    def _item(self, item: DataSet) -> DataSet | None:
        """Return a content item as it may stay, None if it and all below goes."""
        name = item.item(0x0040A043)
        concept = key(name.first(0x00080100), name.first(0x00080102)) if name else Key("", "")
        kind = item.first(0x0040A040)
        if concept in _GONE or kind not in _VALUES:
            return None
        made = {tag: found for tag, found in item.elements.items() if tag in _ITEM_KEPT}
        for tag in _ITEM_CODES & item.elements.keys():
            made[tag] = b"SQ", [_parts(code, _CODE_PARTS) for code in item.items(tag)]
        value = self._value(item, kind, concept)
        if value is None:
            return None
        below = self._content(item)
        content: dict[int, Element] = {0x0040A730: (b"SQ", below)} if below else {}
        return DataSet(made | value | content, item.charsets, item.big_endian)

    def _value(self, item: DataSet, kind: str, concept: Key) -> dict[int, Element] | None:
        """Return the elements that hold the value of an item, None if it must not stay."""
        if kind in {"CONTAINER", "CODE"}:
            return {}
        if kind == "NUM":
            return {0x0040A300: (b"SQ", [_measured(one) for one in item.items(0x0040A300)])}
        if kind in {"IMAGE", "COMPOSITE"}:
            return {0x00081199: (b"SQ", [self._reference(one) for one in item.items(0x00081199)])}
        tag, made = {
            "TEXT": (0x0040A160, self._text_value),
            "UIDREF": (0x0040A124, self._uid_value),
            "DATETIME": (0x0040A120, self._moment),
            "DATE": (0x0040A121, self._day),
            "TIME": (0x0040A122, _as_it_is),
        }[kind]
        found = made(item, tag, concept)
        return None if found is None else {tag: found}

    def _text_value(self, item: DataSet, tag: int, concept: Key) -> Element | None:
        if concept in _DEVICE_TEXTS:
            return self._station(item, tag, b"UT")
        return self._text(item, tag) if concept in _TEXTS else None

    def _uid_value(self, item: DataSet, tag: int, concept: Key) -> Element | None:
        if concept == _DEVICE_UID and self.how.keeps_devices:
            return item.elements.get(tag)
        return b"UI", self._uid(item, tag)

    def _moment(self, item: DataSet, tag: int, concept: Key) -> Element | None:
        text = item.first(tag)
        day = self._date(text[:8])
        return (b"DT", day + text[8:].encode("ascii", "ignore")) if day else None

    def _day(self, item: DataSet, tag: int, concept: Key) -> Element | None:
        day = self._date(item.first(tag))
        return (b"DA", day) if day else None

    def _reference(self, item: DataSet) -> DataSet:
        made = {0x00081150: item.elements[0x00081150]} if 0x00081150 in item else {}
        if 0x00081155 in item:
            made[0x00081155] = b"UI", self._uid(item, 0x00081155)
        return DataSet(made, item.charsets, item.big_endian)

    def _uid(self, holder: DataSet, tag: int) -> bytes:
        uid = holder.first(tag)
        if not uid or uid.encode("ascii", "ignore").startswith(_STANDARD_UIDS):
            return uid.encode("ascii", "ignore")
        return self.how.uid(uid).encode()

    def _date(self, text: str) -> bytes:
        """Return a date, moved if dates are; "" where it is none."""
        found = as_date(text)
        if found is None:
            return b""
        back = dt.timedelta(days=self.days)
        return (
            (found - back if found.toordinal() > self.days else found).strftime("%Y%m%d").encode()
        )

    def _station(self, holder: DataSet, tag: int, vr: bytes = b"") -> Element:
        if self.how.keeps_devices:
            return holder.elements[tag]
        return vr or holder.elements[tag][0] or b"LO", self.how.device(holder.first(tag)).encode()

    def _text(self, holder: DataSet, tag: int) -> Element:
        """Return a text; one that repeats a name or an id does not stay."""
        if self.secrets & set(_split(holder.text(tag))):
            return holder.elements[tag][0], REMOVED.encode()
        return holder.elements[tag]


def _as_it_is(item: DataSet, tag: int, concept: Key) -> Element | None:
    return item.elements.get(tag)


def _measured(item: DataSet) -> DataSet:
    made = _parts(item, _NUMBER_PARTS)
    units = [_parts(code, _CODE_PARTS) for code in item.items(0x004008EA)]
    return DataSet({**made.elements, 0x004008EA: (b"SQ", units)}, item.charsets, item.big_endian)


def _parts(item: DataSet, kept: frozenset[int]) -> DataSet:
    found = {tag: element for tag, element in item.elements.items() if tag in kept}
    return DataSet(found, item.charsets, item.big_endian)


def _code(value: str, meaning: str, big_endian: bool) -> DataSet:
    said: dict[int, Element] = {
        0x00080100: (b"SH", value.encode()),
        0x00080102: (b"SH", b"DCM"),
        0x00080104: (b"LO", meaning.encode()),
    }
    return DataSet(said, (), big_endian)


def _age(text: str) -> bytes:
    """Return an age; those above 89 years are all 90."""
    years = int(text[:3]) if re.fullmatch(r"\d{3}Y", text) else 0
    return b"090Y" if years > _OLDEST_YEARS else text.encode("ascii", "ignore")


def _named(report: DataSet) -> list[str]:
    return [report.text(tag) for tag in _SECRET_TAGS]


def _words(texts: Iterable[str]) -> frozenset[str]:
    """Return the words of names and ids, as they are compared."""
    return frozenset(
        word for text in texts for word in _split(text) if len(word) >= _SHORTEST_SECRET
    )


def _split(text: str) -> list[str]:
    return [word.casefold() for word in re.split(r"[^\w\-]+|_", text) if word]


def _as_uuid(digest: bytes) -> bytes:
    """Return 16 bytes as a UUID of version 8 (RFC 9562), free for own use."""
    made = bytearray(digest[:16])
    made[6] = 0x80 | made[6] & 0x0F
    made[8] = 0x80 | made[8] & 0x3F
    return bytes(made)
