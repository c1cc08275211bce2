"""The search box: a number leads to its study, words to systems and lists."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from kerma.query.columns import HEADINGS
from kerma.query.search import studies_with_number, systems_named
from kerma.web.access import BROWSE, groups, may
from kerma.web.actor import note
from kerma.web.address import Address


@require_safe
@groups(*BROWSE)
def search(request: HttpRequest) -> HttpResponse:
    """Find studies by accession number, UID or, for the pid group, patient ID; systems by name."""
    typed = request.GET.get("q", "").strip()
    if not typed:
        return render(request, "web/search.html", {"q": ""})
    identity = may(request.user, "pid")
    numbers = studies_with_number(typed, identity=identity)
    if identity:
        note(request, "search patients", by=["search box"])
    if len(numbers) == 1:
        return redirect(reverse("study", args=[numbers[0].pk]))
    lists = [
        (heading, Address(modality, (("study_description", typed),)).path())
        for modality, heading in HEADINGS.items()
    ]
    systems = [
        (name, HEADINGS[modality], Address(modality, (("system", str(number)),)).path())
        for number, name, modality in systems_named(typed)
    ]
    context = {"q": typed, "studies": numbers, "lists": lists, "systems": systems}
    return render(request, "web/search.html", context)
