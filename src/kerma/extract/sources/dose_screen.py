"""Dose screens: pictures of a table of CT doses, by scanners that cannot write a report.

The header only says that a picture may be one. Reading it needs the pixels, and the glyphs of that
scanner.
"""

from kerma.dicom.screen_header import is_screen
from kerma.errors import NoDose
from kerma.extract.base import DoseObject, Source, sources
from kerma.records import StudyRecord

NO_GLYPHS = (
    "This is a picture that may show the doses of a CT scanner, and no glyphs are given to read it "
    "with. Import it, and type its glyphs once on the page Dose screens; or give a file of glyphs "
    "exported there (--glyphs FILE)."
)


class UnreadScreen(NoDose):
    """A picture that may be a dose screen, and cannot be read as it is."""


def _accepts(found: DoseObject) -> bool:
    return not found.is_report and is_screen(found.header)


def _read(found: DoseObject) -> StudyRecord:
    if found.path is None or not found.glyphs:
        raise UnreadScreen(NO_GLYPHS)
    from kerma.extract.screens import alone  # slow to import, and seldom needed

    return alone.record_of(found.header, found.path.read_bytes(), found.glyphs)


sources.add(Source("dose_screen", _accepts, _read))
