"""All of a site's data in one file, and back: database, keys, settings and kept objects."""

import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connection

from kerma.errors import KermaError

_SQLITE = "kerma.sqlite3"
_POSTGRES = "kerma.pgdump"
_FOLDERS = ("objects", "quarantine", "collected", "screens")
_KEYS = ("secret-key", "identity-key", "kerma.toml")


class BackupFailed(KermaError):
    """A backup could not be made or restored."""


def back_up(target: Path) -> None:
    """Write everything to `target`, a tar file that only its owner can read.

    The database is copied as of one moment, while Kerma runs.

    Raises
    ------
    BackupFailed
        If `target` exists, or PostgreSQL's `pg_dump` is missing or fails.
    """
    if target.exists():
        raise BackupFailed(f"{target} exists already; a backup never replaces a file.")
    home = Path(settings.KERMA_HOME)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    with tempfile.TemporaryDirectory(dir=home) as scratch:
        dump = _dump_database(Path(scratch))
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w") as archive:
            archive.add(dump, dump.name)
            for name in (*_KEYS, *_FOLDERS):
                if (home / name).exists():
                    archive.add(home / name, name)
    draft.replace(target)


def restore(source: Path) -> None:
    """Bring back what `back_up` wrote, into an empty KERMA_HOME and database.

    Raises
    ------
    BackupFailed
        If the home or the database holds anything, or `source` is no backup of Kerma.
    """
    home = Path(settings.KERMA_HOME)
    if connection.introspection.table_names() or (home / "objects").exists():
        raise BackupFailed(
            f"{home} or its database is not empty. Restore into an empty KERMA_HOME."
        )
    connection.close()
    try:
        with tempfile.TemporaryDirectory(dir=home) as scratch, tarfile.open(source) as archive:
            _extract(archive, Path(scratch))
            _restore_database(Path(scratch))
            for name in (*_KEYS, *_FOLDERS):
                if (Path(scratch) / name).exists():
                    shutil.rmtree(home / name, ignore_errors=True)
                    (Path(scratch) / name).replace(home / name)
    except (tarfile.TarError, OSError) as error:
        raise BackupFailed(f"{source} cannot be restored: {error}.") from None


def _extract(archive: tarfile.TarFile, folder: Path) -> None:
    """Extract files and folders, and nothing that would go elsewhere than below `folder`."""
    for member in archive:
        target = (folder / member.name).resolve()
        if not target.is_relative_to(folder.resolve()) or not (member.isfile() or member.isdir()):
            raise BackupFailed(f"{member.name} does not belong in a backup of Kerma.")
        member.mode = 0o700 if member.isdir() else 0o600
        archive.extract(member, folder, set_attrs=False)
        target.chmod(0o700 if member.isdir() else 0o600)


def _dump_database(folder: Path) -> Path:
    if connection.vendor == "sqlite":
        dump = folder / _SQLITE
        with closing(sqlite3.connect(settings.DATABASES["default"]["NAME"])) as database:
            database.execute("VACUUM INTO ?", [str(dump)])
        return dump
    dump = folder / _POSTGRES
    _run("pg_dump", "--format=custom", f"--file={dump}")
    return dump


def _restore_database(folder: Path) -> None:
    if connection.vendor == "sqlite" and (folder / _SQLITE).exists():
        target = Path(settings.DATABASES["default"]["NAME"])
        for name in (target.name, f"{target.name}-wal", f"{target.name}-shm"):
            target.with_name(name).unlink(missing_ok=True)
        (folder / _SQLITE).replace(target)
    elif connection.vendor == "postgresql" and (folder / _POSTGRES).exists():
        _run("pg_restore", "--no-owner", "--exit-on-error", "--dbname=", str(folder / _POSTGRES))
    else:
        raise BackupFailed(
            "This backup holds no database of the kind that is configured here; "
            "restore a backup of PostgreSQL into PostgreSQL, and of SQLite into SQLite."
        )


def _run(program: str, *arguments: str) -> None:
    """Run a client of PostgreSQL on the configured database; the password stays off its line."""
    database = settings.DATABASES["default"]
    names = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "NAME",
    }
    given = {key: str(database[name]) for key, name in names.items() if database.get(name)}
    chosen = [f"{part}{given['PGDATABASE']}" if part == "--dbname=" else part for part in arguments]
    if not shutil.which(program):
        raise BackupFailed(f"{program} is needed: install PostgreSQL's client programs.")
    done = subprocess.run(
        [program, *chosen], env=os.environ | given, capture_output=True, text=True, check=False
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise BackupFailed(f"{program} failed: {reason}")
