"""An SQLite database in, all that it says about studies out, without row numbers and clocks."""

import json
import sqlite3
from pathlib import Path
from typing import Any

_TABLES = (
    "store_system",
    "store_device",
    "store_study",
    "store_source",
    "store_ctevent",
    "store_projectionevent",
    "store_administration",
    "store_dailycount",
    "store_storedobject",
    "store_objectuse",
    "store_knowntext",
)
_CLOCKS = frozenset(
    ("received_at", "made_at", "updated_at", "first_seen_at", "at", "quarantined_at", "entered_at")
)
_NATURAL_KEYS = {
    "system_id": "SELECT id, display_name FROM store_system",
    "device_id": "SELECT id, identity_hash || kind || device_observer_uid FROM store_device",
    "study_id": "SELECT id, study_instance_uid || modality || equipment FROM store_study",
    "stored_object_id": "SELECT id, sop_instance_uid || study_instance_uid FROM store_storedobject",
}


def snapshot(path: Path) -> dict[str, list[str]]:
    """Return the rows of every table, in a stable order, keyed by what they are about."""
    with sqlite3.connect(path) as database:
        database.row_factory = sqlite3.Row
        names = {
            column: dict(tuple(row) for row in database.execute(query))
            for column, query in _NATURAL_KEYS.items()
        }
        return {
            table: sorted(_line(row, names) for row in database.execute(f"SELECT * FROM {table}"))
            for table in _TABLES
        }


def _line(row: sqlite3.Row, names: dict[str, dict[int, str]]) -> str:
    said: dict[str, Any] = {}
    for column in row.keys():  # noqa: SIM118 (a Row iterates over its values)
        value = row[column]
        if column == "id" or column in _CLOCKS:
            continue
        if column in names and value is not None:
            value = names[column].get(value, value)  # `study_id` of a study is DICOM's Study ID
        said[column] = value.hex() if isinstance(value, bytes) else value
    return json.dumps(said, sort_keys=True)
