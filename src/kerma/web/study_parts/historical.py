"""Where the doses of a study are from, if no object of the scanner says them."""

from typing import Any

from django.http import HttpRequest

from kerma.extract.ct_estimate import METHOD
from kerma.store.models import HistoricalStudy, ImageStudy, Source, Study
from kerma.web import study_part
from kerma.web.access import may
from kerma.web.configuration import SIZES
from kerma.web.study_part import StudyPart


def _context(request: HttpRequest, study: Study) -> dict[str, Any] | None:
    kinds = study.kinds.splitlines()
    if "estimated" in kinds:
        return _estimated(study)
    if "manual" not in kinds:
        return None
    sops = Source.objects.filter(study=study, kind="manual").values("sop_instance_uid")
    found = HistoricalStudy.objects.select_related("doses__user").defer("doses__log")
    one = found.filter(study_instance_uid=study.study_instance_uid, sop_instance_uid__in=sops)
    entered = one.first()
    if entered is None:
        return {"is_estimated": False}
    doses = entered.doses
    return {
        "is_estimated": False,
        "number": entered.pk,
        "file_name": doses.file_name,
        "by": doses.user.get_username() if doses.user else "",
        "at": doses.made_at,
        "corrects": may(request.user, *SIZES),
    }


def _estimated(study: Study) -> dict[str, Any]:
    rows = ImageStudy.objects.filter(study_instance_uid=study.study_instance_uid)
    reasons = rows.filter(state=ImageStudy.State.STORED).values_list("reasons", flat=True)
    return {"is_estimated": True, "method": METHOD, "notes": [n for r in reasons for n in r]}


study_part.registry.add(StudyPart("historical", 5, "web/study_historical.html", _context))
