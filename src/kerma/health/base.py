"""What an area of health is: a function that gives facts, each with a state."""

import logging
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from django.db import DatabaseError

from kerma.errors import KermaError
from kerma.registry import Registry

_log = logging.getLogger("kerma.health")


class State(StrEnum):
    """How a thing is; the words are those of the pages' states."""

    OK = "ok"
    NOTICE = "notice"
    """Worth knowing; nothing has to be done."""
    WARN = "warn"
    """Something should be done."""
    OVER = "over"
    """Something does not work."""


class Fact(NamedTuple):
    """One thing about the site."""

    name: str
    """Short and stable, for programs."""
    label: str
    value: str
    """In words."""
    state: State = State.OK
    advice: str = ""
    """A sentence that says what was found and what to do; "" where nothing has to be done."""
    view: str = ""
    """Name of the page where one does it."""


class Area(NamedTuple):
    """Facts that belong together."""

    name: str
    heading: str
    order: int
    look: Callable[[], Iterable[Fact]]


class Looked(NamedTuple):
    """An area with its facts as they are now."""

    area: Area
    facts: list[Fact]

    @property
    def state(self) -> State:
        """The worst state of its facts."""
        return worst(self.facts)


areas: Registry[Area] = Registry("area of health")
add = areas.add

_ORDER = list(State)


def worst(facts: Iterable[Fact]) -> State:
    """Return the worst state of the facts."""
    return max((fact.state for fact in facts), key=_ORDER.index, default=State.OK)


def look(*names: str) -> Iterator[Looked]:
    """Yield every area with its facts, or those of the names; a fault of one stops no other."""
    for area in sorted(areas, key=lambda area: area.order):
        if not names or area.name in names:
            yield Looked(area, _facts(area))


def _facts(area: Area) -> list[Fact]:
    try:
        return list(area.look())
    except DatabaseError as error:
        reason = " ".join(str(error).split())
    except (KermaError, OSError) as error:
        reason = str(error)
    _log.warning("%s could not be looked at: %s", area.heading, reason)
    advice = f"{area.heading} could not be looked at ({reason})."
    return [Fact("looking", area.heading, "unknown", State.OVER, advice)]
