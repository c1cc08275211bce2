"""A selection in, the flags of the studies that meet it out: on columns where that is the same.

Ranges, counts, dates and systems are compared alike by NumPy and the database. Of texts, the
different ones are compared: by the store's own folding where it knows them, else by the database.
Anything else is asked of the tables.
"""

import datetime as dt
import json
from collections.abc import Callable, Sequence

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connection

from kerma.charts.cache.columns import NO_DAY, study_table
from kerma.charts.cache.parts import Array, Flags, Part, contained
from kerma.query import conditions
from kerma.query.selection import NEWEST_FIRST, Given, Selection
from kerma.store.models import System

_MOST_TEXTS = 2000
"""Beyond this number the store compares row by row, and so does not fold alike."""
_EPOCH = dt.date(1970, 1, 1)


def columns_for(selection: Selection) -> list[str]:
    """Return the columns of studies that the filters compare."""
    return [path for given in selection.given if _kind(given) in _COMPARE for path in _paths(given)]


def chosen(selection: Selection, studies: Part) -> Flags:
    """Return which of the studies meet all filters."""
    flags: Flags = np.ones(len(studies.studies), dtype=np.bool_)
    for given in selection.given:
        found = _on_columns(given, studies)
        if found is None:
            return contained(studies.studies, _ids(selection))
        flags &= found
    return flags


def _on_columns(given: Given, studies: Part) -> Flags | None:
    """Return which studies meet one filter, None if only the database can tell."""
    compare = _COMPARE.get(_kind(given))
    if compare is None:
        return None
    return compare(given, studies, studies.columns[_paths(given)[0]])


def _kind(given: Given) -> str:
    """Return how the filter is compared, "" if it is none for columns."""
    one = given.filter
    if one.event_path or not study_table("").columns.keys() >= set(_paths(given)):
        return ""
    return "display_name" if one.path == "system__display_name" else one.kind


def _paths(given: Given) -> list[str]:
    """Return the columns that the filter is of."""
    one = given.filter
    if one.path in {"system", "system__display_name"}:
        return ["system_id"]
    return [path for path in (one.path, one.also) if path]


def _day(given: Given) -> int:
    assert isinstance(given.value, dt.date)
    return (given.value - _EPOCH).days


def _from(given: Given, studies: Part, column: Array) -> Flags:
    found: Flags = column >= _day(given)
    return found


def _until(given: Given, studies: Part, column: Array) -> Flags:
    found: Flags = (column <= _day(given)) & (column != NO_DAY)
    return found


def _min(given: Given, studies: Part, column: Array) -> Flags:
    found: Flags = column >= given.value
    return found


def _max(given: Given, studies: Part, column: Array) -> Flags:
    found: Flags = column <= given.value
    return found


def _count(given: Given, studies: Part, column: Array) -> Flags:
    if given.value == "some":
        return np.asarray(column > 0)
    return np.asarray(column == (0 if given.value == "none" else given.value))


def _system(given: Given, studies: Part, column: Array) -> Flags:
    return np.asarray(column == given.value)


def _display_name(given: Given, studies: Part, column: Array) -> Flags:
    wanted = str(given.value).casefold()
    names = System.objects.values_list("id", "display_name")
    systems = sorted(number for number, name in names if wanted in name.casefold())
    return contained(column, np.array(systems, dtype=np.int64))


def _test(given: Given, studies: Part, column: Array) -> Flags:
    if given.value != "exclude":
        return np.ones(len(column), dtype=np.bool_)
    return np.asarray(column == 0)


def _text(given: Given, studies: Part, column: Array) -> Flags | None:
    flags: Flags = np.zeros(len(column), dtype=np.bool_)
    for path in _paths(given):
        containing = _containing(path, studies.texts[path], str(given.value))
        if containing is None:
            return None
        flags |= containing[studies.columns[path]]
    return flags


def _containing(path: str, texts: list[str], wanted: str) -> Flags | None:
    """Return which texts contain another as the lists find it; None if that is not worth it."""
    if path not in conditions.KNOWN_TEXTS:
        return _like(texts, wanted)
    folded = wanted.casefold()
    found = _where(texts, lambda text: folded in text.casefold())
    return None if found.sum() > _MOST_TEXTS else found


_LIKE = {
    "sqlite": "SELECT key FROM json_each(%s) WHERE value LIKE %s ESCAPE '\\'",
    "postgresql": "SELECT place - 1 FROM unnest(%s::text[]) WITH ORDINALITY AS one (value, place) "
    "WHERE UPPER(value) LIKE UPPER(%s)",
}
"""As Django writes `icontains`, on a list of texts in place of a column."""


def _like(texts: list[str], wanted: str) -> Flags | None:
    """Return which texts the database says contain another."""
    if len(texts) > _MOST_TEXTS or (connection.vendor == "sqlite" and not wanted.isascii()):
        return None
    pattern = f"%{connection.ops.prep_for_like_query(wanted)}%"
    given = json.dumps(texts) if connection.vendor == "sqlite" else texts
    flags: Flags = np.zeros(len(texts), dtype=np.bool_)
    with connection.cursor() as cursor:
        cursor.execute(_LIKE[connection.vendor], [given, pattern])
        flags[[int(row[0]) for row in cursor.fetchall()]] = True
    return flags


def _where(texts: Sequence[str], test: Callable[[str], bool]) -> Flags:
    return np.fromiter((test(text) for text in texts), np.bool_, len(texts))


_COMPARE: dict[str, Callable[[Given, Part, Array], Flags | None]] = {
    "from": _from,
    "until": _until,
    "min": _min,
    "max": _max,
    "count": _count,
    "system": _system,
    "display_name": _display_name,
    "test": _test,
    "text": _text,
}


def _ids(selection: Selection) -> Array:
    """Return the ids of the studies that the database finds, ascending."""
    found = conditions.studies(selection._replace(order=NEWEST_FIRST)).order_by()
    try:
        statement, values = found.values_list("id").query.sql_with_params()
    except EmptyResultSet:
        return np.zeros(0, dtype=np.int64)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        ids = np.fromiter((row[0] for row in cursor.fetchall()), np.int64)
    return np.sort(ids)
