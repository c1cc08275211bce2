"""Two old CT scanners of the demo hospital that send their dose as a picture.

The letters of the Toshiba are known, those of the GE are not; one screen contradicts itself, and
one study has no screen but images that give CTDIvol.
"""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils import timezone

from kerma.demo import extra
from kerma.demo.extra import Extra
from kerma.demo.screens import old_scanners
from kerma.demo.screens.old_scanners import TOSHIBA, Examination
from kerma.pipeline.batch import import_all
from kerma.pipeline.find import arrivals
from kerma.screens import glyph_file
from kerma.store import glyph_sets, options
from kerma.store.models import ArrivalRule, ScreenStudy, Study

_FROM = 20
"""A hospital of fewer studies has no old scanners: somebody only wants to see a few objects."""
_WRONG = 999.9
"""Total in mGy·cm that no sum of the rows gives."""


def _give() -> None:
    if ScreenStudy.objects.exists() or Study.objects.count() < _FROM:
        return
    shared = glyph_file.dump(old_scanners.toshiba_glyphs())
    glyph_sets.import_set(glyph_file.load(shared), None, replace=False)
    ArrivalRule.objects.get_or_create(
        kind=ArrivalRule.Kind.COLLECT,
        attribute=ArrivalRule.Attribute.SCANNER,
        pattern=TOSHIBA.manufacturer,
        model=TOSHIBA.model,
    )
    options.put("estimate_ct_from_images", True)
    with TemporaryDirectory(prefix="kerma-demo-") as folder:
        for number, study in enumerate(_studies()):
            for index, data in enumerate(study.files):
                Path(folder, f"{number}-{index:04d}.dcm").write_bytes(data)
        for _ in import_all(arrivals([folder])):
            pass


def _studies() -> Iterator[Examination]:
    for number, days in enumerate((3, 12, 21)):
        yield old_scanners.toshiba_study(number, _at(days, 9 + number))
    yield old_scanners.toshiba_study(3, _at(2, 14), total_mgycm=_WRONG)
    for number, days in enumerate((1, 7)):
        yield old_scanners.ge_study(number, _at(days, 10 + number))
    yield old_scanners.image_study(9, _at(30, 13))


def _at(days: int, hour: int) -> dt.datetime:
    """Return a time of so many days ago."""
    day = timezone.localdate() - dt.timedelta(days=days)
    return dt.datetime.combine(day, dt.time(hour, 17, 3 * hour))


extra.registry.add(Extra("dose-screens", 5, _give))
