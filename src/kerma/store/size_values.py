"""Heights and weights from elsewhere than the objects, put into the row of a study."""

from typing import NamedTuple

from django.db.backends.utils import CursorWrapper

from kerma.store.study_rows import Row


class Entry(NamedTuple):
    """One height and weight; None is left as it is."""

    height_m: float | None
    weight_kg: float | None
    overwrite: bool


_ENTRIES = """
SELECT height_m, weight_kg, overwrite FROM store_sizeentry
 WHERE study_instance_uid = %s ORDER BY id
"""


def entries(cursor: CursorWrapper, study_instance_uid: str) -> list[Entry]:
    """Return what was entered for a study, in the order it was."""
    cursor.execute(_ENTRIES, [study_instance_uid])
    return [Entry(*row) for row in cursor.fetchall()]


def fill(row: Row, given: list[Entry]) -> None:
    """Put the entries into `row`: where it says nothing, or above what it says if so wanted."""
    for entry in given:
        for name in ("height_m", "weight_kg"):
            value = getattr(entry, name)
            if value is not None and (entry.overwrite or row[name] is None):
                row[name] = value
