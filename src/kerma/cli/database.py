"""An empty or outdated database in, one that commands can work with out."""

import fcntl

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def ensure_database() -> None:
    """Create the tables of an empty database, and refuse one that lacks some.

    Commands that start at the same time wait for the one that creates the tables.

    Raises
    ------
    CommandError
        If there are tables, but not all that this version needs: upgrading is a step that the
        owner takes, after a backup.
    """
    with (settings.KERMA_HOME / "migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not connection.introspection.table_names():
            call_command("migrate", verbosity=0, interactive=False)
    require_database()


def require_database() -> None:
    """Refuse a database that lacks tables.

    Raises
    ------
    CommandError
        If it does; the message says what to do.
    """
    if missing := missing_migrations():
        raise CommandError(
            f"The database lacks {missing} steps of this version. "
            "Make a backup if there is anything in it, then run `kerma migrate`."
        )


def missing_migrations() -> int:
    """Return how many steps the database lacks."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
