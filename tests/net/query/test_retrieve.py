"""A retrieval from a PACS that sends well, badly, in part or not at all."""

import datetime as dt
import socket
import threading
import time

import pytest

from kerma.dicom import tags
from kerma.dicom.files import read_bytes
from kerma.net import queries
from kerma.net.carry_out import carry_out_query, carry_out_retrieval
from kerma.net.fetch.retrieve import Struggling
from kerma.net.node.faults import UnknownStore
from kerma.net.telling import Aside
from kerma.net.wanted import Wanted
from kerma.pipeline import spool
from kerma.store.jobs import Cancelled
from kerma.store.models import LocalStore, Process, Query, QueryImage, QuerySeries, RemoteNode
from tests.net.faulty_pacs import Faults, FaultyPacs, instance
from tests.net.query.conftest import node_of, query_row
from tests.net.query.test_query import CT_ONLY, MG_IMAGE, ct_study

pytestmark = pytest.mark.django_db

MG_ONLY = Wanted(modalities=("MG",))


def mg_studies(number: int, images: int = 2) -> list:
    return [
        instance(f"1.2.{study}", "1", image, "MG", MG_IMAGE)
        for study in range(number)
        for image in range(1, images + 1)
    ]


def found(node: RemoteNode, wanted: Wanted, store: LocalStore | None) -> Query:
    """Return a query that has been answered and is ready to be retrieved."""
    query = query_row(node, wanted, store)
    carry_out_query(query.pk, Aside())
    query.refresh_from_db()
    queries.ready(query)
    return query


def fetch(query: Query, teller: Aside | None = None) -> Query:
    carry_out_retrieval(query.pk, teller or Aside())
    query.refresh_from_db()
    return query


def arrived() -> list[str]:
    """Return the SOP Instance UIDs in the spool, in order."""
    headers = (read_bytes(each.path.read_bytes()).data_set for each in spool.waiting())
    return sorted(header.first(tags.SOPInstanceUID) for header in headers)


@pytest.fixture
def receiver(db):
    """Say that the receiver runs on this computer, so that arrivals can be looked for."""
    now = dt.datetime.now(dt.UTC)
    Process.objects.create(
        kind="receive", host=socket.gethostname(), pid=1, started_at=now, seen_at=now
    )


@pytest.mark.parametrize("way", ["move", "get"])
def test_what_was_kept_arrives_and_nothing_else(way, store, store_row, receiver):
    with FaultyPacs(ct_study("1.2.1"), stores={"KERMA": store.port}) as pacs:
        query = fetch(found(node_of(pacs, way=way), CT_ONLY, store_row))

    assert arrived() == ["1.2.1.2.1"]
    assert query.state == Query.State.DONE
    assert query.counts["retrieved"] == 1


@pytest.mark.parametrize("way", ["move", "get"])
def test_objects_are_asked_for_by_unique_keys(way, store, store_row):
    """Other keys find nothing at some nodes."""
    with FaultyPacs(ct_study("1.2.1"), stores={"KERMA": store.port}) as pacs:
        fetch(found(node_of(pacs, way=way), CT_ONLY, store_row))

    (request,) = pacs.asked(way)
    assert {element.keyword for element in request.identifier} == {
        "QueryRetrieveLevel",
        "StudyInstanceUID",
        "SeriesInstanceUID",
    }


def test_the_kept_objects_of_a_series_are_fetched_one_by_one(store, store_row):
    with FaultyPacs(mg_studies(1, images=3), stores={"KERMA": store.port}) as pacs:
        query = found(node_of(pacs), Wanted(modalities=("MG",), duplicates=True), store_row)
        series = QuerySeries.objects.get()
        QuerySeries.objects.update(by_image=True)
        for number in (1, 2, 3):
            QueryImage.objects.create(
                series=series, sop_instance_uid=f"1.2.0.1.{number}", kept=number != 2
            )
        fetch(query)

    assert arrived() == ["1.2.0.1.1", "1.2.0.1.3"]
    assert [r.identifier.QueryRetrieveLevel for r in pacs.asked("move")] == ["IMAGE", "IMAGE"]


