"""Freshness where transactions end in another order than they began."""

import threading

import pytest
from django.db import connection, transaction

from kerma import charts
from kerma.charts.cache import fresh
from kerma.query.selection import select
from kerma.store import changes
from kerma.store.models import Study
from tests.charts.by_hand import Rows, check
from tests.charts.fresh_cache import forget_in_memory
from tests.charts.made_up import store_some
from tests.finality import end
from tests.query.hospital import store

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def look(name="ct-study-frequency"):
    chart = charts.find(name)
    result = charts.compute(chart, select("CT", []))
    check(chart, result, Rows("CT"))
    return result


def test_what_is_committed_is_read_once_and_then_read_on(monkeypatch):
    store_some("CT", 8)
    look()
    look("ct-acquisition-dlp")
    monkeypatch.setattr(fresh, "FEW", 1)
    store_some("CT", 4, seed=2)
    written = end()
    forget_in_memory()
    look("ct-acquisition-dlp")
    assert fresh._kept["CT"].generation.about.position >= written
    look()


def test_a_study_stored_while_an_older_transaction_runs_is_counted_at_once():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    store("1.1", "CT", study_description="Old")
    look()
    begun, go = threading.Event(), threading.Event()

    def late():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                Study.objects.update(study_description="Late")
                changes.note(cursor, Study.objects.values_list("pk", flat=True))
                begun.set()
                go.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    begun.wait(10)
    store("1.2", "CT", study_description="New", room="Room 2")
    found = look()
    go.set()
    thread.join()
    assert {item.item for item in found.series[0].items} == {"Old", "New"}
    assert {item.item for item in look().series[0].items} == {"Late", "New"}


def test_charts_asked_at_the_same_time_are_all_right():
    store_some("CT", 10)
    names = ("ct-study-dlp", "ct-acquisition-dlp", "ct-acquisition-ctdivol", "ct-study-workload")
    rows, faults = Rows("CT"), []

    def ask(name):
        try:
            chart = charts.find(name)
            check(chart, charts.compute(chart, select("CT", [])), rows)
        except BaseException as error:  # noqa: BLE001 - told by the test
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=[name]) for name in names * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
