"""Queries as background work: asked for, carried out by a worker, paused, killed, terminated."""

import pytest

from kerma.net import queries
from kerma.net.fetch.outcomes import outcome_counts, query_outcomes
from kerma.net.queries import NothingWanted, NotNow
from kerma.net.wanted import Wanted
from kerma.store import engine, jobs
from kerma.store.models import Arrival, Query, QuerySeries, QueryStudy, RemoteNode, Task
from tests.net.faulty_pacs import FaultyPacs
from tests.net.query.conftest import node_of
from tests.net.query.test_query import CT_ONLY, ct_study
from tests.net.query.test_retrieve import MG_ONLY, arrived, mg_studies

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def work() -> None:
    """Run what waits, as a worker does, in the order it was asked for."""
    while (task := Task.objects.filter(state=Task.State.QUEUED).order_by("pk").first()) is not None:
        engine.run(task.pk)


@pytest.fixture
def node(db) -> RemoteNode:
    return RemoteNode.objects.create(name="PACS", address="127.0.0.1", port=1, ae_title="PACS")


def test_a_query_waits_for_review_then_is_retrieved(store, store_row):
    with FaultyPacs(ct_study("1.2.1"), stores={"KERMA": store.port}) as pacs:
        query = queries.start(node_of(pacs), store_row, CT_ONLY)
        work()
        query.refresh_from_db()
        reviewed = query.state, arrived()
        queries.retrieve(query)
        work()

    query.refresh_from_db()
    assert reviewed == (Query.State.FOUND, [])
    assert (query.state, arrived()) == (Query.State.DONE, ["1.2.1.2.1"])
    assert set(Task.objects.values_list("state", flat=True)) == {Task.State.DONE}


def test_a_scheduled_query_is_retrieved_at_once(store, store_row):
    with FaultyPacs(ct_study("1.2.1"), stores={"KERMA": store.port}) as pacs:
        query = queries.start(node_of(pacs), store_row, CT_ONLY, retrieve_at_once=True)
        work()

    query.refresh_from_db()
    assert (query.state, arrived()) == (Query.State.DONE, ["1.2.1.2.1"])


def test_a_scheduled_query_that_finds_nothing_is_done(store_row):
    with FaultyPacs(mg_studies(1)) as pacs:
        query = queries.start(node_of(pacs), store_row, CT_ONLY, retrieve_at_once=True)
        work()

    query.refresh_from_db()
    assert query.state == Query.State.DONE


def test_a_node_that_is_down_for_longer_is_tried_again_later(store_row, node):
    query = queries.start(node, store_row, CT_ONLY)
    engine.run(query.task_id)

    task = Task.objects.get()
    query.refresh_from_db()
    assert task.state == Task.State.QUEUED
    assert task.run_after is not None
    assert "tried again in 2 minutes" in query.stage


def test_and_fails_after_the_last_of_these_tries(store_row, node):
    query = queries.start(node, store_row, CT_ONLY)
    for _ in range(4):
        Task.objects.update(run_after=None)
        engine.run(query.task_id)

    query.refresh_from_db()
    assert Task.objects.get().state == Task.State.FAILED
    assert query.state == Query.State.FAILED
    assert "refused" in query.error


def test_only_one_task_carries_a_query_out(store, store_row):
    with FaultyPacs(mg_studies(2, 1), stores={"KERMA": store.port}) as pacs:
        query = queries.start(node_of(pacs), store_row, MG_ONLY)
        work()
        first = queries.retrieve(query).task_id
        queries.pause(query)
        second = queries.resume(query).task_id
        engine.run(first)
        untouched = arrived()
        engine.run(second)

    assert untouched == []
    assert arrived() == ["1.2.0.1.1", "1.2.1.1.1"]


def test_a_task_run_again_by_hand_takes_the_query_over(store, store_row):
    with FaultyPacs(ct_study("1.2.1"), stores={"KERMA": store.port}) as pacs:
        query = queries.start(node_of(pacs), store_row, CT_ONLY)
        queries.cancel(query)
        jobs.enqueue("query", "again", query_id=query.pk)
        work()

    query.refresh_from_db()
    assert query.state == Query.State.FOUND


