"""A selection in, its rows page by page, its count and its statistics out."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from django.db.models import Sum

from kerma.query.columns import Column
from kerma.query.conditions import ordering, studies
from kerma.query.selection import NEWEST_FIRST, Selection
from kerma.store.models import DailyCount, Study

Row = dict[str, Any]
"""Path of a column -> its value; always with `id`."""


class Page(NamedTuple):
    """The rows of one page, and whether there are more after it."""

    rows: list[Row]
    number: int
    size: int
    has_more: bool


def page(selection: Selection, paths: Sequence[str], *, number: int, size: int) -> Page:
    """Return page `number` (from 1) with the values of `paths`.

    The ids of the page come first, from an index alone where there is one, the values after.
    """
    start = (number - 1) * size
    found = studies(selection).order_by(*ordering(selection)).values_list("id", flat=True)
    ids = list(found[start : start + size + 1])
    return Page(values(ids[:size], paths), number, size, len(ids) > size)


def values(ids: Sequence[int], paths: Sequence[str]) -> list[Row]:
    """Return the values of the studies in the order of `ids`."""
    wanted = tuple(dict.fromkeys(("id", *paths)))
    rows = {row["id"]: row for row in Study.objects.filter(pk__in=ids).values(*wanted)}
    return [rows[one] for one in ids if one in rows]


def count(selection: Selection) -> int:
    """Return the exact number of studies; without reading them where days and systems suffice."""
    if all(given.filter.kind in {"from", "until", "system"} for given in selection.given):
        return _count_days(selection)
    return studies(selection).count()


def _count_days(selection: Selection) -> int:
    """Return the number of studies from the counts of the days."""
    days = DailyCount.objects.all()
    if selection.modality:
        days = days.filter(modality=selection.modality)
    for given in selection.given:
        comparison = {"from": "study_date__gte", "until": "study_date__lte", "system": "system"}
        days = days.filter(**{comparison[given.filter.kind]: given.value})
    if any(given.filter.kind == "until" for given in selection.given):
        days = days.filter(study_date__gt=dt.date.min)
    return days.aggregate(total=Sum("studies"))["total"] or 0


class Quartiles(NamedTuple):
    """The median and the middle half of a column, in the unit stored, and how many had a value."""

    lower: float
    median: float
    upper: float
    studies: int


Found = dict[str, Quartiles]
"""Name of a column -> its quartiles."""

MOST_READ = 60_000
"""Of more studies not all are read for their quartiles …"""

NEWEST_READ = 20_000
"""… but the newest: enough for a median, and quick in any database."""


def quartiles(selection: Selection, columns: Sequence[Column], *, of_all: bool) -> Found:
    """Return the quartiles of the columns by name; of columns without values nothing.

    They are of all studies, or of the newest `NEWEST_READ`.
    """
    if not columns:
        return {}
    found = studies(selection)
    if not of_all:
        newest = selection._replace(order=NEWEST_FIRST)
        found = studies(newest).order_by(*ordering(newest))[:NEWEST_READ]
    table = np.array(list(found.values_list(*(c.path for c in columns))), dtype=float)
    result = {}
    for index, column in enumerate(columns):
        given = table[:, index][~np.isnan(table[:, index])] if len(table) else table
        if len(given):
            lower, median, upper = np.percentile(given, (25, 50, 75))
            result[column.name] = Quartiles(float(lower), float(median), float(upper), len(given))
    return result
