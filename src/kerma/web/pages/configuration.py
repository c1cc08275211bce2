"""The start of the configuration: all its pages, and the search of settings."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from kerma.web import configuration as settings
from kerma.web.access import groups


@require_safe
@groups("admin")
def configuration(request: HttpRequest) -> HttpResponse:
    """List the pages, or the settings that have the words asked for; a single one is opened."""
    words = request.GET.get("q", "").strip()
    found = settings.find(request.user, words) if words else []
    if len({one.page.view for one in found}) == 1:
        return redirect(found[0].page.address)
    context = {
        "words": words,
        "found": found,
        "all_sections": settings.sections_for(request.user),
    }
    return render(request, "web/configuration.html", context)
