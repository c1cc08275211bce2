"""Stored studies and events given the standard names that the mapping of today leads to.

Not study by study: the distinct texts are few, so those whose name is another now are found by
one statement, and then the rows that have them are changed, some thousands in a transaction.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

from kerma.store import changes, known_texts, names
from kerma.store.models import CtEvent, ProjectionEvent, Study
from kerma.store.names import Mapping

_AT_ONCE = 2000
"""Rows changed in a transaction."""
_TEXTS_AT_ONCE = 500

_STUDY_TEXTS = (*names.STUDY_FIELDS, "acquisition_protocols")
_STUDY_NAMES = ("standard_name", "standard_acquisitions")

Tell = Callable[[int], None]
"""Called with the number of rows changed so far, between transactions; may raise to stop."""


class Renamed(NamedTuple):
    """How many rows got another name."""

    studies: int
    events: int


def apply_all(tell: Tell = lambda _: None) -> Renamed:
    """Give every stored study and event its name of today; harmless to repeat or to stop."""
    mapping = names.read()
    events = 0
    for model in (CtEvent, ProjectionEvent):
        for changed in _apply_to_events(model, mapping):
            events += changed
            tell(events)
    studies = 0
    for changed in _apply_to_studies(mapping):
        studies += changed
        tell(events + studies)
    return Renamed(studies, events)


def _apply_to_studies(mapping: Mapping) -> Iterator[int]:
    """Yield how many studies were changed by each transaction."""
    found = Study.objects.order_by().values_list("modality", *_STUDY_TEXTS, *_STUDY_NAMES)
    for row in list(found.distinct()):
        known = dict(zip(("modality", *_STUDY_TEXTS, *_STUDY_NAMES), row, strict=True))
        wanted = mapping.of_study(known)
        if any(known[name] != wanted[name] for name in _STUDY_NAMES):
            yield from _rename_studies(known, wanted)


def _rename_studies(known: dict[str, Any], wanted: dict[str, str]) -> Iterator[int]:
    """Give the studies with these texts and names other names."""
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            ids = list(Study.objects.filter(**known).values_list("pk", flat=True)[:_AT_ONCE])
            if not ids:
                return
            changed = Study.objects.filter(pk__in=ids, **known).update(**wanted)
            known_texts.note(cursor, [{**dict.fromkeys(known_texts.FIELDS, ""), **wanted}])
            changes.note(cursor, ids, derived=True)
        yield changed


def _apply_to_events(model: type[Model], mapping: Mapping) -> Iterator[int]:
    """Yield how many events of a table were changed by each transaction."""
    found = model._default_manager.order_by()
    if model is CtEvent:
        triples = [("CT", *pair) for pair in found.values_list(*_EVENT_NAMES).distinct()]
    else:
        triples = list(found.values_list("modality", *_EVENT_NAMES).distinct())
    wanted: dict[tuple[str, str], str] = {}
    for kind, protocol, name in triples:
        now = mapping.acquisition(kind, protocol)
        if now != name:
            wanted[kind, protocol] = now
    for part in _parts(wanted.items()):
        yield from _rename_events(model, dict(part))


_EVENT_NAMES = ("acquisition_protocol", "standard_name")


def _rename_events(model: type[Model], wanted: dict[tuple[str, str], str]) -> Iterator[int]:
    """Go through the table once and give the events with these protocols their names."""
    after = 0
    protocols = sorted({protocol for _, protocol in wanted})
    kind = ("modality",) if model is ProjectionEvent else ()
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            rows = list(
                model._default_manager.filter(pk__gt=after, acquisition_protocol__in=protocols)
                .order_by("pk")
                .values_list("pk", "study_id", *_EVENT_NAMES, *kind)[:_AT_ONCE]
            )
            if not rows:
                return
            after = rows[-1][0]
            changed = _rename(cursor, model, rows, wanted)
        yield changed


def _rename(
    cursor: CursorWrapper,
    model: type[Model],
    rows: list[tuple[Any, ...]],
    wanted: dict[tuple[str, str], str],
) -> int:
    by_name: dict[str, list[int]] = {}
    studies: set[int] = set()
    for pk, study_id, protocol, name, *kind in rows:
        now = wanted.get((kind[0] if kind else "CT", protocol), name)
        if now != name:
            by_name.setdefault(now, []).append(pk)
            studies.add(study_id)
    for name, ids in by_name.items():
        model._default_manager.filter(pk__in=ids).update(standard_name=name)
    changes.note(cursor, sorted(studies), derived=True)
    return sum(len(ids) for ids in by_name.values())


def _parts(items: Iterable[Any]) -> Iterator[list[Any]]:
    every = list(items)
    for start in range(0, len(every), _TEXTS_AT_ONCE):
        yield every[start : start + _TEXTS_AT_ONCE]
