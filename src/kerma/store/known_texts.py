"""The texts that occur in the columns people search: few, where the studies are many."""

from django.db import transaction
from django.db.backends.utils import CursorWrapper

from kerma.store.study_rows import Row

FIELDS = (
    "study_description",
    "requested_procedure",
    "procedure",
    "station_name",
    "acquisition_protocols",
    "physician",
    "standard_name",
    "standard_acquisitions",
)
"""Columns of Study whose texts are known; for a search by "contains"."""

_INSERT = """
INSERT INTO store_knowntext (field, text, folded) VALUES (%s, %s, %s)
ON CONFLICT (field, text) DO NOTHING
"""
_LIMIT = 100_000

_seen: set[tuple[str, str]] = set()
"""What this process has committed, so that it need not ask the database again."""


def note(cursor: CursorWrapper, rows: list[Row]) -> None:
    """Make the texts of `rows` known, once these rows are saved."""
    pairs = {(field, row[field]) for row in rows for field in FIELDS if row[field]}
    new = sorted(pairs - _seen)
    if new:
        cursor.executemany(_INSERT, [(field, text, text.casefold()) for field, text in new])
        transaction.on_commit(lambda: _remember(new))


def forget_seen(**signal: object) -> None:
    """Ask the database again, because its rows may be gone."""
    _seen.clear()


def _remember(pairs: list[tuple[str, str]]) -> None:
    if len(_seen) > _LIMIT:
        _seen.clear()
    _seen.update(pairs)
