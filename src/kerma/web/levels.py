"""A request in, the alert levels read at most once while it is answered."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from kerma.query import levels


class LevelsOnce:
    """Middleware by which all cells of a page share one reading of the levels."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        with levels.remembered():
            return self._get_response(request)
