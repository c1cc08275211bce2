"""The rows of PS3.16 TID 1004, 1021 and 10011 to 10014 that a CT dose report must have.

Written down from the standard (2024e), apart from the writer, to check what it writes.
"""

from typing import Any, NamedTuple

CONTAINS, PROPERTIES = "CONTAINS", "HAS PROPERTIES"
MODIFIER, CONTEXT = "HAS CONCEPT MOD", "HAS OBS CONTEXT"


class Row(NamedTuple):
    """One row: how it hangs on its parent, value type, concept, unit, and the rows below it."""

    relationship: str
    value_type: str
    concept: str
    unit: str = ""
    below: tuple["Row", ...] = ()
    is_optional: bool = False


def _num(concept: str, unit: str, *, optional: bool = False) -> Row:
    return Row(CONTAINS, "NUM", concept, unit, is_optional=optional)


_TUBE = (
    Row(CONTAINS, "TEXT", "113832"),
    _num("113733", "kV"),
    _num("113833", "mA"),
    _num("113734", "mA"),
    _num("113834", "s", optional=True),
)
_PARAMETERS = (
    _num("113824", "s"),
    _num("113825", "mm"),
    _num("113826", "mm"),
    _num("113827", "mm"),
    _num("113828", "{ratio}", optional=True),
    _num("113823", "{X-Ray sources}"),
    Row(CONTAINS, "CONTAINER", "113831", below=_TUBE),
)
_DOSE = (
    _num("113830", "mGy"),
    Row(CONTAINS, "CODE", "113835", is_optional=True),
    _num("113838", "mGy.cm"),
)
_DEVICE = (
    Row(PROPERTIES, "TEXT", "113878"),
    Row(PROPERTIES, "TEXT", "113879"),
    Row(PROPERTIES, "TEXT", "113880", is_optional=True),
)
_EVENT = (
    Row(CONTAINS, "TEXT", "125203", is_optional=True),
    Row(CONTAINS, "CODE", "123014"),
    Row(CONTAINS, "CODE", "113820"),
    Row(CONTAINS, "UIDREF", "113769"),
    Row(CONTAINS, "DATETIME", "111526", is_optional=True),
    Row(CONTAINS, "CONTAINER", "113822", below=_PARAMETERS),
    Row(CONTAINS, "CONTAINER", "113829", below=_DOSE, is_optional=True),
    Row(CONTAINS, "TEXT", "113842", is_optional=True),
    Row(CONTAINS, "TEXT", "121106", is_optional=True),
    Row(CONTAINS, "CODE", "113876", below=_DEVICE),
)
_SUB_TOTAL = Row(MODIFIER, "CODE", "113835")
_ACCUMULATED = (
    _num("113812", "{events}"),
    _num("113813", "mGy.cm"),
    Row(CONTAINS, "NUM", "130745", "mGy.cm", below=(_SUB_TOTAL,), is_optional=True),
)
REPORT = (
    Row(MODIFIER, "CODE", "121058", below=(Row(MODIFIER, "CODE", "363703001"),)),
    Row(CONTEXT, "CODE", "121005"),
    Row(CONTEXT, "UIDREF", "121012"),
    Row(CONTEXT, "TEXT", "121013", is_optional=True),
    Row(CONTEXT, "TEXT", "121014", is_optional=True),
    Row(CONTEXT, "TEXT", "121015", is_optional=True),
    Row(CONTEXT, "DATETIME", "113809"),
    Row(CONTEXT, "DATETIME", "113810"),
    Row(CONTEXT, "CODE", "113705", below=(Row(PROPERTIES, "UIDREF", "110180"),)),
    Row(CONTAINS, "CONTAINER", "113811", below=_ACCUMULATED),
    Row(CONTAINS, "CONTAINER", "113819", below=_EVENT),
    Row(CONTAINS, "CODE", "113854"),
    Row(CONTAINS, "TEXT", "121106", is_optional=True),
)
"""Rows of TID 10011 in their order, which is significant."""


def faults(item: Any, rows: tuple[Row, ...] = REPORT, where: str = "") -> list[str]:
    """Return in which places a content item does not have just these rows, in this order."""
    found: list[str] = []
    concepts = [row.concept for row in rows]
    places: list[int] = []
    for child in item.get("ContentSequence", []):
        concept = child.ConceptNameCodeSequence[0].CodeValue
        path = f"{where}/{concept}"
        if concept not in concepts:
            found.append(f"{path} is in no row")
            continue
        places.append(concepts.index(concept))
        found += _faults_of(child, rows[places[-1]], path)
    found += [
        f"{where}/{row.concept} is missing"
        for place, row in enumerate(rows)
        if place not in places and not row.is_optional
    ]
    return found if places == sorted(places) else [*found, f"{where} is out of order"]


def _faults_of(child: Any, row: Row, path: str) -> list[str]:
    found = []
    if child.RelationshipType != row.relationship:
        found.append(f"{path} is {child.RelationshipType}")
    if child.ValueType != row.value_type:
        found.append(f"{path} is {child.ValueType}")
    measured = child.get("MeasuredValueSequence", [])
    units = [value.MeasurementUnitsCodeSequence[0].CodeValue for value in measured]
    if row.unit and units not in ([], [row.unit]):
        found.append(f"{path} is in {units}")
    return found + faults(child, row.below, path)
