"""Users of any groups, logged in."""

from typing import TYPE_CHECKING

from django.contrib.auth.models import Group, User
from django.test import Client

from kerma.web.access import GROUPS

if TYPE_CHECKING:
    from playwright.sync_api import Page


def client_of(*groups: str) -> Client:
    """Return the client of a user who is in these groups and no others."""
    return _client(_user(f"user-{'-'.join(groups) or 'nobody'}", groups))


def sign_in(page: "Page", address: str, *groups: str) -> User:
    """Let a browser's page be that of a user in these groups, or else in all; return the user.

    The log-in page itself has a test of its own.
    """
    user = _user("ada", groups or GROUPS)
    session = _client(user).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
    return user


def _user(name: str, groups: tuple[str, ...]) -> User:
    user = User.objects.create_user(name, password="x")
    user.groups.set([Group.objects.get_or_create(name=group)[0] for group in groups])
    return user


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
