"""A response in, the same with the headers that keep foreign content out."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""Every script, style, font and connection is our own file: no inline code, no other host."""


class ContentSecurityPolicy:
    """Middleware that forbids whatever Kerma does not serve itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request and add the headers."""
        response = self._get_response(request)
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=()"
        )
        return response
