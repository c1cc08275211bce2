"""Dose screens: pictures of a table of CT doses, by scanners that cannot write a report.

The header only says that a picture may be one. Reading it needs the pixels, and the glyphs of that
scanner.
"""

from kerma.dicom.screen_header import is_screen
from kerma.extract.base import DoseObject, Source, sources
from kerma.extract.screens.alone import NO_GLYPHS, UnreadScreen, record_of
from kerma.records import StudyRecord


def _accepts(found: DoseObject) -> bool:
    return not found.is_report and is_screen(found.header)


def _read(found: DoseObject) -> StudyRecord:
    if found.path is None:
        raise UnreadScreen(NO_GLYPHS)
    return record_of(found.header, found.path.read_bytes(), found.glyphs)


sources.add(Source("dose_screen", _accepts, _read))