def test_a_waiting_query_is_terminated_at_once(store_row, node):
    query = queries.cancel(queries.start(node, store_row, CT_ONLY))

    assert query.state == Query.State.CANCELLED
    assert Task.objects.get().state == Task.State.CANCELLED


def test_a_query_whose_task_was_terminated_elsewhere_says_so(store_row, node):
    query = queries.start(node, store_row, CT_ONLY)
    jobs.cancel(query.task_id)

    assert queries.settle_orphans() == 1
    query.refresh_from_db()
    assert query.state == Query.State.CANCELLED


@pytest.mark.parametrize("state", ["queued", "querying", "retrieving", "paused"])
def test_what_is_under_way_is_not_retrieved_a_second_time(state, store_row, node):
    query = Query.objects.create(node=node, store=store_row, state=state, wanted={})
    study = QueryStudy.objects.create(query=query, study_instance_uid="1.2")
    QuerySeries.objects.create(study=study, series_instance_uid="1.2.3")

    with pytest.raises(NotNow, match="cannot be retrieved now"):
        queries.retrieve(query)
    assert not Task.objects.exists()


def test_nothing_to_retrieve_is_said(store_row, node):
    query = Query.objects.create(node=node, store=store_row, state="found", wanted={})

    with pytest.raises(NotNow, match="nothing to retrieve"):
        queries.retrieve(query)


@pytest.mark.parametrize("change", [queries.pause, queries.resume])
def test_what_is_not_under_way_can_be_neither_paused_nor_resumed(change, store_row, node):
    query = Query.objects.create(node=node, store=store_row, state="found", wanted={})

    with pytest.raises(NotNow):
        change(query)


@pytest.mark.parametrize(
    "wanted", [Wanted(), Wanted(modalities=("CT",), sr_only=True)], ids=["nothing", "both"]
)
def test_a_query_for_nothing_is_refused(wanted, store_row, node):
    with pytest.raises(NothingWanted):
        queries.start(node, store_row, wanted)
    assert not Task.objects.exists()


def test_a_retrieval_is_told_step_by_step_and_names_no_patient(store, store_row):
    with FaultyPacs(ct_study("1.2.1"), stores={"KERMA": store.port}) as pacs:
        query = queries.start(node_of(pacs), store_row, CT_ONLY, retrieve_at_once=True)
        work()

    query.refresh_from_db()
    said = [line.partition(" ")[2] for line in query.log.splitlines()]
    assert said == [
        "Asking PACS (C-MOVE to a store) for studies of any date.",
        "CT: 1 studies.",
        "1 studies listed, 1 of them may be wanted.",
        "1 of 1 studies to fetch (1 CT), in 1 series.",
        "Fetching 1 series from PACS to KERMA (C-MOVE to a store).",
        "1 series fetched, 0 in part, 0 failed, 0 not yet.",
    ]


def test_what_became_of_the_objects_is_found_by_study(store_row, node):
    query = Query.objects.create(node=node, store=store_row, state="done", wanted={})
    study = QueryStudy.objects.create(query=query, study_instance_uid="1.2.1")
    for number, decision in enumerate(("imported", "refused", "imported")):
        Arrival.objects.create(
            spool_name=str(number), arrived_at=f"2040-01-02T10:0{number}Z", came_by="receive",
            study_instance_uid="1.2.1", series_instance_uid="1.2.1.2",
            sop_instance_uid=f"1.2.1.2.{number % 2}", decision=decision, reason=f"Why {number}.",
        )  # fmt: skip

    found = query_outcomes(study)

    assert [(each.sop_instance_uid, each.reason) for each in found] == [
        ("1.2.1.2.0", "Why 2."),
        ("1.2.1.2.1", "Why 1."),
    ]
    assert outcome_counts(query) == {"Imported": 2, "In quarantine": 1}
