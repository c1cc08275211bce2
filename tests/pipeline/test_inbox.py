"""What happens to objects after the receiver has acknowledged them."""

import datetime as dt
import errno
import logging
import os

import pytest

from kerma.pipeline import inbox, spool
from kerma.pipeline.inbox import Inbox
from kerma.store import arrival_log, options
from kerma.store.models import Arrival, Quarantine, Source, StoredObject, Study
from tests.pipeline.arrivals import a_report, a_slice, receive, rule

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def work_off():
    """Return the work of a worker that has just begun."""
    return lambda limit=None: Inbox().work_off(lambda: False, limit)


def test_a_report_is_imported_and_leaves_the_spool(work_off):
    name = receive(a_report())

    assert work_off() == 1

    row = Arrival.objects.get()
    assert (row.spool_name, row.decision, row.caller, row.store, row.came_by) == (
        name, "imported", "CT1", "KERMA", "receive",
    )  # fmt: skip
    assert (row.manufacturer, row.model, row.station_name) == ("ACME", "Scan 9", "CT-9")
    assert Study.objects.count() == 1
    assert StoredObject.objects.get().came_by == "receive"
    assert spool.count() == 0


def test_the_time_of_arrival_is_when_it_came_not_when_it_was_decided_about(work_off):
    receive(a_report())
    came = next(spool.waiting()).arrived_ns / 1e9

    work_off()

    row = Arrival.objects.get()
    assert row.arrived_at.timestamp() == pytest.approx(came, abs=1e-3)
    assert row.decided_at > row.arrived_at


def test_those_that_came_first_are_taken_first(work_off):
    for number in (3, 1, 2):
        receive(a_report(number))

    work_off(limit=2)

    found = Arrival.objects.order_by("pk").values_list("study_instance_uid", flat=True)
    assert list(found) == ["1.2.3.3", "1.2.3.1"]
    assert spool.count() == 1


def test_a_worker_that_is_to_stop_begins_no_further_object():
    receive(a_report())

    assert inbox.work_off(lambda: True) == 0
    assert spool.count() == 1


def test_the_same_object_again_is_a_duplicate(work_off):
    receive(a_report())
    receive(a_report())

    work_off()

    assert sorted(Arrival.objects.values_list("decision", flat=True)) == ["duplicate", "imported"]
    assert Source.objects.count() == 1


def test_an_image_without_dose_says_so(work_off):
    receive(a_slice())

    work_off()

    assert Arrival.objects.get().decision == "skipped"
    assert Quarantine.objects.count() == 0


@pytest.mark.parametrize("data", [b"", b"no dicom at all", a_report()[:700]])
def test_what_cannot_be_read_is_in_quarantine_and_the_next_object_is_imported(work_off, data):
    receive(data)
    receive(a_report(2))

    work_off()

    row = Arrival.objects.order_by("pk")[0]
    assert row.decision == "refused"
    assert row.reason == Quarantine.objects.get().reason
    assert Quarantine.objects.get().origin == "CT1 to KERMA"
    assert Study.objects.count() == 1
    assert spool.count() == 0


def test_a_fault_of_kerma_over_one_object_keeps_no_other_waiting(work_off, monkeypatch, caplog):
    real = inbox.read_bytes

    def fail(data):
        if b"1.2.3.1.1" in data:
            raise ZeroDivisionError
        return real(data)

    monkeypatch.setattr(inbox, "read_bytes", fail)
    receive(a_report(1))
    receive(a_report(2))

    with caplog.at_level(logging.ERROR, "kerma.import"):
        assert work_off() == 2

    assert Study.objects.count() == 1
    assert Quarantine.objects.get().reason.startswith("Kerma has a fault here")
    assert Quarantine.objects.get().retriable
    assert "ZeroDivisionError" in caplog.text
    assert "Doe" not in caplog.text


class TestIgnoring:
    @pytest.mark.parametrize(
        ("attribute", "pattern"),
        [
            ("manufacturer", "acme"),
            ("model", "scan *"),
            ("station_name", "CT-?"),
            ("software_versions", "2.1"),
            ("software_versions", r"VA20\2.1"),
            ("serial_number", "SCB1312016"),
        ],
    )
    def test_an_object_that_meets_a_rule_is_ignored_with_the_rule_as_reason(
        self, work_off, attribute, pattern
    ):
        rule("ignore", attribute, pattern)
        receive(a_report(SoftwareVersions=["VA20", "2.1"], DeviceSerialNumber="SCB1312016"))

        work_off()

        row = Arrival.objects.get()
        assert row.decision == "ignored"
        assert pattern in row.reason
        assert (Study.objects.count(), StoredObject.objects.count(), spool.count()) == (0, 0, 0)

    @pytest.mark.parametrize(
        ("attribute", "pattern"),
        [
            ("manufacturer", "acm"),
            ("model", "scan"),
            ("station_name", "CT"),
            ("serial_number", "*"),
        ],
    )
    def test_a_part_of_a_value_is_not_enough(self, work_off, attribute, pattern):
        rule("ignore", attribute, pattern)
        receive(a_report())

        work_off()

        assert Arrival.objects.get().decision == "imported"

    def test_brackets_and_dots_are_plain_characters(self, work_off):
        rule("ignore", "station_name", "CT[9]")
        rule("ignore", "model", "Scan.9")
        receive(a_report())

        work_off()

        assert Arrival.objects.get().decision == "imported"

    def test_a_new_rule_is_followed_within_seconds(self, monkeypatch):
        worker = Inbox()
        monkeypatch.setattr("kerma.pipeline.inbox._RULES_S", 0.0)
        receive(a_report(1))
        worker.work_off(lambda: False)

        rule("ignore", "manufacturer", "ACME")
        receive(a_report(2))
        worker.work_off(lambda: False)

        assert Arrival.objects.get(study_instance_uid="1.2.3.2").decision == "ignored"


