"""Studies of scanners without reports, imported from files as a site would."""

import datetime as dt
from functools import cache
from pathlib import Path

from kerma.demo.screens import old_scanners
from kerma.demo.screens.old_scanners import Examination
from kerma.demo.screens.typist import typed
from kerma.net import every_job
from kerma.pipeline.screens.folder import read_folders
from kerma.screens.glyph_set import GlyphSet
from kerma.store import glyph_sets
from kerma.store.engine import run
from kerma.store.models import ScreenStudy, Task

every_job.load()  # as the pages do that ask for background work

AT = dt.datetime.fromisoformat("2012-03-04T10:00:00")
WRONG_MGYCM = 999.9
"""A total that no study has."""


@cache
def toshiba_glyphs() -> GlyphSet:
    """Return the glyphs of the Toshiba, drawn once."""
    return old_scanners.toshiba_glyphs()


def teach_toshiba() -> None:
    """Let the letters of the Toshiba be known."""
    glyph_sets.import_set(toshiba_glyphs(), None, replace=False)


@cache
def ge_glyphs(number: int) -> GlyphSet:
    """Return what a person would type for the letters of the GE's study of this number."""
    scanner = old_scanners.GE
    known = GlyphSet(
        name="typed",
        manufacturer=scanner.manufacturer,
        model=scanner.model,
        software_versions=scanner.software_versions,
    )
    for screen in old_scanners.ge_screens(number, AT):
        known = typed(screen, known)
    return known


def take(folder: Path, examination: Examination) -> ScreenStudy:
    """Import the files of a study, and return its dose screens."""
    within = folder / examination.study_instance_uid
    within.mkdir()
    for number, data in enumerate(examination.files):
        (within / f"{number}.dcm").write_bytes(data)
    list(read_folders([str(within)]))
    return ScreenStudy.objects.get(study_instance_uid=examination.study_instance_uid)


def work() -> None:
    """Do the tasks that wait, as a worker would."""
    for number in Task.objects.filter(state=Task.State.QUEUED).values_list("pk", flat=True):
        run(number)
