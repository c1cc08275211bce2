"""A study and the selection one came from in, the studies before and after it out."""

from django.db.models import Q

from kerma.query.columns import Column
from kerma.query.conditions import ordering, studies
from kerma.query.levels import greatest
from kerma.query.selection import Selection
from kerma.store.models import Study


def neighbours(selection: Selection, study: Study) -> tuple[int | None, int | None]:
    """Return the ids of the study before and the study after, None at the ends."""
    return _next(selection, study, backwards=True), _next(selection, study, backwards=False)


def _next(selection: Selection, study: Study, *, backwards: bool) -> int | None:
    """Return the id of the next study, walking from `study` along the order."""
    if backwards:
        name = selection.order
        selection = selection._replace(order=name[1:] if name.startswith("-") else f"-{name}")
    for condition in _after(selection, study):
        found = studies(selection).filter(condition).order_by(*ordering(selection))
        if (number := found.values_list("id", flat=True).first()) is not None:
            return number
    return None


def _after(selection: Selection, study: Study) -> list[Q]:
    """Return what comes after `study` in the order (column, date and time, id), in steps.

    Each step is one stretch of an index: the same value, then beyond it, then (downwards) those
    without a value, for empty values are the least of all.
    """
    path, value = selection.column.path, _value(study, selection.column)
    greater = "lt" if selection.descending else "gt"
    same_or = Q(**{f"date_time__{greater}e": study.date_time})
    later = same_or & (
        Q(**{f"date_time__{greater}": study.date_time}) | Q(**{f"id__{greater}": study.pk})
    )
    if path == "date_time":
        return [later]
    empty = Q(**{f"{path}__isnull": True})
    if value is None:
        return [empty & later] if greater == "lt" else [empty & later, ~empty]
    steps = [Q(**{path: value}) & later, Q(**{f"{path}__{greater}": value})]
    return [*steps, empty] if greater == "lt" else steps


def _value(study: Study, column: Column) -> object:
    """Return what the ordering column holds for the study."""
    if column.kind == "level":
        found = greatest(study.modality, vars(study))
        return found.share if found else 0.0
    value: object = study
    for name in column.path.split("__"):
        value = getattr(value, name)
    return value
