"""Filling what one record does not say from another that does."""

from collections.abc import Iterable
from typing import TypeVar

from msgspec.structs import replace

from kerma.records.base import Record

R = TypeVar("R", bound=Record)
T = TypeVar("T")


def is_empty(value: object) -> bool:
    """Whether `value` means "the object does not say": None, "" or an empty collection."""
    return value is None or (not value and isinstance(value, str | tuple | dict))


def fill(record: R, others: Iterable[R], *, but: frozenset[str] = frozenset()) -> R:
    """Return `record` with its empty fields taken from the first of `others` that says them.

    `but` names fields that are never filled.
    """
    open_fields = [
        name
        for name in record.__struct_fields__
        if name not in but and is_empty(getattr(record, name))
    ]
    found: dict[str, object] = {}
    for other in others:
        if not open_fields:
            break
        said = {n: v for n in open_fields if not is_empty(v := getattr(other, n))}
        if said:
            found |= said
            open_fields = [name for name in open_fields if name not in said]
    return replace(record, **found) if found else record


def distinct(values: Iterable[T]) -> tuple[T, ...]:
    """Return each value once, in the order of first appearance."""
    return tuple(dict.fromkeys(values))
