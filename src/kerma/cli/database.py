"""An empty or outdated database in, one that commands can work with out."""

import fcntl
import logging
import time

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection, connections

from kerma.health.areas.database import missing_migrations

_log = logging.getLogger("kerma.database")

_AGAIN_S = 2.0


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


def await_database() -> None:
    """Wait until the database answers, telling it once; then as `require_database`.

    The connection is closed afterwards, so that the process may be forked.
    """
    told = False
    while True:
        try:
            require_database()
        except OperationalError as error:
            if not told:
                reason = " ".join(str(error).split())
                _log.warning("The database does not answer (%s); waiting for it.", reason)
            told = True
            connections.close_all()
            time.sleep(_AGAIN_S)
        else:
            break
    connections.close_all()


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
