"""One writer at a time for one study, whatever the number of processes."""

from hashlib import blake2b

from django.db import connection
from django.db.backends.utils import CursorWrapper


def lock_study(cursor: CursorWrapper, study_instance_uid: str) -> None:
    """Wait until no other transaction writes this study; held until our own ends.

    SQLite needs none: its transactions begin IMMEDIATE, so there is one writer at a time.
    """
    if connection.vendor == "postgresql":
        key = int.from_bytes(blake2b(study_instance_uid.encode(), digest_size=8).digest(), "big")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key - 2**63])