def test_an_unknown_store_says_what_to_register(store_row):
    with FaultyPacs(ct_study("1.2.1")) as pacs:
        query = found(node_of(pacs), CT_ONLY, store_row)
        with pytest.raises(UnknownStore):
            fetch(query)

    query.refresh_from_db()
    assert query.state == Query.State.FAILED
    assert "AE title KERMA" in query.error
    assert f"port {store_row.port}" in query.error


def test_a_busy_node_is_asked_again(store, store_row):
    with FaultyPacs(ct_study("1.2.1"), stores={"KERMA": store.port}) as pacs:
        query = found(node_of(pacs), CT_ONLY, store_row)
        pacs.faults.busy = 2
        fetch(query)

    assert arrived() == ["1.2.1.2.1"]
    assert len(pacs.asked("move")) == 3


def test_a_line_that_breaks_in_the_middle_of_a_series_is_mended(store, store_row, receiver):
    with FaultyPacs(mg_studies(2), Faults(drops_moves=1), stores={"KERMA": store.port}) as pacs:
        query = fetch(found(node_of(pacs), MG_ONLY, store_row))

    assert set(arrived()) == {f"1.2.{s}.1.{i}" for s in (0, 1) for i in (1, 2)}
    assert query.counts["failed"] == 0


def test_one_series_that_fails_does_not_stop_the_others(store, store_row):
    with FaultyPacs(
        mg_studies(3, 1), Faults(busy_for_series="1.2.1.1"), stores={"KERMA": store.port}
    ) as pacs:
        query = fetch(found(node_of(pacs), MG_ONLY, store_row))

    assert arrived() == ["1.2.0.1.1", "1.2.2.1.1"]
    assert query.state == Query.State.DONE
    assert query.counts["failed"] == 1
    failed = QuerySeries.objects.get(fetched="failed")
    assert "0xA702" in failed.fault


def test_a_node_that_fails_all_the_time_is_left_alone(store, store_row):
    with FaultyPacs(mg_studies(6, 1), stores={"KERMA": store.port}) as pacs:
        query = found(node_of(pacs), MG_ONLY, store_row)
        pacs.faults.busy = 1000
        with pytest.raises(Struggling):
            fetch(query)

    assert {r.identifier.SeriesInstanceUID for r in pacs.asked("move")} <= {
        "1.2.0.1", "1.2.1.1", "1.2.2.1",
    }  # fmt: skip
    assert not QuerySeries.objects.exclude(fetched="").exists()


def test_a_store_that_takes_nothing_is_told(store, store_row):
    store.status = 0xC000
    with FaultyPacs(mg_studies(1, 2), stores={"KERMA": store.port}) as pacs:
        query = found(node_of(pacs), MG_ONLY, store_row)
        fetch(query)

    series = QuerySeries.objects.get()
    assert (series.fetched, query.state) == ("failed", Query.State.FAILED)


def test_a_node_that_sends_one_object_again_and_again_is_found_out(store, store_row, receiver):
    with FaultyPacs(
        mg_studies(1, 3), Faults(sends_first_only=True), stores={"KERMA": store.port}
    ) as pacs:
        query = fetch(found(node_of(pacs), MG_ONLY, store_row))

    series = QuerySeries.objects.get()
    assert series.fetched == "partly"
    assert "of 3 objects 1 have arrived" in series.fault
    assert query.counts["failed"] == 1


def test_a_node_that_lists_more_than_it_sends_is_found_out(store, store_row):
    faults = Faults(says={"NumberOfSeriesRelatedInstances": 5})
    with FaultyPacs(mg_studies(1, 2), faults, stores={"KERMA": store.port}) as pacs:
        fetch(found(node_of(pacs), MG_ONLY, store_row))

    series = QuerySeries.objects.get()
    assert series.fetched == "partly"
    assert "lists 5 objects, and says it sent 2" in series.fault


def test_a_retrieval_that_was_killed_goes_on_where_it_was(store, store_row):
    with FaultyPacs(mg_studies(3, 1), stores={"KERMA": store.port}) as pacs:
        query = found(node_of(pacs), MG_ONLY, store_row)
        QuerySeries.objects.filter(series_instance_uid="1.2.0.1").update(fetched="done")
        fetch(query)

    assert arrived() == ["1.2.1.1.1", "1.2.2.1.1"]
    assert query.counts["retrieved"] == 3


