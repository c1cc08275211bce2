"""An object in, the bytes of a copy out from which the patient's identity is gone."""

from dataclasses import dataclass

from kerma.dicom import lean, tags
from kerma.dicom.dataset import DataSet
from kerma.dicom.encode import to_file
from kerma.dicom.files import DicomFile
from kerma.dicom.lean import Parsed
from kerma.dicom.personal import (
    ACCESSION_NUMBERS,
    ALWAYS,
    BIRTH_DATES,
    IDS,
    NAMES,
    TEXT_VALUES,
)

_SHORTEST_SECRET = 4
"""Characters from which on a text that equals a name or an id is taken to be one."""


@dataclass(frozen=True, slots=True)
class Keeps:
    """Which parts of the identity stay."""

    name: bool = False
    patient_id: bool = False
    birth_date: bool = False
    accession_number: bool = False

    def removed(self) -> frozenset[int]:
        """Return the attributes that go."""
        going = ALWAYS
        going |= frozenset() if self.name else NAMES
        going |= frozenset() if self.patient_id else IDS
        going |= frozenset() if self.birth_date else BIRTH_DATES
        return going if self.accession_number else going | ACCESSION_NUMBERS


def without_identity(file: DicomFile, keeps: Keeps) -> bytes:
    """Return the object as a file, without pixel data and what `keeps` does not name.

    Attributes that go are blanked at every depth, and so are content items that repeat the name,
    an id or the accession number. The object itself is not changed.
    """
    going = keeps.removed()
    secrets = _secrets(file.data_set, going)
    if file.parsed is None or file.transfer_syntax == lean.DEFLATED:
        copy = file.data_set.copy()
        _remove(copy, going, secrets)
        return to_file(copy)
    return _blanked(file.parsed, going, secrets)


def _secrets(header: DataSet, going: frozenset[int]) -> frozenset[bytes]:
    """Return the encoded values that must not be repeated anywhere."""
    found = (header.raw(tag).strip(b" \0") for tag in _REPEATED & going)
    return frozenset(value for value in found if len(value) >= _SHORTEST_SECRET)


_REPEATED = frozenset((tags.PatientName, tags.PatientID, tags.AccessionNumber))


def _blanked(parsed: Parsed, going: frozenset[int], secrets: frozenset[bytes]) -> bytes:
    """Overwrite in the bytes: nothing moves, so that nothing has to be written anew."""
    buffer = bytearray(parsed.data[: parsed.end])
    for tag, start, length in parsed.places:
        if tag in going or bytes(buffer[start : start + length]).strip(b" \0") in secrets:
            buffer[start : start + length] = b" " * length
    return bytes(buffer)


def _remove(copy: DataSet, going: frozenset[int], secrets: frozenset[bytes]) -> None:
    for item in copy.walk():
        for tag in going & item.elements.keys():
            item.drop(tag)
        for tag in TEXT_VALUES & item.elements.keys():
            if item.raw(tag).strip(b" \0") in secrets:
                item.drop(tag)
