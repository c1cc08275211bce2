"""That dose screens of a study wait for a person, while something of the study is stored."""

from typing import Any

from django.http import HttpRequest

from kerma.store import screens
from kerma.store.models import Study
from kerma.web import study_part
from kerma.web.access import may
from kerma.web.pages.screens import READERS, address_of
from kerma.web.study_part import StudyPart


def _context(request: HttpRequest, study: Study) -> dict[str, Any] | None:
    waiting = screens.waiting_for(study.study_instance_uid) if study.modality == "CT" else None
    if waiting is None:
        return None
    return {
        "is_read_again": screens.reading_of(waiting).before is not None,
        "address": address_of(waiting) if may(request.user, *READERS) else "",
    }


study_part.registry.add(
    StudyPart("dose-screen-waits", 5, "web/study_dose_screen_waits.html", _context)
)
