"""A user in, what that user may do out: exact membership, no group has another's rights."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Group
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

GROUPS = ("view", "import-size", "import-qr", "export", "pid", "admin")
"""All groups there are."""

BROWSE = ("view", "export")
"""Groups that see lists and studies: the export group "can view and export"."""

View = Callable[..., HttpResponseBase]
User = AbstractBaseUser | AnonymousUser


def groups_of(user: User) -> frozenset[str]:
    """Return the names of the user's groups, asking the database once per request."""
    if not user.is_authenticated:
        return frozenset()
    known = getattr(user, "_kerma_groups", None)
    if known is None:
        known = frozenset(Group.objects.filter(user=user.pk).values_list("name", flat=True))
        user.__dict__["_kerma_groups"] = known
    return cast(frozenset[str], known)


def may(user: User, *names: str) -> bool:
    """Return whether the user is in one of the groups; no names means any user logged in."""
    return user.is_authenticated and (not names or not groups_of(user).isdisjoint(names))


def groups(*names: str) -> Callable[[View], View]:
    """Let only members of one of the groups reach the view; no names means all logged in.

    Anonymous users are sent to the log-in page, others get "not for you" (status 403).
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return to_login(request)
            if not may(request.user, *names):
                raise PermissionDenied(", ".join(names))
            response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", _keeping(request.user))
            return response

        guarded.kerma_groups = names  # type: ignore[attr-defined]
        return guarded

    return decorate


def _keeping(user: User) -> str:
    """Return what browsers may keep: nothing that may name a patient, on a shared computer."""
    return "no-store" if may(user, "pid") else "private, no-cache"


def to_login(request: HttpRequest) -> HttpResponse:
    """Send to the log-in page, or on a fresh installation to making the first administrator."""
    if is_fresh():
        found: HttpResponse = redirect_to_login("", reverse("first-administrator"))
        found["Location"] = reverse("first-administrator")
    else:
        found = redirect_to_login(request.get_full_path())
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(found["Location"])
    return found


def is_fresh() -> bool:
    """Return whether nobody can log in yet, because there is no user."""
    return not get_user_model().objects.exists()
