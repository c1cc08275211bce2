"""The yearly report of reference levels: asked for here, made in the background as an export."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from kerma.errors import KermaError
from kerma.pipeline import exporting
from kerma.query.columns import HEADINGS
from kerma.query.conditions import studies
from kerma.query.selection import select
from kerma.web.access import groups
from kerma.web.actor import actor
from kerma.web.level_asked import LevelAddress, read


@require_POST
@groups("export")
def level_report(request: HttpRequest) -> HttpResponse:
    """Ask for the report of what the page of typical values shows, then show how far it is."""
    asked = read(request.POST.dict())
    try:
        _ask(request, asked)
    except KermaError as refusal:
        messages.error(request, str(refusal))
        return redirect(asked.address())
    messages.success(
        request, "The report is asked for. It is made in the background, and lies here when ready."
    )
    return redirect("exports")


def _ask(request: HttpRequest, asked: LevelAddress) -> None:
    """Ask for it, if it will hold anything."""
    if asked.wrong:
        raise KermaError(asked.wrong)
    modality, pairs = asked.asked.modality, asked.pairs
    filters = [
        ("date_from", f"{asked.asked.since}"),
        ("date_until", f"{asked.asked.until}"),
        ("system", pairs.get("system", "")),
        ("test_data", "exclude"),
    ]
    filters = [(name, text) for name, text in filters if text]
    if not studies(select(modality, filters)).exists():
        raise KermaError(
            f"{HEADINGS[modality]} has no studies in {asked.year} to report on. "
            "Choose another year or system."
        )
    each = request.POST.get("files") == "each"
    form = "level-reports" if each else "level-report"
    chosen = {name: pairs.get(name, "") for name in ("level", "by", "kg_min", "kg_max")}
    exporting.ask(actor(request), modality, form, filters, chosen)
