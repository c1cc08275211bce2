"""Dose reports that Kerma made itself: how they say it, and how they are told from others."""

from enum import Enum

from kerma.dicom import sr
from kerma.dicom.codes import dcm
from kerma.dicom.content import ContentItem
from kerma.records import Code

MANUFACTURER = "Kerma"
MODEL = "Kerma"
"""Of the device observer (TID 1004): the software that wrote the report."""
OBSERVER_UID = "2.25.281130904513866521570143371640958127734"
"""Of the software, the same everywhere; it names no scanner."""

UNKNOWN = "UNKNOWN"
"""In place of a value of the scanner that a report must give (PS3.3 C.7.5.2) and nobody knows."""


class DoseSource(Enum):
    """Where the doses of such a report are from (CID 10021); the value is the kind of record."""

    SCREEN = "CT dose screen"
    MANUAL = "manual"
    IMAGES = "estimated"

    @property
    def code(self) -> Code:
        """The code that the report gives."""
        return _CODES[self]


_CODES = {
    DoseSource.SCREEN: Code(
        value="113868", scheme="DCM", meaning="Derived From Human-Readable Reports"
    ),
    DoseSource.MANUAL: Code(value="113857", scheme="DCM", meaning="Manual Entry"),
    DoseSource.IMAGES: Code(value="113867", scheme="DCM", meaning="Computed From Image Attributes"),
}
_SOURCES = {dcm(source.code.value): source for source in DoseSource}


def source_of(root: ContentItem) -> DoseSource | None:
    """Return where the doses of a report of Kerma's are from; None for those of anybody else."""
    writer = (sr.text(root, dcm("121014")), sr.text(root, dcm("121015")))
    if writer != (MANUFACTURER, MODEL):
        return None
    said = sr.code_key(root, dcm("113854"))
    return _SOURCES.get(said) if said else None
