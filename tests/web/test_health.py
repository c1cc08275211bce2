"""The page of health, what the home page says of it, and the addresses for programs."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client

from kerma.store import processes, tokens
from kerma.store.models import LocalStore, Task
from tests.web.people import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    cache.clear()
    settings.KERMA_HOME = tmp_path
    settings.KERMA_DISK_FREE_GB = 0
    yield
    cache.clear()


def wait_in_vain():
    """Let a task wait that nobody is there to do."""
    Task.objects.create(job="x", title="T")
    Task.objects.update(made_at=dt.datetime.now(dt.UTC) - dt.timedelta(hours=1))


def bearer(token):
    return {"headers": {"Authorization": f"Bearer {token}"}}


def test_the_page_says_what_to_do_first():
    client = client_of("admin")
    assert b"Everything works" in client.get("/health/").content

    wait_in_vain()
    page = client.get("/health/").content.decode()

    assert "no worker is alive" in page
    assert page.index("no worker is alive") < page.index("Size of the disk")


def test_the_page_renews_itself_by_its_part():
    part = client_of("admin").get("/health/", headers={"HX-Request": "true"}).content

    assert b"Everything works" in part
    assert b"<html" not in part


def test_administrators_are_told_on_the_home_page_and_nobody_else():
    wait_in_vain()

    assert b"no worker is alive" in client_of("view", "admin").get("/").content
    assert b"no worker is alive" in client_of("admin").get("/").content
    assert b"no worker is alive" not in client_of("view").get("/").content


def test_the_home_page_looks_at_most_every_half_minute():
    client = client_of("admin")
    client.get("/")

    wait_in_vain()

    assert b"no worker is alive" not in client.get("/").content


def test_anybody_may_ask_whether_it_lives_and_learns_no_more(django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = Client().get("/health/live")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_a_program_with_a_token_learns_every_fact():
    answer = Client().get("/health/state", **bearer(tokens.make("nagios", None)))

    found = answer.json()
    assert answer.status_code == 200
    assert found["state"] == "ok"
    assert found["areas"]["tasks"]["facts"]["tasks-waiting"]["value"] == "0"


def test_where_something_does_not_work_the_status_says_so():
    wait_in_vain()

    answer = Client().get("/health/state", **bearer(tokens.make("nagios", None)))

    assert answer.status_code == 503
    assert answer.json()["areas"]["tasks"]["state"] == "over"


@pytest.mark.parametrize(
    "given", [{}, bearer(""), bearer("wrong"), {"headers": {"Authorization": "Basic eA=="}}]
)
def test_without_a_token_nothing_is_told(given):
    answer = Client().get("/health/state", **given)

    assert answer.status_code == 401
    assert "areas" not in answer.json()


def test_a_revoked_token_is_none():
    text = tokens.make("nagios", None)
    tokens.revoke(tokens.check(text), None)

    assert Client().get("/health/state", **bearer(text)).status_code == 401


def test_the_workload_is_shown_as_the_site_has_chosen(hospital):
    client = client_of("view", "admin")
    assert b"28 days</a>" in client.get("/").content

    client.post("/configuration/home/", {"first": "7", "second": "28"})

    assert b"28 days</a>" not in client.get("/").content


def test_a_store_that_does_not_receive_is_on_the_page():
    processes.beat("web")
    LocalStore.objects.create(name="Main store", ae_title="KERMA", port=1)

    assert (
        b"Nothing receives for the store Main store" in client_of("admin").get("/health/").content
    )
