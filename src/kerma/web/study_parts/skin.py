"""The skin dose map on the page of a fluoroscopy study."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from kerma.pipeline import skin_dose
from kerma.store import options
from kerma.store.models import SkinMap, Study
from kerma.web import skin_words, study_part
from kerma.web.access import may
from kerma.web.study_part import StudyPart


def _context(request: HttpRequest, study: Study) -> dict[str, Any] | None:
    if study.modality != skin_dose.MODALITY:
        return None
    kept = SkinMap.objects.filter(study=study).first()
    context: dict[str, Any] = {
        "kept": kept,
        "address": reverse("skin", args=[study.pk]),
        "make": reverse("skin-make", args=[study.pk]),
        "made_by_itself": options.get("skin_maps"),
        "administers": may(request.user, "admin"),
    }
    found = skin_dose.stored(kept) if kept is not None else None
    if kept is not None and found is not None:
        context["shown"] = skin_words.shown(found, kept.state)
        context["source"] = reverse("skin-data", args=[study.pk])
        context["regions"] = skin_words.regions(found)
    return context


study_part.registry.add(StudyPart("skin", 30, "web/study_skin.html", _context))
