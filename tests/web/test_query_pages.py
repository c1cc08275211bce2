"""The page of a query, the summary of all, and each study with its reasons."""

import datetime as dt
import re

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from kerma.net.wanted import Wanted
from kerma.store import query_log
from kerma.store.models import (
    Arrival,
    AuditEntry,
    LocalStore,
    Query,
    QueryImage,
    QuerySeries,
    QueryStudy,
    RemoteNode,
    Schedule,
    Task,
)
from tests.query.hospital import store as store_study
from tests.web.people import client_of
from tests.web.query_roles import ROLES
from tests.web.test_frame import INLINE

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 3, 4)


@pytest.fixture
def client():
    return client_of("import-qr")


@pytest.fixture
def node(db):
    return RemoteNode.objects.create(name="PACS", ae_title="PACS", address="192.0.2.1")


@pytest.fixture
def store(db):
    return LocalStore.objects.create(name="Kerma", ae_title="KERMA", port=11112)


@pytest.fixture
def make(node, store):
    """Make a query as a worker leaves it."""

    def query(state=Query.State.FOUND, wanted=None, **columns):
        asked = wanted or Wanted(modalities=("CT",), date_from=TODAY, date_until=TODAY)
        return Query.objects.create(
            node=node, node_name=node.name, store=store, wanted=asked.as_json(), state=state,
            **columns,
        )  # fmt: skip

    return query


def text(answer):
    return answer.content.decode()


def asked(node, store, **changed):
    """Return a form as a browser sends it."""
    given = {
        "node": node.pk, "store": store.pk, "modalities": ["CT", "MG"], "when": "range",
        "date_from": "2026-03-03", "date_until": "2026-03-04", "ignore_stored": "on",
    }  # fmt: skip
    return given | changed


def started(client, node, store, **changed):
    answer = client.post("/query/", asked(node, store, **changed))
    query = Query.objects.latest("pk")
    assert answer["Location"] == f"/queries/{query.pk}/"
    return Wanted.of(query.wanted)


def test_a_query_is_begun_with_every_option_and_leads_to_its_page(client, node, store):
    wanted = started(
        client, node, store, description_include="Thorax, Neck ", description_exclude="imported",
        station_include="CT1", station_exclude="CT9", toshiba="on", empty_sr="on",
        station_at_study_level="on", ignore_stored="",
    )  # fmt: skip

    assert wanted == Wanted(
        modalities=("CT", "MG"), date_from=dt.date(2026, 3, 3), date_until=dt.date(2026, 3, 4),
        description_include=("Thorax", "Neck"), description_exclude=("imported",),
        station_include=("CT1",), station_exclude=("CT9",), toshiba=True, empty_sr=True,
        station_at_study_level=True, duplicates=True,
    )  # fmt: skip
    query = Query.objects.get()
    assert (query.node, query.store, query.user.username) == (node, store, "user-import-qr")
    assert not query.retrieve_at_once


def test_one_day_can_be_asked_for_by_hours(client, node, store):
    wanted = started(
        client, node, store, when="day", day="2026-03-04", time_from="08:00", time_until="12:30"
    )

    assert (wanted.date_from, wanted.date_until) == (TODAY, TODAY)
    assert (wanted.time_from, wanted.time_until) == (dt.time(8), dt.time(12, 30))


def test_without_a_last_day_it_asks_until_today(client, node, store):
    yesterday = timezone.localdate() - dt.timedelta(days=1)

    wanted = started(client, node, store, date_from=str(yesterday), date_until="")

    assert (wanted.date_from, wanted.date_until) == (yesterday, timezone.localdate())


