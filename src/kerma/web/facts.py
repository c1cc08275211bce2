"""A record in, every value it holds as heading and words out."""

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import fields

from kerma.query.labels import label
from kerma.records import Code
from kerma.web import formats


class Fact(NamedTuple):
    """One value with its heading."""

    heading: str
    text: str


def facts(record: Struct | None, leave_out: Collection[str] = ()) -> list[Fact]:
    """Return the values the object gives, in the record's order; parts of it are left out."""
    return list(_facts(record, leave_out)) if record is not None else []


def _facts(record: Struct, leave_out: Collection[str]) -> Iterator[Fact]:
    for field in fields(type(record)):
        value = getattr(record, field.name)
        if field.name in leave_out or value is None or value in ("", (), {}):
            continue
        heading, unit = label(field.name)
        text = words(value)
        if text:
            yield Fact(heading, f"{text}{formats.THIN}{unit}" if unit and unit != "years" else text)


def words(value: Any) -> str:
    """Return any value of a record as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return formats.number(value, 6)
    if isinstance(value, dt.datetime):
        return f"{formats.day(value)} {formats.second(value)}"
    if isinstance(value, dt.date):
        return formats.day(value)
    if isinstance(value, dt.time):
        return formats.second(value)
    if isinstance(value, Code):
        return f"{value.meaning} ({value.value}, {value.scheme})".strip()
    if isinstance(value, Struct):
        return ", ".join(f"{within(fact.heading)} {fact.text}" for fact in facts(value))
    if isinstance(value, dict):
        return "; ".join(f"{name}: {words(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return _joined(value)
    return formats.text(str(value))


def within(heading: str) -> str:
    """Return a heading as it stands within a sentence: abbreviations keep their capitals."""
    return heading if heading[:2].isupper() else heading[:1].lower() + heading[1:]


def _joined(values: list[Any] | tuple[Any, ...]) -> str:
    """Return values with commas between, records with semicolons."""
    mark = "; " if values and isinstance(values[0], Struct) else ", "
    return mark.join(words(one) for one in values)
