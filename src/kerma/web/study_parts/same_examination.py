"""Whether a study may be counted twice: once as it was entered by hand, once from its report."""

from typing import Any

from django.http import HttpRequest

from kerma.store import same_examination
from kerma.store.models import HistoricalStudy, Study
from kerma.web import study_part
from kerma.web.access import may
from kerma.web.configuration import SIZES
from kerma.web.study_part import StudyPart


def _context(request: HttpRequest, study: Study) -> dict[str, Any] | None:
    others = same_examination.candidates(study)
    if not others:
        return None
    is_by_hand = study.kinds == "manual"
    entered = [study] if is_by_hand else others
    uids = [one.study_instance_uid for one in entered]
    removable = HistoricalStudy.objects.filter(study_instance_uid__in=uids)
    return {
        "others": others,
        "is_by_hand": is_by_hand,
        "removable": list(removable.values_list("pk", flat=True)) if may(request.user, *SIZES)
        else [],
    }  # fmt: skip


study_part.registry.add(
    StudyPart("same-examination", 4, "web/study_same_examination.html", _context)
)
