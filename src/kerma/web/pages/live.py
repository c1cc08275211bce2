"""What an open page asks again and again: whether anything was stored since it was made."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from kerma.query.mark import mark
from kerma.web.access import BROWSE, groups


@require_safe
@groups(*BROWSE)
def live(request: HttpRequest) -> HttpResponse:
    """Return a text that changes whenever an object was added to a study."""
    return HttpResponse(mark(), content_type="text/plain")