def test_names_of_patients_are_in_no_reason(work_off):
    rule("physics", "patient", "phan")
    rule("ignore", "serial_number", "7")
    receive(a_slice(PatientName="Phantom^Secret", PatientID="QX4711"))
    receive(a_report(3, PatientName="Phantom^Secret", DeviceSerialNumber="7"))
    receive(a_report(4, PatientName="Fell^Secret", PatientID="QX4711")[:900])

    work_off()

    rows = Arrival.objects.values()
    assert len(rows) == 3
    assert not any("Secret" in str(row) or "QX4711" in str(row) for row in rows)


class TestOutages:
    def test_a_full_disk_leaves_the_object_in_the_spool_and_says_so_once(
        self, work_off, monkeypatch, caplog
    ):
        rule("physics", "patient", "doe")
        receive(a_slice(1))
        receive(a_slice(2))
        worker = Inbox()
        with monkeypatch.context() as full, caplog.at_level(logging.INFO, "kerma.import"):
            full.setattr(os, "link", _no_space)

            assert worker.work_off(lambda: False) == 0
            worker._outage._until = 0.0
            assert worker.work_off(lambda: False) == 0

        assert [record.levelname for record in caplog.records] == ["ERROR"]
        assert "No space left on device" in caplog.text
        assert spool.count() == 2

        worker._outage._until = 0.0
        assert worker.work_off(lambda: False) == 2
        assert spool.count() == 0

    def test_after_a_failure_it_waits_before_it_tries_again(self, monkeypatch):
        rule("physics", "patient", "doe")
        receive(a_slice())
        worker = Inbox()
        with monkeypatch.context() as full:
            full.setattr(os, "link", _no_space)
            worker.work_off(lambda: False)

        assert worker.work_off(lambda: False) == 0
        assert spool.count() == 1

    def test_a_file_that_the_system_cannot_read_keeps_no_other_waiting(
        self, work_off, monkeypatch, caplog
    ):
        bad = receive(a_report(1))
        receive(a_report(2))
        real = inbox.contents

        def fail(file):
            if bad in file.name:
                raise OSError(errno.EIO, "Input/output error")
            return real(file)

        monkeypatch.setattr(inbox, "contents", fail)

        assert work_off() == 1
        assert Study.objects.count() == 1
        assert [each.name for each in spool.waiting()] == [bad]
        assert "tried again in a minute" in caplog.text


def _no_space(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


class TestTakenAgain:
    """A worker that dies just before the spool file goes; another takes the object again."""

    @pytest.fixture
    def dies(self, monkeypatch):
        monkeypatch.setattr(spool, "remove", lambda spooled: None)

    def test_the_log_keeps_the_first_word(self, dies, work_off):
        receive(a_report())

        work_off()
        work_off()

        row = Arrival.objects.get()
        assert row.decision == "imported"
        assert Source.objects.count() == 1

    def test_a_refused_object_is_in_quarantine_once(self, dies, work_off):
        receive(b"no dicom")

        work_off()
        work_off()

        assert Arrival.objects.get().decision == "refused"
        assert Quarantine.objects.count() == 1

    def test_the_row_of_the_log_is_written_with_the_study(self, work_off, monkeypatch):
        """So that what a killed worker stored is never called a duplicate of itself."""
        monkeypatch.setattr(arrival_log, "note", _die)
        receive(a_report())

        with pytest.raises(KeyboardInterrupt):
            work_off()

        assert Arrival.objects.get().decision == "imported"
        assert spool.count() == 1


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_old_rows_of_the_log_go(work_off):
    receive(a_report(1))
    receive(a_report(2))
    work_off()
    old = dt.datetime.now(dt.UTC) - dt.timedelta(days=31)
    Arrival.objects.filter(study_instance_uid="1.2.3.1").update(arrived_at=old)
    options.put("arrival_log_days", 30)

    assert arrival_log.prune() == 1

    assert Arrival.objects.get().study_instance_uid == "1.2.3.2"
    assert Study.objects.count() == 2
