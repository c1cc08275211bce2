"""The systems: which are silent for longer than is their habit."""

from collections.abc import Iterator

from django.utils import timezone

from kerma.health import base
from kerma.health.base import Fact, State
from kerma.query.home import silent
from kerma.query.rhythm import Rhythm
from kerma.store.models import System


def _look() -> Iterator[Fact]:
    found = silent(timezone.localdate())
    total = System.objects.count()
    yield Fact("systems", "Systems that send as usual", f"{total - len(found)} of {total}")
    for number, (name, rhythm) in enumerate(found, 1):
        yield _fact(number, name, rhythm)


def _fact(number: int, name: str, rhythm: Rhythm) -> Fact:
    value = f"silent for {rhythm.pause} days"
    advice = (
        f"{name}: {rhythm.sentence} Ask whether it is in use, and see whether it, the PACS "
        "or the network has changed."
    )
    return Fact(f"system-silent-{number}", name, value, State.WARN, advice, "home")


base.add(base.Area("systems", "Systems", 60, _look))
