"""Read structured report rows by coded concept: the value or "the object does not say"."""

import datetime as dt
from collections.abc import Sequence

from kerma.dicom import codes, units
from kerma.dicom.codes import Key
from kerma.dicom.content import ContentItem, numbers_of, unit_of
from kerma.dicom.dataset import as_datetime, as_number
from kerma.records import Code


def children(item: ContentItem | None, concept: Key) -> Sequence[ContentItem]:
    """Return the items directly under `item` whose concept name is `concept`."""
    return item.find(concept) if item is not None else ()


def child(item: ContentItem | None, concept: Key) -> ContentItem | None:
    """Return the first such item, or None."""
    found = item.find(concept) if item is not None else None
    return found[0] if found else None


def text(item: ContentItem | None, concept: Key) -> str:
    """Return the text of a row, "" if absent."""
    found = child(item, concept)
    return found.text if found else ""


def code(item: ContentItem | None, concept: Key) -> Code | None:
    """Return the coded value of a row; a TEXT where a code belongs gives its meaning only."""
    found = child(item, concept)
    if found is None:
        return None
    coded = found.code
    if coded is not None:
        return coded
    words = found.text
    return Code(meaning=words) if words else None


def meaning(item: ContentItem | None, concept: Key) -> str:
    """Return the meaning of a coded row: the standard's where the code is known."""
    return codes.meaning(code(item, concept))


def code_key(item: ContentItem | None, concept: Key) -> Key | None:
    """Return the coded value of a row as a key to compare, None if absent."""
    found = code(item, concept)
    return codes.key(found.value, found.scheme) if found else None


def uid(item: ContentItem | None, concept: Key) -> str:
    """Return the UID of a row, "" if absent."""
    found = child(item, concept)
    return found.uid if found else ""


def datetime(item: ContentItem | None, concept: Key) -> dt.datetime | None:
    """Return the local time of a DATETIME row, None if absent or unreadable."""
    return as_datetime(text(item, concept))


def numbers(item: ContentItem | None, concept: Key, unit: str) -> tuple[float, ...]:
    """Return all values of a NUM row in `unit`, whether in one item, several items or one DS.

    An absent unit is the template's own, noted. Text where a number belongs is left out, noted.

    Raises
    ------
    ContentError
        If a dose is in a unit that is not known: guessing would change it.
    """
    return tuple(value for row in children(item, concept) for value in values(row, unit))


def number(item: ContentItem | None, concept: Key, unit: str) -> float | None:
    """Return the first value of a NUM row in `unit`, None if absent; as `numbers`."""
    if item is None:
        return None
    for row in item.find(concept):
        found = number_of(row, unit)
        if found is not None:
            return found
    return None


def number_of(row: ContentItem, unit: str) -> float | None:
    """Return the first value of this NUM item in `unit`, None if it has none; as `numbers`."""
    for measured in row.measured:
        values = numbers_of(measured)
        converted = _converted(row, values, unit_of(measured), unit) if values else []
        if converted:
            if len(converted) > 1:
                _note(row, f"{_name(row)} has several values; the first is kept.")
            return converted[0]
    return next(iter(_written(row, unit)), None)


def values(row: ContentItem, unit: str) -> tuple[float, ...]:
    """Return the values of one NUM row in `unit`; as `numbers`."""
    found: list[float] = []
    for measured in row.measured:
        said = numbers_of(measured)
        if said:
            found.extend(_converted(row, said, unit_of(measured), unit))
    return tuple(found or _written(row, unit))


def _written(row: ContentItem, unit: str) -> list[float]:
    """Return the number of a TEXT item that stands where a NUM belongs, e.g. "81 kV"."""
    if row.value_type != "TEXT":
        return []
    number, _, given = row.text.partition(" ")
    value = as_number(number)
    return [] if value is None else _converted(row, [value], given.strip(), unit)


def _converted(row: ContentItem, values: list[float], given: str, wanted: str) -> list[float]:
    factor = units.factor(given, wanted)
    if factor == 1.0:
        if not given and wanted != "1":
            _note(row, f"{_name(row)} has no unit; read as {wanted}.")
        return values
    if factor is not None:
        return [float(f"{value * factor:.12g}") for value in values]
    if units.is_dose(wanted):
        raise units.unreadable(_name(row), given, wanted)
    _note(row, f"{_name(row)} is in {given!r}, which cannot be read as {wanted}; left out.")
    return []


def _name(row: ContentItem) -> str:
    named = row.concept_code
    return codes.meaning(named) if named else "A value"


def _note(row: ContentItem, sentence: str) -> None:
    if sentence not in row.notes:
        row.notes.append(sentence)
