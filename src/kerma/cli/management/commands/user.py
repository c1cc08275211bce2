"""`kerma user add NAME`: let a person log in."""

import secrets
import sys

from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from kerma.cli.database import ensure_database


class Command(BaseCommand):
    """Add a user who belongs to groups."""

    help = "Add a user. The password is generated and shown once, unless given on standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        actions = parser.add_subparsers(dest="action", required=True, metavar="add")
        add = actions.add_parser("add", help="add a user")
        add.add_argument("name", help="what the user types to log in")
        add.add_argument("--groups", default="view", help="names with commas between, as view,pid")
        add.add_argument("--password-stdin", action="store_true", help="read one line")

    def handle(self, *, name: str, groups: str, password_stdin: bool, **options: object) -> None:
        """Run the command."""
        ensure_database()
        password = sys.stdin.readline().rstrip("\n") if password_stdin else _generate()
        user = add_user(name, [part for part in groups.split(",") if part], password)
        names = ", ".join(user.groups.order_by("name").values_list("name", flat=True))
        self.stdout.write(f"User {name} can log in, with the groups: {names or 'none'}.")
        if not password_stdin:
            self.stdout.write(f"Password, shown this once: {password}")


@transaction.atomic
def add_user(name: str, groups: list[str], password: str) -> User:
    """Return the user made.

    Raises
    ------
    CommandError
        If the name is taken or not allowed, a group is unknown, or the password too weak.
    """
    if User.objects.filter(username__iexact=name).exists():
        raise CommandError(f"There is a user {name} already.")
    found = _groups(groups)
    user = User(username=name)
    try:
        user.clean_fields(exclude=["password"])
        validate_password(password, user)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    user.set_password(password)
    user.save()
    user.groups.set(found)
    return user


def _groups(names: list[str]) -> list[Group]:
    """Return the groups of these names."""
    known = {group.name: group for group in Group.objects.order_by("name")}
    for name in names:
        if name not in known:
            raise CommandError(
                f"There is no group {name!r}. Known: {', '.join(known) or 'none'}.", returncode=2
            )
    return [known[name] for name in names]


def _generate() -> str:
    return secrets.token_urlsafe(12)
