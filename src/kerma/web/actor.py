"""Who does what a request asks, for the audit."""

from typing import Any, cast

from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest

from kerma.store import audit
from kerma.web.address import Address


def actor(request: HttpRequest) -> AbstractBaseUser:
    """Return the user of a request behind a view that only people logged in reach."""
    return cast(AbstractBaseUser, request.user)


def note(request: HttpRequest, action: str, **details: Any) -> None:
    """Write an entry of the audit log."""
    audit.write(actor(request), action, **details)


def note_search(request: HttpRequest, address: Address) -> None:
    """Write that patients were searched for, but not for whom."""
    by = sorted({name for name, _ in address.filters} & {"patient_name", "patient_id"})
    if by:
        words = [name.replace("_", " ") for name in by]
        note(request, "search patients", by=words, modality=address.modality)
