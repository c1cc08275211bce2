"""The database: which, how large, and whether it has all tables of this version."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from kerma.health import base
from kerma.health.base import Fact, State
from kerma.health.words import many, size


def _look() -> Iterator[Fact]:
    try:
        connection.ensure_connection()
        missing = missing_migrations()
    except DatabaseError as error:
        reason = " ".join(str(error).split())
        advice = f"The database cannot be used ({reason}); see KERMA_DATABASE_URL and its server."
        yield Fact("database", "Kind", connection.display_name, State.OVER, advice)
        return
    yield Fact("database", "Kind", _kind())
    yield _steps(missing)
    yield Fact("database-size", "Size", size(_bytes()))


def missing_migrations() -> int:
    """Return how many steps the database lacks."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _steps(missing: int) -> Fact:
    label = "Tables"
    if not missing:
        return Fact("database-tables", label, "as this version needs them")
    advice = f"The database lacks {missing} steps of this version; run: kerma migrate"
    return Fact("database-tables", label, f"{many(missing, 'step')} missing", State.OVER, advice)


def _kind() -> str:
    if connection.vendor == "postgresql":
        return f"PostgreSQL {connection.cursor().connection.info.server_version // 10_000}"
    return connection.display_name


def _bytes() -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    path = Path(settings.DATABASES["default"]["NAME"])
    files = (path, path.with_name(f"{path.name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


base.add(base.Area("database", "Database", 20, _look))
