"""Computed doses beside those of the object, each with how it was found or why there is none."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.http import HttpRequest

from kerma.store.models import Administration, CtEvent, ProjectionEvent, Study
from kerma.web import formats, study_part
from kerma.web.access import may
from kerma.web.facts import Fact
from kerma.web.study_part import StudyPart

_FEW = 100


class Quantity(NamedTuple):
    """One kind of computed dose."""

    name: str
    """Its key in `computed`."""
    heading: str
    unit: str
    computed: str
    """Column of the event."""
    reported: str
    """Column of what the object says itself."""


_SSDE = Quantity("ssde", "SSDE", "mGy", "computed_ssde_mgy", "ssde_mgy")
_DOSE = Quantity(
    "effective_dose",
    "Effective dose",
    "mSv",
    "computed_effective_dose_msv",
    "effective_dose_msv",
)
_AGD = Quantity("agd", "AGD", "mGy", "computed_agd_mgy", "agd_mgy")
_OF = {"CT": (_SSDE, _DOSE), "NM": (_DOSE,), "MG": (_AGD,)}
_EVENTS = {"CT": CtEvent, "NM": Administration, "MG": ProjectionEvent}


class Cell(NamedTuple):
    """One computed value of one event."""

    quantity: Quantity
    id: str
    value: str
    is_reported: bool
    """Whether any event of the study has a reported value."""
    reported: str
    difference: str
    reason: str
    how: list[Fact]


class Line(NamedTuple):
    """One event."""

    number: int
    name: str
    cells: list[Cell]


class Whole(NamedTuple):
    """What is said of the study as a whole."""

    quantity: Quantity
    value: str
    reported: str
    reason: str
    how: list[Fact]


def _context(request: HttpRequest, study: Study) -> dict[str, Any] | None:
    shown = [q for q in _OF.get(study.modality, ()) if q.name in study.computed]
    if not shown:
        return None
    stored = _EVENTS[study.modality]._default_manager.filter(study=study).order_by("ordinal")
    events: list[Any] = list(stored)
    reported = {q for q in shown if any(getattr(e, q.reported) is not None for e in events)}
    lines = [_line(event, shown, reported) for event in events if event.computed]
    return {
        "quantities": [(quantity, quantity in reported) for quantity in shown],
        "wholes": [_whole(study, quantity) for quantity in shown],
        "lines": lines[:_FEW],
        "left_out": max(0, len(lines) - _FEW),
        "compares": bool(reported),
        "has_effective_dose": _DOSE in shown,
        "administers": may(request.user, "admin"),
    }


def _line(event: Any, shown: list[Quantity], reported: set[Quantity]) -> Line:
    named = getattr(event, "acquisition_protocol", "") or getattr(event, "view", "")
    agent = getattr(event, "radiopharmaceutical_agent", "")
    name = named or formats.text(agent or getattr(event, "radiopharmaceutical", ""))
    return Line(event.ordinal, name, [_cell(event, one, one in reported) for one in shown])


def _cell(event: Any, quantity: Quantity, is_reported: bool) -> Cell:
    outcome = event.computed.get(quantity.name, {})
    value, reported = getattr(event, quantity.computed), getattr(event, quantity.reported)
    return Cell(
        quantity,
        f"{quantity.name}-{event.ordinal}",
        formats.number(value),
        is_reported,
        formats.number(reported),
        _difference(value, reported),
        formats.text(outcome.get("reason", "")),
        how(outcome),
    )


def _difference(value: float | None, reported: float | None) -> str:
    """Return by how much a computed value differs from the reported one, "+5 %"."""
    if value is None or not reported:
        return ""
    percent = round((value / reported - 1) * 100)
    return f"{percent:+d}{formats.THIN}%".replace("-", "−") if percent else "equal"


def _whole(study: Study, quantity: Quantity) -> Whole:
    outcome = study.computed[quantity.name]
    is_sum = quantity is _DOSE
    return Whole(
        quantity,
        formats.number(study.computed_effective_dose_msv) if is_sum else "",
        formats.number(study.effective_dose_msv) if is_sum else "",
        formats.text(outcome.get("reason", "")),
        how(outcome),
    )


def how(outcome: Mapping[str, Any]) -> list[Fact]:
    """Return how a value was found, for people: method, set, source, then the inputs."""
    parts = {
        "Method": outcome.get("method", ""),
        "Coefficients": outcome.get("set", ""),
        "Source": outcome.get("source", ""),
        **{_capital(name): text for name, text in outcome.get("inputs", {}).items()},
        "Note": outcome.get("note", ""),
    }
    return [Fact(heading, formats.text(str(text))) for heading, text in parts.items() if text]


def _capital(words: str) -> str:
    """Return an input as a heading; symbols of one letter stay as they are."""
    return words if len(words) < 2 else words[0].upper() + words[1:]


study_part.registry.add(StudyPart("computed", 60, "web/study_computed.html", _context))
