"""DICOM object in, study record out; usable without a database.

>>> from kerma.extract import read
>>> record = read("report.dcm")  # doctest: +SKIP
"""

from pathlib import Path

from kerma.dicom.files import DicomFile, Reader, read_file
from kerma.extract import quirks, sources
from kerma.extract.base import EXTRACTOR_VERSION, DoseObject, extract
from kerma.records import StudyRecord
from kerma.registry import load_all

load_all(sources)
load_all(quirks)


def read(path: str | Path, reader: Reader = "lean") -> StudyRecord:
    """Return what the object in a file says about dose.

    Raises
    ------
    KermaError
        `NotDicom`, `DamagedObject`, `UnsupportedObject`, `NoDose` or `ContentError`, with a
        sentence fit to show.
    """
    return record_of(read_file(Path(path), reader))


def record_of(file: DicomFile) -> StudyRecord:
    """Return the record of an object already parsed; it must not be used for another."""
    return extract(DoseObject(file.data_set))


__all__ = ["EXTRACTOR_VERSION", "read", "record_of"]
