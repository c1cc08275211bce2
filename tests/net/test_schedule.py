"""Schedules against the clock: what starts, what does not start twice, what pauses and resumes."""

import datetime as dt
import os
import signal
import subprocess
import sys
import threading

import pytest
from django.db import connection

from kerma.net import every_job, queries
from kerma.net.schedule import hours as week
from kerma.net.schedule import process as scheduler
from kerma.net.schedule.runs import NoStore, run_due, run_now
from kerma.net.wanted import Wanted
from kerma.store.models import (
    LocalStore,
    Query,
    QuerySeries,
    QueryStudy,
    RemoteNode,
    Schedule,
    Task,
)

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 3, 4, 12, 0, tzinfo=dt.UTC)
"""A Wednesday; the site's clock of the tests is UTC."""
EVENING = NOON.replace(hour=20)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def jobs():
    every_job.load()


@pytest.fixture
def node(db):
    return RemoteNode.objects.create(name="PACS", ae_title="PACS", address="192.0.2.1")


@pytest.fixture
def make(node):
    """Make a schedule; by default it may run at any hour."""
    store = LocalStore.objects.create(name="Kerma", ae_title="KERMA", port=11112)

    def schedule(name="Hourly", **columns):
        values = {
            "node": node, "store": store, "hours": week.always(), "every_min": 60,
            "wanted": Wanted(modalities=("CT",), description_exclude=("imported",)).as_json(),
        }  # fmt: skip
        return Schedule.objects.create(name=name, **(values | columns))

    return schedule


def end(query, state=Query.State.DONE, *, made_at=None, **counts):
    """Let a query end, as a worker would."""
    Query.objects.filter(pk=query.pk).update(
        state=state, counts=counts, made_at=made_at or query.made_at
    )


def test_what_is_due_is_asked_for_with_its_options_and_days(make):
    schedule = make(first_days=2)

    assert run_due(NOON) == 1

    query = Query.objects.get()
    assert (query.schedule, query.node_name, query.store.name) == (schedule, "PACS", "Kerma")
    assert query.retrieve_at_once
    assert Wanted.of(query.wanted) == Wanted(
        modalities=("CT",), description_exclude=("imported",),
        date_from=dt.date(2026, 3, 2), date_until=dt.date(2026, 3, 4),
    )  # fmt: skip
    assert query.task.job == "query"


def test_a_schedule_runs_again_only_after_its_pause_and_its_previous_run(make):
    make()
    run_due(NOON)

    assert run_due(NOON + 2 * HOUR) == 0  # the first is still under way

    end(Query.objects.get())
    assert run_due(NOON + HOUR / 2) == 0
    assert run_due(NOON + HOUR) == 1


@pytest.mark.parametrize("task_state", [Task.State.FAILED, Task.State.CANCELLED])
def test_a_run_whose_task_was_lost_does_not_hold_up_the_next(make, task_state):
    make()
    run_due(NOON)
    Task.objects.update(state=task_state)

    assert run_due(NOON + HOUR) == 1


@pytest.mark.both_databases
@pytest.mark.parametrize("failure", ["failed", "partly", "not_looked_into"])
def test_a_run_asks_from_the_last_success_on_and_failures_count_for_nothing(make, failure):
    schedule = make(overlap_h=0, first_days=7)
    run_due(NOON)
    end(Query.objects.get(), made_at=NOON, found=3, failed=0)

    run_due(NOON + 24 * HOUR)
    second = Query.objects.latest("pk")
    assert second.wanted["date_from"] == "2026-03-04"
    end(second, made_at=NOON + 24 * HOUR, found=3, **{failure: 1})

    run_due(NOON + 48 * HOUR)
    third = Query.objects.latest("pk")
    assert third.wanted["date_from"] == "2026-03-04"
    schedule.refresh_from_db()
    assert schedule.last_success_at == NOON


def test_a_run_that_could_not_ask_proves_nothing_but_one_that_tried_all_goes_on(make):
    schedule = make(overlap_h=0, last_success_at=NOON - 40 * 24 * HOUR)
    run_due(NOON)
    query = Query.objects.get()
    end(query, Query.State.FAILED, made_at=NOON)

    run_due(NOON + HOUR / 2)
    schedule.refresh_from_db()
    assert schedule.last_success_at == NOON - 40 * 24 * HOUR

    study = QueryStudy.objects.create(query=query, study_instance_uid="1.2")
    QuerySeries.objects.create(study=study, series_instance_uid="1.2.1", fetched="failed")
    end(query, Query.State.FAILED, made_at=NOON, failed=1)
    run_due(NOON + HOUR / 2)
    schedule.refresh_from_db()
    assert schedule.last_success_at == NOON + HOUR / 2 - 30 * 24 * HOUR


