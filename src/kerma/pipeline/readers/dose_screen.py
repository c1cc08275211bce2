"""Studies of scanners without reports are read from their dose screens."""

import logging
from pathlib import Path

from kerma.pipeline import collected
from kerma.pipeline.screens import settle
from kerma.store.models import CollectedStudy

_log = logging.getLogger("kerma.import")


def _read(folder: Path) -> None:
    study = CollectedStudy.objects.filter(folder=folder.name).first()
    if study is not None:
        outcome = settle.take(study.study_instance_uid, folder)
        _log.info("Dose screens %s: %s", outcome.outcome, outcome.reason or "read")


collected.add(collected.Reader("dose screen", lambda study: True, _read))
