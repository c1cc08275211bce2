"""The calendar of checked days, a day in detail, and its gap."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from kerma.net.completeness import MISSING, STORED, UNLISTED
from kerma.net.wanted import MODALITIES, Wanted
from kerma.store.models import LocalStore, Query, QueryStudy, RemoteNode
from tests.query.hospital import store as store_study
from tests.web.people import client_of

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 3, 4)


@pytest.fixture
def client():
    return client_of("import-qr", "view")


@pytest.fixture
def node(db):
    return RemoteNode.objects.create(name="PACS", ae_title="PACS", address="192.0.2.1")


@pytest.fixture
def make(node):
    """Make a check as a worker leaves it."""

    def check(day=DAY, state=Query.State.DONE, **counts):
        wanted = Wanted(modalities=MODALITIES, date_from=day, date_until=day)
        return Query.objects.create(
            purpose=Query.Purpose.COMPLETENESS, node=node, node_name=node.name, state=state,
            wanted=wanted.as_json(), counts=counts,
        )  # fmt: skip

    return check


def text(answer):
    return answer.content.decode()


def row(check, uid, reason, *, kept=False):
    QueryStudy.objects.create(
        query=check, study_instance_uid=uid, modality="CT", study_description=f"Study {uid}",
        kept=kept, reason=reason,
    )  # fmt: skip


def words_of(page, number):
    """Return what the calendar says of a day."""
    return re.search(
        rf'<span class="day">{number}</span><span class="sub[^"]*">([^<]*)</span>', page
    )[1]


@pytest.mark.both_databases
def test_the_calendar_shows_the_latest_check_of_each_day(client, make, node):
    make(DAY, listed=5, missing=5)
    make(DAY, listed=5, stored=5)
    make(DAY + dt.timedelta(days=1), listed=9, missing=2)
    make(DAY + dt.timedelta(days=2), Query.State.FAILED)
    make(DAY + dt.timedelta(days=3), Query.State.QUERYING)

    page = text(client.get(f"/completeness/?node={node.pk}&month=2026-03"))

    assert [words_of(page, n) for n in (3, 4, 5, 6, 7)] == [
        "Not checked", "All of 5", "2 missing", "Failed", "Under way",
    ]  # fmt: skip


def test_days_are_checked_by_the_range_or_by_a_click_on_one(client, node):
    form = {"node": node.pk, "first": "2026-03-02", "last": "2026-03-04"}

    client.post("/completeness/start/", form)
    one = client.post("/completeness/start/", form | {"only": "2026-03-09"})

    assert [query.wanted["date_from"] for query in Query.objects.order_by("pk")] == [
        "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-09",
    ]  # fmt: skip
    assert one["Location"] == f"/completeness/{Query.objects.latest('pk').pk}/"


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        ("2026-03-04", "2026-03-02", "Choose from 1 to 62 days"),
        ("2025-01-01", "2026-01-01", "Choose from 1 to 62 days"),
        ("", "", "Choose a node and the days"),
        ("2026-03-04", "2999-01-01", "still to come"),
    ],
)
def test_days_that_cannot_be_checked_are_told(client, node, first, last, reason):
    form = {"node": node.pk, "first": first, "last": last}

    answer = client.post("/completeness/start/", form, follow=True)

    assert reason in text(answer)
    assert not Query.objects.exists()


@pytest.mark.both_databases
def test_a_day_shows_its_numbers_by_modality_and_first_what_is_missing(client, make):
    counts = {"listed": 3, "stored": 1, "explained": 1, "missing": 1, "unlisted": 1}
    check = make(**counts, by_modality={"CT": counts})
    number = store_study("1.1", "CT")
    row(check, "1.1", STORED)
    row(check, "1.2", "Query 7: Fluoroscopy without a dose report.")
    row(check, "1.3", MISSING, kept=True)
    row(check, "1.4", UNLISTED)
    address = f"/completeness/{check.pk}/"

    first = text(client.get(address))
    assert "1 study missing" in first
    assert "Study 1.3" in first
    assert "Study 1.1" not in first
    every = text(client.get(f"{address}?show="))
    assert "Query 7: Fluoroscopy without a dose report." in every
    assert f'href="/study/{number}/"' in every
    assert "Study 1.4" in text(client.get(f"{address}?show=unlisted"))


def test_a_complete_day_says_so_and_offers_nothing_to_fetch(client, make):
    page = text(client.get(f"/completeness/{make(listed=3, stored=3).pk}/"))

    assert "Complete" in page
    assert "Fetch what is missing" not in page


def test_the_gap_is_fetched_in_one_click_to_the_store_the_node_usually_sends_to(client, make, node):
    LocalStore.objects.create(name="First", ae_title="FIRST", port=104)
    usual = LocalStore.objects.create(name="Usual", ae_title="USUAL", port=105)
    Query.objects.create(node=node, node_name="PACS", store=usual, wanted=Wanted().as_json())
    check = make(listed=1, missing=1)
    row(check, "1.3", MISSING, kept=True)

    answer = client.post(f"/completeness/{check.pk}/fetch/")

    query = Query.objects.latest("pk")
    assert answer["Location"] == f"/queries/{query.pk}/"
    assert (query.store, query.wanted["study_uids"]) == (usual, ["1.3"])


def test_a_day_without_a_gap_has_nothing_to_fetch(client, make):
    answer = client.post(f"/completeness/{make().pk}/fetch/", follow=True)

    assert "No study of this day is missing" in text(answer)


def test_a_check_under_way_is_looked_at_again(client, make):
    page = text(client.get(f"/completeness/{make(state=Query.State.QUERYING).pk}/"))

    assert 'hx-trigger="every 2s"' in page


def test_a_failed_check_shows_why_and_is_no_proof(client, make):
    check = make(state=Query.State.FAILED)
    Query.objects.update(error="The connection was refused.")

    page = text(client.get(f"/completeness/{check.pk}/"))

    assert "The connection was refused." in page
    assert "Complete</span>" not in page


def test_the_page_of_a_query_leads_to_the_check_it_is(client, make):
    check = make()

    assert client.get(f"/queries/{check.pk}/")["Location"] == f"/completeness/{check.pk}/"


@pytest.mark.parametrize("month", ["", "nonsense", "2026-13", "0001-01", "9999-12"])
def test_a_month_that_there_is_not_is_taken_for_that_of_yesterday(client, node, month):
    answer = client.get(f"/completeness/?month={month}")

    assert answer.status_code == 200
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    assert f"{yesterday:%B %Y}" in text(answer)
