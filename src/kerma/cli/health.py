"""The site's configuration in, a sentence for each of its faults out."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from kerma.cli.database import missing_migrations


def faults() -> Iterator[str]:
    """Yield what is wrong, and what to do about it."""
    yield from _faults_of_home(settings.KERMA_HOME)
    yield from _faults_of_disk(settings.KERMA_HOME)
    yield from _faults_of_database()
    yield from _faults_of_web()


def _faults_of_home(home: Path) -> Iterator[str]:
    if not os.access(home, os.W_OK | os.X_OK):
        yield f"The folder {home} cannot be written to by this user; give it to the user of Kerma."
    private = [home, *(home / name for name in ("secret-key", "identity-key", "kerma.sqlite3"))]
    for path in private:
        if path.exists() and path.stat().st_mode & 0o077 and _is_reachable(path, home):
            yield f"Other users can open {path}; run: chmod go= {path}"


def _is_reachable(path: Path, home: Path) -> bool:
    """Whether the modes of `path` matter: inside a closed home only those of the keys do."""
    return path.name.endswith("-key") or path == home or bool(home.stat().st_mode & 0o077)


def _faults_of_disk(home: Path) -> Iterator[str]:
    free_gb = shutil.disk_usage(home).free / 1e9
    if free_gb < settings.KERMA_DISK_FREE_GB:
        yield (
            f"The disk of {home} has {free_gb:.1f} GB left, less than the "
            f"{settings.KERMA_DISK_FREE_GB} GB of KERMA_DISK_FREE_GB; make room."
        )


def _faults_of_database() -> Iterator[str]:
    try:
        connection.ensure_connection()
        missing = missing_migrations()
    except DatabaseError as error:
        reason = " ".join(str(error).split())
        yield f"The database cannot be used ({reason}); see KERMA_DATABASE_URL and its server."
        return
    if missing:
        yield f"The database lacks {missing} steps of this version; run: kerma migrate"


def _faults_of_web() -> Iterator[str]:
    if settings.DEBUG and settings.KERMA_HOST not in {"127.0.0.1", "::1", "localhost"}:
        yield "KERMA_DEBUG shows the inside of Kerma to the network; unset it."
    if "*" in settings.ALLOWED_HOSTS:
        yield "KERMA_ALLOWED_HOSTS accepts any name; list the names that browsers use."
