"""The health of the site: a page for administrators, two addresses for monitoring programs."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kerma.health import Fact, State, look
from kerma.health.base import Looked, worst
from kerma.store import tokens
from kerma.web.access import groups

_STATE_WORDS = {
    State.OK: "Well",
    State.NOTICE: "Notice",
    State.WARN: "See to it",
    State.OVER: "Does not work",
}


@require_safe
@groups("admin")
def health(request: HttpRequest) -> HttpResponse:
    """Show every area with its facts, and above them what should be done."""
    looked = list(look())
    to_do = [
        (fact, address_of(fact))
        for fact in sorted(_facts(looked), key=lambda fact: fact.state != State.OVER)
        if fact.advice
    ]
    context = {
        "looked": [(one, _STATE_WORDS[one.state]) for one in looked],
        "to_do": to_do,
        "now": timezone.localtime(),
    }
    part = bool(getattr(request, "htmx", False))
    return render(request, "web/health_part.html" if part else "web/health.html", context)


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Say that the pages answer; nothing else is told to strangers."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """Give every fact to a program that shows a token; status 503 where something does not work."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or tokens.check(given.strip()) is None:
        answer = JsonResponse({"error": "Show a token: Authorization: Bearer …"}, status=401)
        answer.headers["WWW-Authenticate"] = 'Bearer realm="Kerma"'
        return answer
    looked = list(look())
    found = worst(_facts(looked))
    body: dict[str, Any] = {
        "state": found,
        "areas": {
            one.area.name: {
                "state": one.state,
                "facts": {
                    fact.name: {
                        "label": fact.label,
                        "value": fact.value,
                        "state": fact.state,
                        "advice": fact.advice,
                    }
                    for fact in one.facts
                },
            }
            for one in looked
        },
    }
    return JsonResponse(body, status=503 if found == State.OVER else 200)


def _facts(looked: list[Looked]) -> list[Fact]:
    return [fact for one in looked for fact in one.facts]


def address_of(fact: Fact) -> str:
    """Return the address of the page where one sees to a fact, "" if there is none."""
    try:
        return reverse(fact.view) if fact.view else ""
    except NoReverseMatch:
        return ""
