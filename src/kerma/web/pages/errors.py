"""The pages for what cannot be shown: not for you, not there, our fault."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say which groups may open the page."""
    return render(request, "web/403.html", {"wanted": str(exception)}, status=403)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is no such page."""
    return render(request, "web/404.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """Say that it is our fault, without asking the database for anything."""
    return HttpResponse(
        _FAILED, status=500, headers={"Content-Type": "text/html; charset=utf-8"}
    )


_FAILED = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Something went wrong · Kerma</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="/static/web/kerma.css"></head>
<body><main class="page"><div class="empty"><div>
<h1>Something went wrong</h1>
<p class="lead">This is a fault of Kerma, not yours. It is written to the log with its time.
Nothing was half-saved. Go back and try again; if it happens again, tell your administrator
what you did.</p>
<p><a class="btn" href="/">Go to the home page</a></p>
</div></div></main></body>
</html>
"""
"""Without templates: the fault may lie there."""