def test_a_pause_is_kept_between_series_and_ended_by_resuming(store, store_row):
    class Pausing(Aside):
        def tell(self, done, total=0, note=""):
            queries.pause(query)

    with FaultyPacs(mg_studies(3, 1), stores={"KERMA": store.port}) as pacs:
        query = found(node_of(pacs), MG_ONLY, store_row)
        fetch(query, Pausing())
        paused_at = len(arrived()), query.state
        queries.resume(query)
        fetch(query)

    assert paused_at == (1, Query.State.PAUSED)
    assert len(arrived()) == 3
    assert query.state == Query.State.DONE


def test_what_failed_is_tried_again_by_retrieving_again(store, store_row):
    with FaultyPacs(mg_studies(2, 1), stores={"KERMA": store.port}) as pacs:
        query = found(node_of(pacs), MG_ONLY, store_row)
        pacs.faults.busy_for_series = "1.2.0.1"
        fetch(query)
        pacs.faults.busy_for_series = ""
        queries.ready(query)
        fetch(query)

    assert arrived() == ["1.2.0.1.1", "1.2.1.1.1"]
    assert query.counts["failed"] == 0
    assert [r.identifier.SeriesInstanceUID for r in pacs.asked("move")].count("1.2.1.1") == 1


def test_terminating_asks_the_node_to_stop(store, store_row):
    stop = threading.Event()

    class Stopping(Aside):
        def check(self):
            if stop.is_set():
                raise Cancelled("Terminated.")

    with FaultyPacs(ct_study("1.2.1"), Faults(endless=True)) as pacs:
        query = query_row(node_of(pacs, timeout_s=30), CT_ONLY)
        threading.Timer(0.5, stop.set).start()
        with pytest.raises(Cancelled):
            carry_out_query(query.pk, Stopping())

        assert pacs.cancelled.wait(5)
    query.refresh_from_db()
    assert query.state == Query.State.CANCELLED


def test_a_node_that_does_not_stop_when_asked_is_left(monkeypatch):
    monkeypatch.setattr("kerma.net.node.session._GRACE_S", 0.3)
    stop = threading.Event()

    class Stopping(Aside):
        def check(self):
            if stop.is_set():
                raise Cancelled("Terminated.")

    with FaultyPacs(ct_study("1.2.1"), Faults(silent_s=4, silent_times=1)) as pacs:
        query = query_row(node_of(pacs, timeout_s=60), CT_ONLY)
        threading.Timer(0.3, stop.set).start()
        began = time.monotonic()
        with pytest.raises(Cancelled):
            carry_out_query(query.pk, Stopping())
        took = time.monotonic() - began

    assert took < 3


def test_a_query_that_does_not_exist_is_no_fault():
    assert carry_out_retrieval(987654, Aside()) is False


def test_get_does_not_need_a_store(receiver):
    with FaultyPacs(mg_studies(1, 2)) as pacs:
        query = fetch(found(node_of(pacs, way="get"), MG_ONLY, None))

    assert arrived() == ["1.2.0.1.1", "1.2.0.1.2"]
    assert query.counts["failed"] == 0


def test_get_on_a_full_disk_is_a_failure_not_a_loss(monkeypatch, receiver):
    def full(*arguments):
        raise spool.NoRoom("The disk does not take the object.")

    monkeypatch.setattr(spool, "put", full)
    with FaultyPacs(mg_studies(1, 2)) as pacs:
        query = found(node_of(pacs, way="get"), MG_ONLY, None)
        fetch(query)

    assert QuerySeries.objects.get().fetched == "failed"


def test_move_without_a_store_says_to_choose_one():
    with FaultyPacs(ct_study("1.2.1")) as pacs:
        query = found(node_of(pacs), CT_ONLY, None)
        with pytest.raises(Exception, match="needs a store"):
            fetch(query)


def test_a_silent_store_is_told_beforehand(store_row, store):
    store_row.port = 1
    store_row.save()
    with FaultyPacs(ct_study("1.2.1"), stores={"KERMA": 1}) as pacs:
        query = found(node_of(pacs), CT_ONLY, store_row)
        with pytest.raises(UnknownStore):
            fetch(query)

    query.refresh_from_db()
    assert "start `kerma receive`" in query.log
