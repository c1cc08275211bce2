"""A request in, the way its user writes dates known to `kerma.web.formats` while it is answered."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from kerma.web import formats, preferences


class OwnDates:
    """Middleware that lets every page write dates as its user chose.

    The choice is read when the first date is written, so a page without dates asks nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        with formats.dates_as(lambda: preferences.of(request.user).dates):
            return self._get_response(request)
