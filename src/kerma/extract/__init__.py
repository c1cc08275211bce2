"""DICOM object in, study record out; usable without a database.

>>> from kerma.extract import read
>>> record = read("report.dcm")  # doctest: +SKIP
"""

from collections.abc import Sequence
from pathlib import Path

from kerma.dicom.files import DicomFile, Reader, read_file
from kerma.extract import quirks, sources
from kerma.extract.base import EXTRACTOR_VERSION, DoseObject, extract
from kerma.records import StudyRecord
from kerma.registry import load_all
from kerma.screens.glyph_set import GlyphSet

load_all(sources)
load_all(quirks)


def read(path: str | Path, reader: Reader = "lean", glyphs: Sequence[GlyphSet] = ()) -> StudyRecord:
    """Return what the object in a file says about dose.

    Parameters
    ----------
    glyphs
        Sets to read pictures of dose screens with, the best first.

    Raises
    ------
    KermaError
        `NotDicom`, `DamagedObject`, `UnsupportedObject`, `NoDose` or `ContentError`, with a
        sentence fit to show.
    """
    return extract(DoseObject(read_file(Path(path), reader).data_set, Path(path), glyphs))


def record_of(file: DicomFile) -> StudyRecord:
    """Return the record of an object already parsed; it must not be used for another."""
    return extract(DoseObject(file.data_set))


__all__ = ["EXTRACTOR_VERSION", "read", "record_of"]
