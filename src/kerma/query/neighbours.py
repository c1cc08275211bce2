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
    after = _after(selection, study)
    found = studies(selection).filter(after).order_by(*ordering(selection))
    return found.values_list("id", flat=True).first()


def _after(selection: Selection, study: Study) -> Q:
    """Return the condition "comes after `study` in the order" (column, date and time, id)."""
    path = selection.column.path
    greater = "lt" if selection.descending else "gt"
    value = _value(study, selection.column)
    same_date = Q(date_time=study.date_time)
    later = Q(**{f"date_time__{greater}": study.date_time}) | (
        same_date & Q(**{f"id__{greater}": study.pk})
    )
    if path == "date_time":
        return later
    return _beyond(path, value, greater) | (Q(**_equals(path, value)) & later)


def _beyond(path: str, value: object, greater: str) -> Q:
    """Return the condition on the ordering column; empty values are the least of all."""
    if value is None:
        return Q(**{f"{path}__isnull": False}) if greater == "gt" else Q(pk__in=())
    condition = Q(**{f"{path}__{greater}": value})
    return condition | Q(**{f"{path}__isnull": True}) if greater == "lt" else condition


def _equals(path: str, value: object) -> dict[str, object]:
    return {f"{path}__isnull": True} if value is None else {path: value}


def _value(study: Study, column: Column) -> object:
    """Return what the ordering column holds for the study."""
    if column.kind == "level":
        found = greatest(study.modality, vars(study))
        return found.share if found else 0.0
    value: object = study
    for name in column.path.split("__"):
        value = getattr(value, name)
    return value
