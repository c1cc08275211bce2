"""A database in, all that it says about studies out, without row numbers and clocks."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

_DAILY_COUNTS = """
SELECT modality, system_id, study_date, SUM(studies) AS studies
  FROM store_dailycount GROUP BY modality, system_id, study_date
"""
"""Processes count in rows of their own, so that only the sums say something."""
_TABLES = {
    "store_dailycount": _DAILY_COUNTS,
    **{
        f"store_{name}": f"SELECT * FROM store_{name}"
        for name in (
            "system",
            "device",
            "study",
            "source",
            "ctevent",
            "projectionevent",
            "administration",
            "storedobject",
            "objectuse",
            "knowntext",
        )
    },
}
_CLOCKS = frozenset(
    ("received_at", "made_at", "updated_at", "first_seen_at", "at", "quarantined_at", "entered_at")
)
_NATURAL_KEYS = {
    "system_id": "SELECT id, display_name FROM store_system",
    "device_id": "SELECT id, identity_hash || kind || device_observer_uid FROM store_device",
    "study_id": "SELECT id, study_instance_uid || modality || equipment FROM store_study",
    "stored_object_id": "SELECT id, sop_instance_uid || study_instance_uid FROM store_storedobject",
}


def snapshot(database: Path | str) -> dict[str, list[str]]:
    """Return the rows of every table, in a stable order, keyed by what they are about.

    `database` is an SQLite file, or the address of a PostgreSQL database.
    """
    connection: Any = (
        sqlite3.connect(database) if isinstance(database, Path) else psycopg.connect(database)
    )
    with closing(connection):
        cursor = connection.cursor()
        names = {
            column: dict(cursor.execute(query).fetchall())
            for column, query in _NATURAL_KEYS.items()
        }
        return {table: _lines(cursor, query, names) for table, query in _TABLES.items()}


def _lines(cursor: Any, query: str, names: dict[str, dict[int, str]]) -> list[str]:
    rows = cursor.execute(query).fetchall()
    columns = [column[0] for column in cursor.description]
    return sorted(_line(dict(zip(columns, row, strict=True)), names) for row in rows)


def _line(row: dict[str, Any], names: dict[str, dict[int, str]]) -> str:
    said: dict[str, Any] = {}
    for column, value in row.items():
        if column == "id" or column in _CLOCKS:
            continue
        if column in names and value is not None:
            value = names[column].get(value, value)  # `study_id` of a study is DICOM's Study ID
        said[column] = value.hex() if isinstance(value, bytes) else value
    return json.dumps(said, sort_keys=True, default=str)
