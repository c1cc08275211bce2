"""Users of any groups, logged in."""

from django.contrib.auth.models import Group, User
from django.test import Client


def client_of(*groups: str) -> Client:
    """Return the client of a user who is in these groups and no others."""
    user = User.objects.create_user(f"user-{'-'.join(groups) or 'nobody'}", password="x")
    user.groups.set([Group.objects.get_or_create(name=name)[0] for name in groups])
    client = Client()
    client.force_login(user)
    return client
