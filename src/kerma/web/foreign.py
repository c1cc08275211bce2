"""Users whom another system knows: made at their first log-in, their groups as that system says."""

import logging
from collections.abc import Iterable, Mapping

from django.contrib.auth.models import Group, User
from django.db import transaction

from kerma.store.models import UserOptions

LOCAL = "local"

_log = logging.getLogger("kerma.web")
_KEY = "comes_from"


def may_enter(user: User, system: str) -> bool:
    """Return whether another system may speak for a user: for those that it brought here only.

    Else whoever can choose a name there could become a local administrator.
    """
    if comes_from(user) in (system, ""):
        return True
    _log.warning("%s names a user who exists here already, and is not let in.", system)
    return False


def comes_from(user: User) -> str:
    """Return `local`, or the system that brought a user; "" while that is being done."""
    if user.pk is None:
        return ""
    row = UserOptions.objects.filter(user_id=user.pk).first()
    return str(row.values.get(_KEY, LOCAL)) if row else LOCAL


def origins() -> dict[int, str]:
    """Return the system that brought a user, for all whom one has."""
    rows = UserOptions.objects.filter(values__has_key=_KEY)
    return {row.user_id: row.values[_KEY] for row in rows}


@transaction.atomic
def settle(
    user: User, system: str, foreign: Iterable[str], groups: Mapping[str, list[str]]
) -> None:
    """Mark where a user comes from, and set the groups by those of the other system.

    Where no groups are mapped, an administrator of Kerma gives them.
    """
    options, _ = UserOptions.objects.get_or_create(user=user)
    options.values[_KEY] = system
    options.save(update_fields=["values"])
    if groups:
        user.groups.set(Group.objects.filter(name__in=translated(foreign, groups)))


def translated(foreign: Iterable[str], groups: Mapping[str, list[str]]) -> set[str]:
    """Return the groups of Kerma that groups of elsewhere stand for, in any letter case."""
    known = {name.casefold(): ours for name, ours in groups.items()}
    return {group for name in foreign for group in known.get(name.casefold(), [])}
