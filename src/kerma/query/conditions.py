"""A selection in, the conditions and the order of the database query out."""

import re

from django.db import connection
from django.db.models import Exists, F, FloatField, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce, Greatest

from kerma.query import behind
from kerma.query.levels import levels
from kerma.query.selection import Given, Selection
from kerma.store import known_texts
from kerma.store.identity import searched
from kerma.store.models import KnownText, ProjectionEvent, Study, System

KNOWN_TEXTS = frozenset(known_texts.FIELDS)
"""Columns whose texts are few and known to the store."""


def studies(selection: Selection) -> "QuerySet[Study]":
    """Return the studies selected, not ordered."""
    found = Study.objects.all()
    if selection.modality:
        found = found.filter(modality=selection.modality)
    if selection.column.kind == "level":
        found = found.annotate(**{selection.column.path: _level_share(selection.modality)})
    for given in selection.given:
        found = found.filter(_condition(given))
    for condition in _event_conditions(selection):
        found = found.filter(condition)
    return found


def ordering(selection: Selection) -> list[OrderBy]:
    """Return the order of a selection.

    Empty values are at the small end, and all columns run the same way, so that one index serves
    both ways on any database.
    """
    paths = dict.fromkeys((selection.column.path, "date_time", "id"))
    if selection.descending:
        return [F(path).desc(nulls_last=True) for path in paths]
    return [F(path).asc(nulls_first=True) for path in paths]


def _level_share(modality: str) -> Greatest:
    """Return the greatest share of an alert level, 0 where no value has one."""
    shares = [
        Coalesce(F(name) / Value(level.value), Value(0.0), output_field=FloatField())
        for name, level in levels(modality or "RF").items()
    ]
    nothing = Value(0.0, output_field=FloatField())
    return Greatest(nothing, nothing, *shares)


def _condition(given: Given) -> Q:
    """Return the condition of one filter on the study's own row."""
    one, value = given.filter, given.value
    if one.kind == "text":
        also = contains(one.also, str(value)) if one.also else Q(pk__in=())
        return contains(one.path, str(value)) | also
    if one.kind in _COMPARISONS:
        return Q(**{f"{one.path}__{_COMPARISONS[one.kind]}": value})
    if one.kind == "count":
        return _count(one.path, value)
    if one.kind == "test":
        return Q(not_patient="") if value == "exclude" else Q()
    if one.kind == "system":
        return Q(system_id=value)
    if isinstance(value, behind.Behind):
        return behind.condition(one.path, value)
    return _identity(one.path, str(value))


_COMPARISONS = {"from": "gte", "until": "lte", "min": "gte", "max": "lte"}


def contains(path: str, text: str) -> Q:
    """Return the condition that a text contains another, in upper or lower case.

    Where the texts of a column are few and known, the ones that match are looked up first: an
    index then finds the studies, and all alphabets have upper and lower case.
    """
    if path == "system__display_name":
        return Q(system_id__in=_systems_containing(text))
    if path in KNOWN_TEXTS:
        matching = _texts_containing(path, text)
        if len(matching) <= _MOST_TEXTS:
            return Q(**{f"{path}__in": matching})
    return _like(path, text)


def _like(path: str, text: str) -> Q:
    """Return "contains" row by row; SQLite's LIKE knows upper and lower case of ASCII only."""
    if connection.vendor == "sqlite" and not text.isascii():
        return Q(**{f"{path}__iregex": re.escape(text)})
    return Q(**{f"{path}__icontains": text})


_MOST_TEXTS = 2000
"""More than these are not worth listing in a query."""


def _texts_containing(field: str, text: str) -> list[str]:
    known = KnownText.objects.filter(field=field, folded__contains=text.casefold())
    return list(known.values_list("text", flat=True)[: _MOST_TEXTS + 1])


def _systems_containing(text: str) -> list[int]:
    wanted = text.casefold()
    names = System.objects.values_list("id", "display_name")
    return [number for number, name in names if wanted in name.casefold()]


def _count(path: str, value: object) -> Q:
    if value == "some":
        return Q(**{f"{path}__gt": 0})
    return Q(**{path: 0 if value == "none" else value})


def _identity(path: str, text: str) -> Q:
    """Return the condition on a value that may be stored as a hash: then it must be exact."""
    plain = Q(**{f"{path}_hashed": False}) & _like(path, text)
    return plain | Q(**{f"{path}_hashed": True, f"{path}__in": searched(text)})


def _event_conditions(selection: Selection) -> list[Exists]:
    """Return, for every range of an event's value, that one event lies within both ends."""
    ends: dict[str, Q] = {}
    for given in selection.given:
        if path := given.filter.event_path:
            end = Q(**{f"{path}__{_COMPARISONS[given.filter.kind]}": given.value})
            ends[path] = ends.get(path, Q()) & end
    return [
        Exists(ProjectionEvent.objects.filter(condition, study=OuterRef("pk")))
        for condition in ends.values()
    ]
