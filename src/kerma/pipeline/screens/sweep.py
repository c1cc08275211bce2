"""What has outlived its time among the dose screens goes."""

import datetime as dt
import shutil
import time

from django.db import transaction

from kerma.pipeline.screens import build, stock
from kerma.store import options, screens
from kerma.store.models import ScreenPicture, ScreenStudy

_ORPHAN_S = 30 * 24 * 3600
"""Seconds after which headers go of images whose study never had a dose screen."""
_AT_ONCE = 500


def sweep() -> int:
    """Remove what nobody needs any more; return of how many studies.

    Screens that wait while a report has come; what a process that was killed has left; pictures
    of a site that keeps none; those that a person put away, after the days of the quarantine.
    """
    return _needless() + _unfinished() + _rejected() + _orphans()


def _needless() -> int:
    waiting = ScreenStudy.objects.filter(state__in=screens.WAITING).order_by("pk")
    gone = 0
    for study in waiting.iterator(chunk_size=_AT_ONCE):
        uid = study.study_instance_uid
        if not study.sop_instance_uid and screens.has_report(uid):
            with transaction.atomic():
                screens.forget(uid)
            stock.drop(uid)
            gone += 1
    return gone


def _unfinished() -> int:
    """Let go of objects, or pictures, of stored studies, as was due when they were stored."""
    due = ScreenStudy.objects.filter(state=ScreenStudy.State.STORED)
    left = ScreenPicture.objects.exclude(sealed_object="")
    if not options.get("keep_screens"):
        left = ScreenPicture.objects.exclude(sealed_object="", sealed_picture="")
    found = list(due.filter(pk__in=left.values("study")))
    for study in found:
        build.tidy_up(study)
    return len(found)


def _rejected() -> int:
    before = dt.datetime.now(dt.UTC) - dt.timedelta(days=options.get("quarantine_days"))
    old = ScreenStudy.objects.filter(state=ScreenStudy.State.REJECTED, changed_at__lt=before)
    left = ScreenPicture.objects.exclude(sealed_object="", sealed_picture="")
    found = list(old.filter(pk__in=left.values("study")))
    for study in found:
        build.let_go(study)
    return len(found)


def _orphans() -> int:
    """Let go of images whose study has no screen and needs none, or none came in time."""
    gone = 0
    for folder in list(stock.folders()):
        is_old = time.time() - stock.modified_at(folder) > _ORPHAN_S
        if (is_old or screens.has_report(folder.name)) and not _is_known(folder.name):
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone


def _is_known(name: str) -> bool:
    pictures = ScreenPicture.objects.filter(sealed_picture__startswith=f"{name}/")
    return ScreenStudy.objects.filter(study_instance_uid=name).exists() or pictures.exists()
