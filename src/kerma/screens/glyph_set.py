"""The glyphs of one scanner's screens, as they are kept, exported and shared."""

from kerma.records.base import Record
from kerma.screens.page import Glyph


class GlyphSet(Record, frozen=True):
    """Which text each shape stands for."""

    name: str
    manufacturer: str = ""
    model: str = ""
    software_versions: str = ""
    """The set is for the screens of these; "" for any software version."""
    texts: dict[Glyph, str] = {}
    """Shape -> text; several letters where they touch; "" for what is no letter (a line, a part of
    a logo). A shape that stands for two letters is kept as the one that was typed."""
    source: str = ""
    """Who trained it, on what."""
