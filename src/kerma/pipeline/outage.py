"""What keeps objects from being imported for a while: said once, waited for, said to be over."""

import errno
import logging
import time

from django.db import InterfaceError, OperationalError, connection

_log = logging.getLogger("kerma.import")

ERRORS = (OperationalError, InterfaceError, OSError)
"""What is raised when database or disk fail; `is_one` says whether they did."""
_DISK = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE))
_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 15.0


class Outage:
    """Whether database and disk can be worked with, as far as this process knows."""

    def __init__(self) -> None:
        self._is_told = False
        self._wait_s = _FIRST_WAIT_S
        self._until = 0.0

    @property
    def lasts(self) -> bool:
        """Whether it is too early to try again."""
        return time.monotonic() < self._until

    def met(self, error: Exception) -> None:
        """Note that something failed, and wait longer each time."""
        if not self._is_told:
            self._is_told = True
            _log.error(
                "%s: %s. Objects wait in the spool, and are imported once it works again.",
                "The disk fails" if isinstance(error, OSError) else "The database fails",
                _words(error),
            )
        self._until = time.monotonic() + self._wait_s
        self._wait_s = min(2 * self._wait_s, _LONGEST_WAIT_S)
        if not connection.in_atomic_block:
            connection.close()

    def over(self) -> None:
        """Note that it works."""
        if self._is_told:
            _log.info("Database and disk work again; the import goes on.")
        self._is_told, self._wait_s, self._until = False, _FIRST_WAIT_S, 0.0


def is_one(error: Exception) -> bool:
    """Return whether an error is about database or disk, and not about one object."""
    if isinstance(error, OSError):
        return error.errno in _DISK
    return isinstance(error, OperationalError | InterfaceError)


def _words(error: Exception) -> str:
    words = (error.strerror or "") if isinstance(error, OSError) else str(error)
    return " ".join(words.split()).rstrip(".") or type(error).__name__
