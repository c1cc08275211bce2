"""Studies of scanners without reports, and the doses that are stored of them."""

import datetime as dt
from functools import cache

from kerma.demo.screens import old_scanners
from kerma.demo.screens.old_scanners import Examination
from kerma.screens.glyph_set import GlyphSet
from kerma.store.models import CtEvent

AT = dt.datetime.fromisoformat("2012-03-04T10:00")

Doses = list[tuple[float | None, float | None]]
"""CTDIvol and DLP of each row."""


@cache
def toshiba_glyphs() -> GlyphSet:
    """Return the letters of the Toshiba, drawn once."""
    return old_scanners.toshiba_glyphs()


def stored(exam: Examination) -> Doses:
    """Return what is stored of an examination."""
    events = CtEvent.objects.filter(study__study_instance_uid=exam.study_instance_uid)
    return list(events.order_by("ordinal").values_list("ctdivol_mgy", "dlp_mgycm"))


def drawn(exam: Examination) -> Doses:
    """Return what its screens show."""
    return [(row.ctdivol_mgy, row.dlp_mgycm) for row in exam.table.rows]
