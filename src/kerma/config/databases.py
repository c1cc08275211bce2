"""Home and address in, Django's description of the database out."""

from pathlib import Path
from typing import Any

import dj_database_url

from kerma.config.options import ConfigurationError

_SQLITE_START = (
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=NORMAL;"
    "PRAGMA cache_size=-64000;"
    "PRAGMA mmap_size=268435456;"
    "PRAGMA temp_store=MEMORY;"
)
"""WAL: readers never wait for the writer. NORMAL: a crash of the program loses nothing, a power
cut may lose the last commits but never the file. 64 MB of cache, 256 MB mapped."""


_CONNECT_S = 10
"""Seconds after which a server that does not answer counts as dead; the system's default is two
minutes."""


def database(url: str, home: Path) -> dict[str, Any]:
    """Return the entry for Django's DATABASES: the one of `url`, else SQLite in `home`.

    Raises
    ------
    ConfigurationError
        If `url` is neither a PostgreSQL nor an SQLite address.
    """
    if not url:
        return _sqlite(home / "kerma.sqlite3")
    try:
        found: dict[str, Any] = dict(dj_database_url.parse(url))
    except ValueError:
        found = {}
    if found.get("ENGINE") == "django.db.backends.sqlite3":
        return _sqlite(Path(found["NAME"]))
    if found.get("ENGINE") == "django.db.backends.postgresql":
        options = {"connect_timeout": _CONNECT_S} | found.get("OPTIONS", {})
        return found | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}
    raise ConfigurationError(
        "KERMA_DATABASE_URL is not an address Kerma can use. "
        "Write it as postgresql://user:password@host:5432/name."
    )


def _sqlite(path: Path) -> dict[str, Any]:
    """Describe a file: writers queue for up to 20 s instead of failing half-way."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": _SQLITE_START,
        },
    }
