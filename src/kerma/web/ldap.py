"""Log in by LDAP: name and password are tried at the hospital's directory."""

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django_auth_ldap.backend import LDAPBackend, _LDAPUser

from kerma.web import foreign

SYSTEM = "LDAP"


class Backend(LDAPBackend):  # type: ignore[misc]
    """Makes a user at the first log-in; their groups follow those of the directory each time."""

    def get_or_build_user(self, username: str, ldap_user: Any) -> tuple[User, bool]:
        """Return the user of that name, who must not be a local one."""
        user, built = super().get_or_build_user(username, ldap_user)
        if not built and not foreign.may_enter(user, SYSTEM):
            raise _LDAPUser.AuthenticationFailed("There is a local user of this name.")
        return user, built

    def authenticate_ldap_user(self, ldap_user: Any, password: str) -> User | None:
        """Return the user if the directory takes the password."""
        user: User | None = super().authenticate_ldap_user(ldap_user, password)
        if user is None or not user.is_active:
            return None
        mapped = settings.KERMA_LDAP_GROUPS
        names = {*ldap_user.group_names, *ldap_user.group_dns} if mapped else set()
        foreign.settle(user, SYSTEM, names, mapped)
        return user

    def get_user(self, user_id: int) -> Any:
        """Return the user of a session, None once deactivated."""
        return ModelBackend().get_user(user_id)
