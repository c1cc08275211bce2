"""What an administrator should see to: looked at every half minute at most, for the home page."""

from django.core.cache import cache

from kerma.health import Fact, State, look

_KEY = "kerma-trouble"
_KEPT_S = 30
_LEFT_OUT = ("systems", "quarantine")
"""Areas that the home page tells of anyway."""


def trouble() -> list[Fact]:
    """Return the facts that want something done, the worst first."""
    found: list[Fact] | None = cache.get(_KEY)
    if found is None:
        found = [
            fact
            for looked in look()
            if looked.area.name not in _LEFT_OUT
            for fact in looked.facts
            if fact.state in (State.WARN, State.OVER)
        ]
        found.sort(key=lambda fact: fact.state != State.OVER)
        cache.set(_KEY, found, _KEPT_S)
    return found
