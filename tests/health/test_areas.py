"""Each area of health: what makes it well, and what makes it say something."""

import datetime as dt
import os
import socket
from collections import namedtuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import OperationalError
from django.utils import timezone

from kerma.health import State, base, look, worst
from kerma.health.areas import disk
from kerma.pipeline import spool
from kerma.store import disk_history, processes
from kerma.store.models import LocalStore, Process, Quarantine, StoredObject, Task
from tests.query.hospital import store as store_study

pytestmark = pytest.mark.django_db

NOW = dt.datetime.now(dt.UTC)
Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    settings.KERMA_HOME = tmp_path
    settings.KERMA_DISK_FREE_GB = 0
    return tmp_path


def facts(area):
    (looked,) = look(area)
    return {fact.name: fact for fact in looked.facts}


def ago(**how):
    return dt.datetime.now(dt.UTC) - dt.timedelta(**how)


def test_a_fresh_site_is_well():
    assert {looked.area.name: looked.state for looked in look()} == {
        area.name: State.OK for area in base.areas
    }


def test_every_fact_that_is_not_well_says_what_to_do(home):
    spool.put([b"x"], "receive", "KERMA")
    LocalStore.objects.create(name="Main", ae_title="KERMA", port=free_port(), tls=True)

    told = [fact for looked in look() for fact in looked.facts if fact.state != State.OK]

    assert len(told) >= 3
    assert all(fact.advice.endswith((".", "`")) for fact in told)


def test_the_state_of_an_area_is_the_worst_of_its_facts():
    states = [State.OK, State.OVER, State.NOTICE, State.WARN]

    assert worst([base.Fact("", "", "", state) for state in states]) == State.OVER
    assert worst([]) == State.OK


@pytest.mark.parametrize("error", [OperationalError("server\ngone"), PermissionError(13, "no")])
def test_an_area_that_cannot_be_looked_at_says_so_and_stops_no_other(monkeypatch, error):
    def fail():
        raise error
        yield

    broken = base.areas["spool"]._replace(look=fail)
    monkeypatch.setitem(base.areas._items, "spool", broken)

    found = {looked.area.name: looked for looked in look()}

    assert found["spool"].state == State.OVER
    assert "could not be looked at" in found["spool"].facts[0].advice
    assert found["clock"].state == State.OK


def test_a_disk_with_too_little_room(monkeypatch, settings):
    settings.KERMA_DISK_FREE_GB = 5
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda path: Usage(10**11, 0, 4_900_000_000))

    assert facts("disk")["disk-free"].state == State.OVER


@pytest.mark.parametrize(
    ("free_gb_ten_days_ago", "state", "words"),
    [(50, State.OK, "none"), (70, State.WARN, "2.0 GB a day, full in about 25 days"),
     (51, State.OK, "100 MB a day, full in about 500 days")],
)  # fmt: skip
def test_a_disk_that_will_be_full_soon(home, monkeypatch, free_gb_ten_days_ago, state, words):
    """50 GB are left; what was left ten days ago tells the days that remain."""
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda path: Usage(10**12, 0, 50_000_000_000))
    day = timezone.localdate() - dt.timedelta(days=10)
    disk_history._write(home, {day: free_gb_ten_days_ago * 10**9})

    found = facts("disk")["disk-growth"]

    assert (found.state, found.value) == (state, words)


def test_the_room_of_a_day_is_noted_once_and_old_days_go(home, monkeypatch):
    today = timezone.localdate()
    disk_history._write(home, {today - dt.timedelta(days=40): 1, today - dt.timedelta(days=5): 2})

    disk_history.record(home, today)

    assert set(disk_history.read(home)) == {today, today - dt.timedelta(days=5)}


def test_a_damaged_history_counts_as_none(home):
    (home / "disk-history.json").write_text('["x"]')

    assert disk_history.read(home) == {}


def test_a_task_that_waits_with_no_worker_alive():
    Task.objects.create(job="x", title="T")
    Task.objects.update(made_at=ago(minutes=5))

    found = facts("tasks")["tasks-waiting"]

    assert found.state == State.OVER
    assert "no worker is alive" in found.advice


def test_a_task_that_waits_while_workers_are_busy_is_no_fault():
    Task.objects.create(job="x", title="T")
    Task.objects.update(made_at=ago(minutes=5))
    processes.beat("work")

    assert facts("tasks")["tasks-waiting"].state == State.NOTICE


def test_a_task_for_later_does_not_wait():
    later = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    Task.objects.create(job="x", title="T", run_after=later)
    Task.objects.update(made_at=ago(minutes=5))

    assert facts("tasks")["tasks-waiting"].state == State.OK


def test_failed_tasks_of_the_last_day_count_and_older_do_not():
    for hours in (2, 30):
        Task.objects.create(job="x", title="T", state="failed", finished_at=ago(hours=hours))

    assert facts("tasks")["tasks-failed"].value == "1"


def test_a_process_that_fell_silent_is_told_of_where_it_is_needed():
    LocalStore.objects.create(name="Main", ae_title="KERMA", port=free_port())
    Process.objects.create(
        kind="receive", host="h", pid=1, started_at=ago(hours=3), seen_at=ago(hours=2)
    )

    found = facts("processes")

    assert found["process-receive"].state == State.OVER
    assert "2 hours ago" in found["process-receive"].advice
    assert found["process-work"].state == State.WARN
    assert found["process-schedule"].state == State.OK


