"""Users and groups: who may log in, and what each may do."""

import re

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User

from kerma.store.models import AuditEntry
from kerma.web import foreign
from kerma.web.access import GROUPS
from kerma.web.pages.users import WORDS
from tests.web.people import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return client_of("admin")


def add(client, name, *groups):
    return client.post("/users/add/", {"username": name, "groups": groups}).content.decode()


def password_in(text):
    return re.search(r'class="secret">([^<]+)<', text)[1]


def groups_of(name):
    return {group.name for group in User.objects.get(username=name).groups.all()}


def test_every_group_is_explained():
    assert tuple(WORDS) == GROUPS


def test_a_new_user_logs_in_with_the_password_shown_once_and_has_only_these_groups(client):
    text = add(client, "grace", "view", "pid")

    assert authenticate(username="grace", password=password_in(text))
    assert groups_of("grace") == {"view", "pid"}
    assert password_in(text) not in str(AuditEntry.objects.values_list("details", flat=True))


@pytest.mark.parametrize("name", ["", "USER-ADMIN", "a b", "x" * 151])
def test_a_name_that_cannot_be_is_refused(client, name):
    add(client, name, "view")

    assert User.objects.count() == 1


def test_a_group_that_does_not_exist_is_refused(client):
    add(client, "grace", "owner")

    assert not User.objects.filter(username="grace").exists()


def change(client, name, *groups, active=True):
    address = f"/users/{User.objects.get(username=name).pk}/"
    given = {"groups": groups} | ({"is_active": "on"} if active else {})
    return client.post(address, given).content.decode()


def test_groups_are_changed_and_audited(client):
    add(client, "grace", "view")

    change(client, "grace", "export", "admin")

    assert groups_of("grace") == {"export", "admin"}
    entry = AuditEntry.objects.get(action="change user")
    assert entry.details["new"] == ["export", "admin"]


def test_a_deactivated_user_cannot_log_in_and_loses_the_session(client):
    grace = client_of("view")

    change(client, "user-view", "view", active=False)

    assert grace.get("/ct/").status_code == 302


@pytest.mark.parametrize(("groups", "active"), [(("view",), True), (("admin",), False)])
def test_the_last_administrator_stays_one(client, groups, active):
    text = change(client, "user-admin", *groups, active=active)

    assert "the last administrator" in text
    assert groups_of("user-admin") == {"admin"}
    assert User.objects.get().is_active


def test_one_of_two_administrators_may_go(client):
    add(client, "grace", "admin")

    change(client, "grace", "view")

    assert groups_of("grace") == {"view"}


def test_a_deactivated_administrator_is_no_other_administrator(client):
    add(client, "grace", "admin")
    change(client, "grace", "admin", active=False)

    assert "the last administrator" in change(client, "user-admin", "view")


def test_a_new_password_replaces_the_old_one(client):
    old = password_in(add(client, "grace", "view"))

    number = User.objects.get(username="grace").pk
    new = password_in(client.post(f"/users/{number}/password/").content.decode())

    assert authenticate(username="grace", password=new)
    assert not authenticate(username="grace", password=old)


def test_a_page_with_a_password_is_not_kept_by_browsers(client):
    answer = client.post("/users/add/", {"username": "grace", "groups": ["view"]})

    assert "no-store" in answer["Cache-Control"]


def test_where_a_user_comes_from_is_shown_and_no_password_is_made_for_those_of_elsewhere(client):
    ada = User.objects.create_user("ada")
    foreign.settle(ada, "LDAP", [], {})

    assert ">LDAP</td>" in client.get("/users/").content.decode()
    assert b"Password lost?" not in client.get(f"/users/{ada.pk}/").content
    client.post(f"/users/{ada.pk}/password/")

    ada.refresh_from_db()
    assert not ada.has_usable_password()