def test_studies_of_reports_only_disregard_the_modalities(client, node, store):
    wanted = started(client, node, store, sr_only="on")

    assert (wanted.sr_only, wanted.modalities) == (True, ())


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"modalities": []}, "Choose at least one modality."),
        ({"store": ""}, "choose the store it sends to"),
        ({"date_from": ""}, "Choose the first day."),
        ({"date_from": "2999-01-01", "date_until": ""}, "This day is still to come."),
        ({"date_until": "2026-03-01"}, "This is before the first day."),
        ({"when": "day", "day": ""}, "Choose a day."),
        (
            {"when": "day", "day": "2026-03-04", "time_from": "12:00", "time_until": "08:00"},
            "This is before the time",
        ),
        ({"node": "999"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_asked_is_told_at_its_field(client, node, store, changed, reason):
    page = text(client.post("/query/", asked(node, store) | changed))

    assert reason in page
    assert not Query.objects.exists()


def test_a_wide_range_is_asked_for_only_when_confirmed(client, node, store):
    wide = {"date_from": "2026-01-01", "date_until": "2026-03-04"}

    page = text(client.post("/query/", asked(node, store, **wide)))
    assert "These are 62 days." in page
    assert "Query all the same" in page
    assert not Query.objects.exists()

    started(client, node, store, **wide, wide="on")


def test_the_first_query_offers_the_days_from_yesterday_and_leaves_out_what_is_stored(
    client, node, store
):
    page = text(client.get("/query/"))

    yesterday = timezone.localdate() - dt.timedelta(days=1)
    assert f'name="date_from" value="{yesterday}"' in page
    assert re.search(r'name="ignore_stored"[^>]* checked', page)
    assert not re.search(r'name="modalities"[^>]* checked', page)


def test_the_options_used_last_are_offered_again_but_not_their_days(client, node, store):
    started(client, node, store, description_exclude="imported")

    page = text(client.get("/query/"))

    assert re.search(r'name="description_exclude" value="imported"', page)
    assert len(re.findall(r'name="modalities"[^>]* checked', page)) == 2
    assert 'value="2026-03-03"' not in page
    fresh = text(client.get("/query/?fresh=1"))
    assert 'value="imported"' not in fresh


def test_a_query_can_be_repeated_with_its_days_and_made_a_schedule(client, make):
    wanted = Wanted(
        modalities=("CT",), date_from=TODAY, date_until=TODAY, station_exclude=("CT9",),
        time_from=dt.time(8),
    )  # fmt: skip
    query = make(Query.State.DONE, wanted)

    again = text(client.get(f"/query/?repeat={query.pk}"))
    assert 'name="day" value="2026-03-04"' in again
    assert 'name="time_from" value="08:00"' in again
    assert 'name="station_exclude" value="CT9"' in again
    assert 'value="CT9"' in text(client.get(f"/schedules/add/?query={query.pk}"))


def test_nodes_and_stores_are_asked_for_their_state_by_the_page_once_it_is_open(
    client, node, store
):
    page = text(client.get("/query/"))

    assert f'hx-get="/network/node/{node.pk}/echo/" hx-trigger="load"' in page
    assert f'hx-get="/network/store/{store.pk}/echo/" hx-trigger="load"' in page


def test_without_a_node_the_page_says_who_can_add_one(client):
    assert "Ask an administrator" in text(client.get("/query/"))
    assert 'href="/network/node/add/"' in text(client_of("import-qr", "admin").get("/query/"))


def test_a_query_under_way_is_looked_at_again_and_one_at_rest_is_not(client, make):
    running = make(Query.State.QUERYING, stage="Asking for CT studies")
    page = text(client.get(f"/queries/{running.pk}/"))
    assert f'hx-get="/queries/{running.pk}/part/?state=querying"' in page
    assert "Asking for CT studies" in page

    assert "/part/" not in text(client.get(f"/queries/{make().pk}/"))


def test_polling_slows_down_with_the_age_of_the_query(client, make):
    query = make(Query.State.RETRIEVING)
    part = f"/queries/{query.pk}/part/?state=retrieving"
    assert 'hx-trigger="load delay:1s"' in text(client.get(part))

    Query.objects.update(made_at=timezone.now() - dt.timedelta(hours=1))

    assert 'hx-trigger="load delay:5s"' in text(client.get(part))


def test_when_the_state_changes_the_whole_of_the_page_follows(client, make):
    query = make(Query.State.FOUND, counts={"found": 2, "kept": 1})

    answer = client.get(f"/queries/{query.pk}/part/?state=querying")

    assert answer["HX-Retarget"] == "#query"
    assert "Ready to retrieve" in text(answer)


def test_where_nothing_was_kept_there_is_nothing_to_retrieve(client, make):
    query = make(Query.State.FOUND, counts={"found": 2, "kept": 0})

    page = text(client.get(f"/queries/{query.pk}/"))

    assert "Nothing to retrieve" in page
    assert "No study was kept." in page
    assert 'name="do"' not in page


def a_study(query, uid, **columns):
    return QueryStudy.objects.create(
        query=query, study_instance_uid=uid, study_date=TODAY, study_description=f"Study {uid}",
        **columns,
    )  # fmt: skip


def test_the_review_shows_numbers_by_modality_and_every_reason(client, make):
    query = make(counts={"found": 3, "kept": 2, "by_modality": {"CT": 1, "MG": 1}})
    a_study(query, "1.1", modality="CT", reason="It has a dose report.")
    a_study(query, "1.2", modality="MG", reason="Its images carry dose.")
    a_study(query, "1.3", kept=False, reason="Fluoroscopy without a dose report.")

    page = text(client.get(f"/queries/{query.pk}/"))

    assert "CT 1</span>" in page
    assert "Retrieve 2 studies" in page
    for reason in ("It has a dose report.", "Its images carry dose.", "Fluoroscopy without"):
        assert reason in page
    dropped = text(client.get(f"/queries/{query.pk}/?show=dropped"))
    assert "Study 1.3" in dropped
    assert "Study 1.1" not in dropped


@pytest.mark.both_databases
def test_a_study_is_found_by_the_uid_of_any_of_its_parts(client, make):
    query = make()
    for number in (1, 2):
        study = a_study(query, f"1.{number}")
        series = QuerySeries.objects.create(study=study, series_instance_uid=f"1.{number}.1")
        QueryImage.objects.create(series=series, sop_instance_uid=f"1.{number}.1.1")

    for uid in ("1.2", "1.2.1", "1.2.1.1"):
        page = text(client.get(f"/queries/{query.pk}/?q={uid}"))
        assert "Study 1.2" in page
        assert "Study 1.1" not in page
    assert "No study meets the filter" in text(client.get(f"/queries/{query.pk}/?q=9"))


def test_a_query_that_found_nothing_says_what_to_try(client, make):
    page = text(client.get(f"/queries/{make().pk}/"))

    assert "The node listed no study" in page
    assert "Modality in study query" in page


def test_ten_thousand_studies_are_shown_by_pages_with_the_same_few_statements(
    client, make, django_assert_max_num_queries
):
    query = make()
    QueryStudy.objects.bulk_create(
        [QueryStudy(query=query, study_instance_uid=f"1.2.{n}") for n in range(10_000)]
    )

    with django_assert_max_num_queries(14):
        page = text(client.get(f"/queries/{query.pk}/?page=150"))

    assert page.count('class="main"') == 50
    assert "Page 150 of 200" in page


def test_retrieving_is_begun_by_hand_and_told_to_a_worker(client, make):
    query = make()
    study = a_study(query, "1.1")
    QuerySeries.objects.create(study=study, series_instance_uid="1.1.1")

    client.post(f"/queries/{query.pk}/act/", {"do": "retrieve"})

    query.refresh_from_db()
    assert (query.state, query.task.job) == (Query.State.RETRIEVING, "retrieve")


def test_a_retrieval_is_paused_resumed_and_terminated_by_hand(client, make):
    query = make(Query.State.RETRIEVING)
    address = f"/queries/{query.pk}/act/"
    states = []

    for what in ("pause", "resume", "cancel"):
        client.post(address, {"do": what})
        query.refresh_from_db()
        states.append(query.state)

    assert states == [Query.State.PAUSED, Query.State.RETRIEVING, Query.State.CANCELLED]


def test_what_cannot_be_done_now_is_told(client, make):
    query = make(Query.State.DONE)

    answer = client.post(f"/queries/{query.pk}/act/", {"do": "resume"}, follow=True)

    assert "Only a paused retrieval can be resumed." in text(answer)


def test_who_resumes_a_retrieval_by_hand_decides_over_the_hours_of_its_schedule(client, make):
    query = make(Query.State.PAUSED, waits_for_hours=True)
    assert "it goes on in the next of them" in text(client.get(f"/queries/{query.pk}/"))

    client.post(f"/queries/{query.pk}/act/", {"do": "resume"})

    query.refresh_from_db()
    assert (query.state, query.waits_for_hours) == (Query.State.RETRIEVING, False)


def test_the_page_of_a_study_shows_its_parts_their_reasons_and_what_became_of_them(make):
    number = store_study("1.1", "CT")
    study = a_study(make(Query.State.DONE), "1.1", modality="CT", reason="Kept for its report.")
    series = QuerySeries.objects.create(
        study=study, series_instance_uid="1.1.7", series_description="Dose Report",
        reason="A radiation dose report.", fetched="failed", fault="The node answered 0xA702.",
    )  # fmt: skip
    QueryImage.objects.create(
        series=series, sop_instance_uid="1.1.7.1", kept=False, reason="Stored already."
    )
    Arrival.objects.create(
        spool_name="a", arrived_at=timezone.now(), came_by="receive", study_instance_uid="1.1",
        series_instance_uid="1.1.7", sop_instance_uid="1.1.7.2",
        decision=Arrival.Decision.REFUSED, reason="The report is cut short.",
    )  # fmt: skip

    page = text(client_of("import-qr", "view").get(f"/queries/{study.query_id}/{study.pk}/"))

    for words in (
        "Kept for its report.", "A radiation dose report.", "The node answered 0xA702.",
        "Stored already.", "1.1.7.2", "In quarantine", "The report is cut short.",
        f'href="/study/{number}/"',
    ):  # fmt: skip
        assert words in page


def test_a_study_belongs_to_its_query_alone(client, make):
    study = a_study(make(), "1.1")

    assert client.get(f"/queries/{make().pk}/{study.pk}/").status_code == 404


def test_the_summary_lists_queries_with_state_node_who_and_what(client, make, node):
    user = User.objects.create_user("ada")
    schedule = Schedule.objects.create(name="Nightly", node=node)
    make(Query.State.DONE, counts={"found": 12, "kept": 7, "retrieved": 6, "failed": 1}, user=user)
    make(Query.State.FAILED, error="The connection was refused.", schedule=schedule)
    make(purpose=Query.Purpose.COMPLETENESS)

    page = text(client.get("/queries/"))

    for words in ("ada", "Nightly", "The connection was refused.", "1 failed", "CT, 4 Mar 2026"):
        assert words in page
    assert page.count('scope="row"') == 2
    assert text(client.get("/queries/?state=failed")).count('scope="row"') == 1
    assert text(client.get("/queries/?by=people")).count('scope="row"') == 1
    assert "No query meets the filter" in text(client.get("/queries/?node_name=Other"))


def test_administrators_choose_how_long_queries_are_kept(make):
    client = client_of("admin")
    old = make(Query.State.DONE)
    waiting = make(Query.State.FOUND)
    Query.objects.update(made_at=timezone.now() - dt.timedelta(days=31))
    recent = make(Query.State.FAILED)
    assert query_log.prune() == 0

    client.post("/queries/keep/", {"query_days": "30"})

    assert query_log.prune() == 1
    assert set(Query.objects.all()) == {waiting, recent}
    assert not Query.objects.filter(pk=old.pk).exists()
    assert AuditEntry.objects.get().details["new"] == 30
    answer = client.post("/queries/keep/", {"query_days": "0"}, follow=True)
    assert "Write a number of days from 1" in text(answer)
    assert 'value="30"' in text(answer)


def test_the_log_is_downloaded_as_text(client, make):
    query = make(log="10:00:00 CT: 3 studies.\n")

    answer = client.get(f"/queries/{query.pk}/log/")

    assert text(answer) == "10:00:00 CT: 3 studies.\n"
    assert answer["Content-Disposition"] == f'attachment; filename="query-{query.pk}.txt"'


def test_a_query_of_a_deleted_node_stays_readable_but_cannot_be_repeated(client, make, node):
    query = make(Query.State.DONE)
    node.delete()

    page = text(client.get(f"/queries/{query.pk}/"))

    assert "PACS" in page
    assert "?repeat=" not in page


def test_administrators_see_queries_but_do_not_begin_them(make):
    client = client_of("admin")

    assert "New query" not in text(client.get("/queries/"))
    assert "?repeat=" not in text(client.get(f"/queries/{make(Query.State.DONE).pk}/"))


def test_progress_of_the_task_is_shown(client, make):
    task = Task.objects.create(job="retrieve", title="x", state="running", done=4, total=10)

    page = text(client.get(f"/queries/{make(Query.State.RETRIEVING, task=task).pk}/"))

    assert '<progress max="10" value="4"' in page


def test_the_result_counts_what_became_of_the_objects(client, make):
    query = make(Query.State.DONE, counts={"found": 1, "kept": 1, "retrieved": 2})
    a_study(query, "1.1")
    for number, decision in enumerate(("imported", "imported", "refused")):
        Arrival.objects.create(
            spool_name=str(number), arrived_at=timezone.now(), came_by="receive",
            study_instance_uid="1.1", sop_instance_uid=f"1.1.{number}", decision=decision,
        )  # fmt: skip

    page = text(client.get(f"/queries/{query.pk}/"))

    assert "Imported 2</span>" in page
    assert "In quarantine 1</span>" in page


@pytest.mark.parametrize(
    ("series", "words"),
    [
        (["done", "done"], "Fetched</span>"),
        (["done", ""], "In part</span>"),
        (["done", "failed"], "In part</span>"),
        (["failed", ""], "Failed</span>"),
        (["", ""], "Not yet"),
    ],
)
def test_a_study_is_fetched_as_far_as_its_series_together(client, make, series, words):
    query = make(Query.State.DONE)
    study = a_study(query, "1.1")
    for number, fetched in enumerate(series):
        QuerySeries.objects.create(study=study, series_instance_uid=f"1.{number}", fetched=fetched)

    page = text(client.get(f"/queries/{query.pk}/"))

    assert words in page.split("<tbody>")[1]


@pytest.mark.both_databases
def test_studies_of_which_a_series_failed_have_a_filter_of_their_own(client, make):
    query = make(Query.State.DONE)
    for uid, fetched in (("1.1", "done"), ("1.2", "partly")):
        QuerySeries.objects.create(
            study=a_study(query, uid), fetched=fetched, fault="The node sent 1 of 2."
        )

    page = text(client.get(f"/queries/{query.pk}/?show=failed"))

    assert "Study 1.2" in page
    assert "The node sent 1 of 2." in page
    assert "Study 1.1" not in page
    assert "Failed 1</a>" in page


SHOWN = sorted(
    address
    for address, _ in ROLES.values()
    if not address.startswith("POST") and not address.endswith(("/echo/", "/part/"))
)


@pytest.mark.parametrize("address", SHOWN)
def test_no_page_has_inline_code_and_what_it_points_to_is_there(make, node, store, address):
    query, number = make(Query.State.DONE), node.pk
    study = a_study(query, "1.1")
    schedule = Schedule.objects.create(name="Nightly", node=node, store=store)
    numbers = {"store": store.pk, "node": number, "queries": query.pk, "schedules": schedule.pk}
    part = next((n for word, n in numbers.items() if f"/{word}/" in address), query.pk)
    address = address.replace("/1/1/", f"/{query.pk}/{study.pk}/").replace("/1/", f"/{part}/")

    page = text(client_of("admin", "import-qr").get(address, follow=True))

    assert not INLINE.search(page)
    wanted = set(re.findall(r'(?:popovertarget|for|aria-labelledby|list|form)="([^"]+)"', page))
    wanted |= set(re.findall(r'href="#([^"]+)"', page))
    assert wanted <= set(re.findall(r'\sid="([^"]+)"', page))