def test_processes_that_are_alive_are_named_with_their_hosts():
    processes.beat("web")

    assert facts("processes")["process-web"].value == f"1 alive on {socket.gethostname()}"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_port_that_another_program_has_taken():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        LocalStore.objects.create(name="M", ae_title="K", port=port, address="127.0.0.1")

        (found,) = facts("stores").values()

    assert found.state == State.OVER
    assert f"Port {port} of the store M is in use by another program" in found.advice


def test_a_store_for_which_nothing_receives_and_one_that_does():
    port = free_port()
    LocalStore.objects.create(name="M", ae_title="K", port=port)
    (before,) = facts("stores").values()

    processes.beat("receive", {"ports": [{"name": "M", "ae_title": "K", "port": port}]})
    (after,) = facts("stores").values()

    assert (before.state, after.state) == (State.OVER, State.OK)
    assert "kerma receive" in before.advice


def test_a_receiver_that_is_alive_says_itself_why_a_store_is_closed():
    LocalStore.objects.create(name="M", ae_title="K", port=11112)
    processes.beat("receive", {"ports": [], "troubles": ["Port 11112 of this machine is taken."]})

    (found,) = facts("stores").values()

    assert (found.state, found.advice) == (State.OVER, "Port 11112 of this machine is taken.")


def test_stores_of_other_servers_and_closed_ones_are_not_looked_at():
    LocalStore.objects.create(name="M", ae_title="K", port=1, is_ours=False)
    LocalStore.objects.create(name="N", ae_title="L", port=2, enabled=False)

    assert set(facts("stores")) == {"stores"}


def test_objects_that_are_not_read_for_long(home):
    name = spool.put([b"x"], "receive", "KERMA")
    old = f"{int((NOW - dt.timedelta(hours=3)).timestamp() * 1e9):020}{name[20:]}"
    (spool.folder() / name).rename(spool.folder() / old)

    found = facts("spool")["spool-oldest"]

    assert found.state == State.WARN
    assert "since 3 hours). Nothing is lost" in found.advice


def quarantine(count, **when):
    for number in range(count):
        entry = Quarantine.objects.create(reason="R", error="E", content_hash=f"{when}{number}")
        Quarantine.objects.filter(pk=entry.pk).update(quarantined_at=ago(**when))


@pytest.mark.parametrize(
    ("lately", "week_before", "state"),
    [(10, 0, State.OK), (11, 0, State.WARN), (30, 70, State.OK), (31, 70, State.WARN)],
)
def test_a_quarantine_that_grows_more_than_thrice_as_fast_as_usual(lately, week_before, state):
    quarantine(lately, hours=2)
    quarantine(week_before, days=4)

    assert facts("quarantine")["quarantine-growth"].state == state


def certificate(path, days):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kerma")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - dt.timedelta(days=99))
        .not_valid_after(NOW + dt.timedelta(days=days, hours=1))
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return str(path)


@pytest.mark.parametrize(
    ("days", "state", "words"),
    [(31, State.OK, "valid until"), (30, State.WARN, "expires in 30 days"),
     (-1, State.OVER, "expired")],
)  # fmt: skip
def test_certificates_are_told_of_before_they_expire(tmp_path, days, state, words):
    path = certificate(tmp_path / "c.pem", days)
    LocalStore.objects.create(
        name="M", ae_title="K", port=1, tls=True, tls_certificate=path, tls_key=path
    )

    found = facts("certificates")["certificate-1"]

    assert found.state == state
    assert words in found.value


@pytest.mark.parametrize(("content", "words"), [(None, "cannot be read"), ("?", "no certificate")])
def test_a_certificate_that_is_missing_or_none(tmp_path, content, words):
    path = tmp_path / "c.pem"
    if content is not None:
        path.write_text(content)
    LocalStore.objects.create(
        name="M", ae_title="K", port=1, tls=True, tls_certificate=str(path), tls_key=os.devnull
    )

    found = facts("certificates")["certificate-1"]

    assert found.state == State.OVER
    assert words in found.advice


def test_another_host_whose_clock_is_ahead():
    seen = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5)
    Process.objects.create(kind="work", host="other", pid=1, started_at=seen, seen_at=seen)

    found = facts("clock")["clock-agreement"]

    assert found.state == State.WARN
    assert "the host other is 5 minutes ahead of this clock" in found.advice


def test_a_clock_that_was_set_back():
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=2)
    StoredObject.objects.create(sop_instance_uid="1", content_hash="h", received_at=later)

    assert "what was stored last is 2 days ahead" in facts("clock")["clock-agreement"].advice


@pytest.mark.both_databases
def test_the_clock_and_size_of_the_database_are_known():
    assert facts("clock")["clock-agreement"].state == State.OK
    assert facts("database")["database-tables"].state == State.OK
    assert facts("database")["database-size"].value[0].isdigit()


def test_a_system_that_usually_sends_and_is_silent_is_named_with_its_rhythm():
    today = timezone.localdate()
    for back in (40, 39, 38, 35, 34, 33, 32):
        day = (today - dt.timedelta(days=back)).isoformat()
        store_study(f"1.2.{back}", "CT", day=day, room="CT 1")
    for back in (9, 6, 3, 2, 1):
        day = (today - dt.timedelta(days=back)).isoformat()
        store_study(f"1.3.{back}", "CT", day=day, room="CT 2")

    found = facts("systems")

    assert found["systems"].value == "1 of 2"
    silent = found["system-silent-1"]
    assert "CT 1" in silent.label
    assert "No study for 32 days" in silent.advice
    assert "it sent on 7, with pauses of at most 3" in silent.advice
