"""What was read of dose screens in, the columns that hold it out, and back; no name in the open.

Text that may name the patient is left out. Shapes that nobody has named yet may be the letters of
his name, each in its place: they are encrypted, and go once nobody has to name them.
"""

from typing import Any

import msgspec
from msgspec.structs import replace

from kerma.screens.page import Seen
from kerma.screens.reading import Doubt, Reading, ScreenTable
from kerma.store.sealing import NotOurs, seal_text, unseal_text

_SEALED = "sealed_unknown"
"""Key of the unknown shapes."""
_CANNOT_BE_OPENED = (
    "The shapes of this study cannot be opened: the site's identity key is another. "
    "Import its screens again."
)


def as_json(record: Reading | ScreenTable) -> dict[str, Any]:
    """Return a record as it is stored; no text of it may name the patient."""
    if isinstance(record, ScreenTable):
        made: dict[str, Any] = msgspec.to_builtins(without_identity(record))
        return made
    found: dict[str, Any] = msgspec.to_builtins(_nameless(record))
    if record.unknown:
        shapes = msgspec.json.encode(record.unknown).decode()
        found[_SEALED] = seal_text(shapes)
    return found


def reading(stored: dict[str, Any]) -> Reading:
    """Return what was read, with the unknown shapes if they are still there."""
    given = {name: value for name, value in stored.items() if name != _SEALED}
    found = msgspec.convert(given, Reading)
    if _SEALED not in stored:
        return found
    try:
        shapes = unseal_text(stored[_SEALED])
    except NotOurs:
        return replace(found, trouble=_CANNOT_BE_OPENED)
    return replace(found, unknown=msgspec.json.decode(shapes, type=tuple[tuple[int, Seen], ...]))


def without_shapes(stored: dict[str, Any]) -> dict[str, Any]:
    """Return a stored reading without the shapes that nobody has to name any more."""
    return {name: value for name, value in stored.items() if name not in (_SEALED, "unknown")}


def without_identity(table: ScreenTable) -> ScreenTable:
    """Return the table without what may name the patient: free text and lines not understood."""
    strange = tuple(replace(cell, text="") for cell in table.strange)
    return replace(table, patient_id="", comment="", strange=strange)


def _nameless(record: Reading) -> Reading:
    before = record.before and without_identity(record.before)
    if record.table is None:
        return replace(record, unknown=(), before=before)
    doubts = tuple(_without_strange(doubt, record.table) for doubt in record.doubts)
    table = without_identity(record.table)
    return replace(record, table=table, doubts=doubts, unknown=(), before=before)


def _without_strange(doubt: Doubt, table: ScreenTable) -> Doubt:
    cells = (replace(cell, text="") if cell in table.strange else cell for cell in doubt.cells)
    return replace(doubt, cells=tuple(cells))
