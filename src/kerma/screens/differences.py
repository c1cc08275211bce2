"""Two readings of the same screens in, a doubt for each value in which they differ out."""

from collections.abc import Iterator

from msgspec.structs import replace

from kerma.screens.reading import Cell, Doubt, Reading, ScanRow, ScreenTable
from kerma.screens.riddles import NAMES

NAME = "read otherwise"
"""Of the doubts."""
_NO_VALUES = ("cells", "strange", "identity", "patient_id", "comment", "rows", "pages_seen")
_ROW = tuple(name for name in ScanRow.__struct_fields__ if name not in _NO_VALUES)
_TABLE = tuple(name for name in ScreenTable.__struct_fields__ if name not in _NO_VALUES)


def compared(now: Reading, before: ScreenTable) -> Reading:
    """Return a reading that is the same, or one that says in what it differs from what is stored.

    Letters that nobody knows any more are a difference, too: the former reading rested on them.
    """
    table = now.table
    if table is None or now.trouble:
        sentence = "These screens cannot be read any more; the table is stored as it was read once."
        return _doubted(now, before, [Doubt(name=NAME, sentence=sentence)])
    found = list(_differences(before, table))
    if not found and not now.unknown:
        return replace(now, before=None, doubts=())
    return _doubted(now, before, found)


def _doubted(now: Reading, before: ScreenTable, found: list[Doubt]) -> Reading:
    return replace(now, before=before, doubts=(*found, *now.doubts))


def _differences(before: ScreenTable, now: ScreenTable) -> Iterator[Doubt]:
    for name in _TABLE:
        yield from _difference(name, before, now, now.cells, None)
    if len(before.rows) != len(now.rows):
        yield Doubt(
            name=NAME,
            sentence=f"The table is stored with {len(before.rows)} rows and has {len(now.rows)} "
            "as it is read now.",
        )
        return
    for number, (old, new) in enumerate(zip(before.rows, now.rows, strict=True)):
        for name in _ROW:
            yield from _difference(name, old, new, new.cells, number)


def _difference(
    name: str,
    before: ScanRow | ScreenTable,
    now: ScanRow | ScreenTable,
    cells: tuple[Cell, ...],
    row: int | None,
) -> Iterator[Doubt]:
    old, new = getattr(before, name), getattr(now, name)
    if old == new:
        return
    yield Doubt(
        name=NAME,
        sentence=f"{_words(old)} is stored as {_name(name)}; read now is {_words(new)}.",
        row=row,
        cells=tuple(cell for cell in cells if cell.name == name),
    )


def _name(field: str) -> str:
    return NAMES.get(field, f"the {field.replace('_', ' ')}")


def _words(value: object) -> str:
    if value in (None, ""):
        return "nothing"
    return f"{value:g}" if isinstance(value, float) else f"“{value}”"
