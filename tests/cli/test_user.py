import io
import re

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.core.management.base import CommandError

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def groups():
    for name in ("view", "export"):
        Group.objects.get_or_create(name=name)


def add(*arguments):
    said = io.StringIO()
    call_command("user", "add", *arguments, stdout=said)
    return said.getvalue()


def test_a_user_can_log_in_with_the_password_shown():
    said = add("anna", "--groups", "view,export")

    password = re.search(r"shown this once: (\S+)", said)[1]
    user = authenticate(username="anna", password=password)
    assert {group.name for group in user.groups.all()} == {"view", "export"}
    assert not user.is_superuser


def test_a_password_given_on_standard_input_is_taken_and_not_shown(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))

    said = add("anna", "--password-stdin")

    assert authenticate(username="anna", password="correct horse battery")
    assert "horse" not in said


@pytest.mark.parametrize(
    ("name", "groups", "password", "words"),
    [
        ("anna", "view", "1234567890", "entirely numeric"),
        ("anna", "view,owner", "correct horse", "no group 'owner'. Known: .*export.*view"),
        ("anna smith", "view", "correct horse", "valid username"),
        ("BERTA", "view", "correct horse", "a user BERTA already"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_no_user(monkeypatch, name, groups, password, words):
    User.objects.create(username="berta")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))

    with pytest.raises(CommandError, match=words):
        add(name, "--groups", groups, "--password-stdin")

    assert User.objects.count() == 1
