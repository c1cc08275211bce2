"""The yearly report of reference levels as a PDF file."""

from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from kerma.exports.level_report import report
from kerma.web.access import BROWSE, groups
from kerma.web.actor import note
from kerma.web.level_asked import read


@require_safe
@groups(*BROWSE)
def level_report(request: HttpRequest) -> HttpResponse:
    """Make the report of what the page of typical values shows."""
    asked = read(request.GET.dict())
    made = report(asked.asked)
    note(request, "export level report", modality=asked.asked.modality, year=asked.year)
    response = HttpResponse(made.content, content_type="application/pdf")
    name = slugify(f"reference-levels-{asked.asked.modality}-{asked.year}-{made.system}")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response
