"""Who did what that matters later, and who saw whom: one short entry each, without patient data.

What changes something is written in the transaction that does it.
"""

import datetime as dt
import time
from collections import OrderedDict
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from kerma.store import options
from kerma.store.models import AuditEntry

COMMAND = "command"
"""Who acts where nobody is logged in."""
STRANGER = "stranger"
"""Who tries to log in under a name that is none here: it may be a password."""

_REMEMBERED = 10_000
_seen: OrderedDict[tuple[Any, ...], None] = OrderedDict()
"""What this process has written within the hour, so that a page opened again is one entry."""


def write(user: AbstractBaseUser | None, action: str, **details: Any) -> None:
    """Note that `user`, or the command line, did something. Details hold no patient data."""
    _enter(user, user.get_username() if user else COMMAND, action, details)


def write_attempt(user: AbstractBaseUser | None, **details: Any) -> None:
    """Note that a log-in failed: of this user, or of nobody known here."""
    _enter(user, user.get_username() if user else STRANGER, "fail to log in", details)


def write_once(user: AbstractBaseUser, action: str, **details: Any) -> None:
    """As `write`, but the same within the same hour is one entry.

    Each process remembers for itself, so that reading costs no more than one insert: several
    processes may write one each.
    """
    key = (user.pk, action, *sorted(details.items()), int(time.time() // 3600))
    if key not in _seen:
        write(user, action, **details)
        _seen[key] = None
        if len(_seen) > _REMEMBERED:
            _seen.popitem(last=False)


def expire() -> int:
    """Remove the entries that the site keeps no longer, and return how many."""
    days = options.get("audit_days")
    if not days:
        return 0
    before = dt.datetime.now(dt.UTC) - dt.timedelta(days=days)
    return AuditEntry.objects.filter(at__lt=before).delete()[0]


def _enter(
    user: AbstractBaseUser | None, user_name: str, action: str, details: dict[str, Any]
) -> None:
    AuditEntry.objects.create(
        user_id=user.pk if user else None, user_name=user_name, action=action, details=details
    )
