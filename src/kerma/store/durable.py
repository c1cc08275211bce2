"""Commits made proof against a power cut, before what they came from is removed."""

import os

from django.db import connection


def settle() -> None:
    """Wait until what this process has committed is on disk.

    PostgreSQL answers a commit only then. SQLite, as Kerma runs it, leaves it to the system when
    its log is written, which many commits together can wait for as well as each alone.
    """
    if connection.vendor != "sqlite":
        return
    try:
        handle = os.open(f"{connection.settings_dict['NAME']}-wal", os.O_RDONLY)
    except FileNotFoundError:
        return  # everything is in the database file itself
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
