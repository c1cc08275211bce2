"""The log of changes: nothing that changed is missed, nothing is told twice."""

import threading

import pytest
from django.db import connection, transaction

from kerma.store import changes
from kerma.store.forget import forget_study
from kerma.store.models import Study, StudyChange
from tests.finality import end, since
from tests.query.hospital import store

HOSPITAL = (("1.2.1", "CT"), ("1.2.2", "RF"), ("1.2.3", "NM"))

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def stored():
    for uid, modality in HOSPITAL:
        store(uid, modality)


def test_a_stored_study_is_told_once_to_who_reads_on():
    start = end()
    stored()
    found = since(start)
    assert found.complete
    assert sorted(found.study_ids) == sorted(Study.objects.values_list("pk", flat=True))
    assert since(found.position).study_ids == []


def test_a_deleted_study_is_told():
    stored()
    study = Study.objects.first()
    number = study.pk
    start = end()
    forget_study(study)
    assert since(start).study_ids == [number]


def test_what_is_rolled_back_is_not_told():
    start = end()
    with transaction.atomic(), connection.cursor() as cursor:
        changes.note(cursor, [1])
        transaction.set_rollback(True)
    assert since(start).study_ids == []


def test_a_limit_leaves_the_rest_for_the_next_time():
    start = end()
    for number in range(5):
        with transaction.atomic(), connection.cursor() as cursor:
            changes.note(cursor, [number])
    first = since(start, 2)
    assert first.study_ids == [0, 1]
    assert since(first.position).study_ids == [2, 3, 4]


def test_derived_changes_are_for_caches_only():
    start = end()
    with transaction.atomic(), connection.cursor() as cursor:
        changes.note(cursor, [1], derived=True)
    assert since(start).study_ids == [1]
    assert since(start, derived=False).study_ids == []


def test_a_transaction_that_ends_late_is_not_missed():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    start = end()
    noted, go = threading.Event(), threading.Event()

    def late():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                changes.note(cursor, [1])
                noted.set()
                go.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    noted.wait(10)
    with transaction.atomic(), connection.cursor() as cursor:
        changes.note(cursor, [2])
    first = changes.since(start)
    go.set()
    thread.join()
    second = since(first.position)
    assert sorted(first.study_ids + second.study_ids) == [1, 2]


def test_who_was_away_too_long_must_read_everything(monkeypatch):
    monkeypatch.setattr(changes, "_KEPT", 1)
    start = end()
    for number in range(4):
        with transaction.atomic(), connection.cursor() as cursor:
            changes.note(cursor, [number])
    changes.move("reader", end())
    assert changes.drop_old() > 0
    assert StudyChange.objects.count() > 0
    assert not since(start).complete
    assert since(changes.position_of("reader")).complete


def test_changes_that_a_reader_has_not_seen_are_kept(monkeypatch):
    monkeypatch.setattr(changes, "_KEPT", 0)
    changes.move("reader", end() or 1)
    before = changes.position_of("reader")
    for number in range(3):
        with transaction.atomic(), connection.cursor() as cursor:
            changes.note(cursor, [number])
    changes.drop_old()
    assert since(before).study_ids[-2:] == [1, 2]


def test_one_process_reads_on_at_a_time():
    assert changes.hold("reader", "a", 60)
    assert not changes.hold("reader", "b", 60)
    assert changes.hold("reader", "a", -1)
    assert changes.hold("reader", "b", 60)


def noted(number):
    with transaction.atomic(), connection.cursor() as cursor:
        changes.note(cursor, [number])


def test_a_reader_that_stays_sees_all_since_and_whether_there_is_more():
    start = end()
    for number in (1, 2, 1):
        noted(number)
    seen = changes.seen_since(start, 10)
    assert sorted(seen.study_ids) == [1, 2]
    assert seen.stamp[0] == 3
    noted(2)
    assert changes.seen_since(start, 10).stamp != seen.stamp
    assert changes.seen_since(start, 3) is None
    assert changes.seen_since(end() + 1_000_000, 10) is None


def test_a_change_that_was_there_tells_a_log_from_another():
    assert changes.newest() is None
    assert changes.has(None)
    noted(1)
    newest = changes.newest()
    noted(2)
    assert changes.has(newest)
    assert not changes.has((newest[0], "2001-01-01T00:00:00+00:00"))
    StudyChange.objects.filter(pk=newest[0]).delete()
    assert changes.has(newest), "it is older than all that is kept"
    StudyChange.objects.all().delete()
    assert not changes.has(newest)
