"""CT studies whose dose was estimated from the headers of their images, or why it was not."""

from collections.abc import Iterable

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kerma.store import image_studies, options
from kerma.store.models import ImageStudy, Study
from kerma.web.access import BROWSE, groups, may
from kerma.web.configuration import SIZES

_PAGE = 50


@require_safe
@groups(*SIZES)
def listed(request: HttpRequest) -> HttpResponse:
    """List them, of one state if so wanted."""
    counts = image_studies.counts()
    state = request.GET.get("state", "")
    found = ImageStudy.objects.defer("facts", "sealed_head").order_by("-last_at", "-pk")
    if state in ImageStudy.State.values:
        found = found.filter(state=state)
    page = Paginator(found, _PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "state": state,
        "states": [(s.value, s.label, counts.get(s.value, 0)) for s in ImageStudy.State],
        "is_on": options.get("estimate_ct_from_images"),
        "lines": _lines(page.object_list, browses=may(request.user, *BROWSE)),
        "here": request.path,
        "given": f"state={state}" if state else "",
        "administers": may(request.user, "admin"),
    }
    return render(request, "web/estimated_doses.html", context)


def _lines(studies: Iterable[ImageStudy], *, browses: bool) -> list[tuple[ImageStudy, int | None]]:
    """Return the studies, each with the number of its stored study for those who may see it."""
    uids = [study.study_instance_uid for study in studies] if browses else []
    found = Study.objects.filter(study_instance_uid__in=uids, modality="CT")
    stored = dict(found.values_list("study_instance_uid", "pk"))
    return [(study, stored.get(study.study_instance_uid)) for study in studies]
