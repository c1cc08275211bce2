"""Who did what that matters later: written in the transaction that does it."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from kerma.store.models import AuditEntry

COMMAND = "command"
"""Who acts where nobody is logged in."""


def write(user: AbstractBaseUser | None, action: str, **details: Any) -> None:
    """Note that `user`, or the command line, did something. Details hold no patient data."""
    AuditEntry.objects.create(
        user_id=user.pk if user else None,
        user_name=user.get_username() if user else COMMAND,
        action=action,
        details=details,
    )
