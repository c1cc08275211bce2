"""Parts that the page of a study is put together from, below its figures: a file and a template."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import HttpRequest

from kerma.registry import Registry, load_all
from kerma.store.models import Study
from kerma.web import study_parts

_EVENTS = 50
"""Where the events stand among the parts."""


class StudyPart(NamedTuple):
    """One part; `context` returns what its template shows, None where there is nothing to show."""

    name: str
    order: int
    """From the top: alerts 10, reference levels 20, skin dose 30; from 50 on below the events."""
    template: str
    context: Callable[[HttpRequest, Study], dict[str, Any] | None]


class Shown(NamedTuple):
    """A part with what it shows."""

    name: str
    template: str
    part: dict[str, Any]
    is_late: bool
    """Whether it comes below the events."""


registry: Registry[StudyPart] = Registry("part of the page of a study")


def shown(request: HttpRequest, study: Study) -> list[Shown]:
    """Return the parts of a study, in order."""
    load_all(study_parts)
    found = []
    for one in sorted(registry, key=lambda part: part.order):
        context = one.context(request, study)
        if context is not None:
            found.append(Shown(one.name, one.template, context, one.order >= _EVENTS))
    return found