def test_a_faulty_schedule_keeps_no_other_from_running(make, caplog):
    broken = make("Broken")
    make("Whole")
    LocalStore.objects.all().delete()
    Schedule.objects.filter(name="Whole").update(store=LocalStore.objects.create(
        name="New", ae_title="NEW", port=104))  # fmt: skip

    assert run_due(NOON) == 1

    assert Query.objects.get().schedule.name == "Whole"
    assert f"Schedule {broken.pk} does not run" in caplog.text
    run_due(NOON + HOUR / 2)
    assert caplog.text.count("does not run") == 1
    run_due(NOON + HOUR)
    assert caplog.text.count("does not run") == 2


def test_run_now_disregards_the_hours_but_not_a_run_under_way(make):
    schedule = make(hours=week.never())

    query = run_now(schedule, NOON)

    assert query.schedule == schedule
    schedule.refresh_from_db()
    assert run_now(schedule, NOON) is None
    Schedule.objects.update(store=None)
    end(query)
    schedule.refresh_from_db()
    with pytest.raises(NoStore):
        run_now(schedule, NOON)


def test_a_retrieval_pauses_outside_its_hours_and_resumes_within_them(make):
    make(hours=week.night())
    run_due(EVENING)
    query = Query.objects.get()
    Query.objects.update(state=Query.State.RETRIEVING)

    run_due(EVENING + 2 * HOUR)
    query.refresh_from_db()
    assert query.state == Query.State.RETRIEVING

    run_due(EVENING + 12 * HOUR)
    query.refresh_from_db()
    assert (query.state, query.waits_for_hours) == (Query.State.PAUSED, True)

    run_due(EVENING + 24 * HOUR)
    query.refresh_from_db()
    assert (query.state, query.waits_for_hours) == (Query.State.RETRIEVING, None)
    assert query.task.job == "retrieve"
    assert Query.objects.count() == 1


def test_what_a_person_paused_or_started_by_hand_is_left_alone(make):
    schedule = make(hours=week.night())
    by_hand = run_now(schedule, NOON)
    Query.objects.update(state=Query.State.RETRIEVING)

    run_due(NOON + HOUR)
    by_hand.refresh_from_db()
    assert by_hand.state == Query.State.RETRIEVING

    queries.pause(by_hand)
    run_due(EVENING)
    by_hand.refresh_from_db()
    assert by_hand.state == Query.State.PAUSED


@pytest.mark.both_databases
def test_a_scheduler_that_comes_second_starts_nothing(make):
    make()
    seen_by_both = [Schedule.objects.select_related("node", "store").get() for _ in range(2)]

    started = [run_now(seen, NOON) for seen in seen_by_both[:1]]
    Query.objects.update(state=Query.State.DONE)
    started += [run_now(seen, NOON) for seen in seen_by_both[1:]]

    assert [query is not None for query in started] == [True, False]
    assert Query.objects.count() == 1


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_start_a_schedule_once(make):
    if connection.vendor == "sqlite":
        pytest.skip("threads share the one connection of SQLite in memory")
    for number in range(5):
        make(f"Schedule {number}")
    begin = threading.Barrier(2)
    started = []

    def scheduler_of_a_host():
        begin.wait()
        started.append(run_due(NOON))
        connection.close()

    threads = [threading.Thread(target=scheduler_of_a_host) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(started) == 5
    assert Query.objects.count() == 5


def test_one_look_of_the_scheduler_does_all_that_is_due_and_tidies_once_a_day(make, settings, tmp_path):  # fmt: skip  # noqa: E501
    settings.KERMA_HOME = tmp_path
    make()

    first = scheduler.look(None)

    assert Query.objects.count() == 1
    assert scheduler.look(first) == first
    assert scheduler.look(first - 25 * HOUR) > first


def test_a_query_whose_task_was_lost_is_told_to_have_failed(make, settings, tmp_path):
    settings.KERMA_HOME = tmp_path
    make()
    scheduler.look(None)
    Task.objects.update(state=Task.State.FAILED, error="Its worker was ended 3 times.")

    scheduler.look(None)

    found = Query.objects.earliest("pk")
    assert (found.state, found.error) == (Query.State.FAILED, "Its worker was ended 3 times.")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
def test_the_command_says_when_it_watches_and_ends_at_sigterm(tmp_path):
    environment = os.environ | {"KERMA_HOME": str(tmp_path)}
    environment.pop("KERMA_DATABASE_URL", None)
    kerma = [sys.executable, "-c", "from kerma.cli.main import main; main()"]
    subprocess.run([*kerma, "migrate"], env=environment, check=True, capture_output=True)

    with subprocess.Popen(
        [*kerma, "schedule"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    ) as process:  # fmt: skip
        line = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        status = process.wait(timeout=20)

    assert line == "Kerma watches the clock; schedules switched on: 0.\n"
    assert status == 0
