"""The worker processes of a host, and what is left when one of them is killed."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sites import Site, sites

pytestmark = pytest.mark.both_databases

PROGRAM = ("-m", "tests.cli.working")
QUEUE = "django_tasks_database_dbtaskresult"


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    with sites(lambda: tmp_path_factory.mktemp("site")) as new_site:
        site = new_site()
        site.run("migrate")
        yield site


@pytest.fixture
def site(migrated):
    for table in ("store_task", "store_process", "store_auditentry", QUEUE):
        migrated.ask(f"DELETE FROM {table}")
    return migrated


@pytest.fixture
def start(site):
    """Start `kerma work` with jobs for tests; it is ready when this returns."""
    started = []

    def begin(*arguments):
        process = site.python(*PROGRAM, *arguments, stdout=-1)
        started.append(process)
        assert process.stdout.readline().startswith("Kerma is at work")
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def ask(site: Site, job: str, number: int = 1) -> None:
    process = site.python(*PROGRAM, "add", job, str(number))
    assert process.communicate()[1] == ""


def until(happens: Callable[[], object], seconds: float = 60) -> object:
    end = time.monotonic() + seconds
    while not (found := happens()) and time.monotonic() < end:
        time.sleep(0.05)
    assert found, "it did not happen in time"
    return found


def task(site: Site) -> tuple[str, str, int]:
    """Return state, worker and attempts of the latest task."""
    return site.ask("SELECT state, worker, attempts FROM store_task ORDER BY id DESC LIMIT 1")[0]


def said(site: Site) -> list[str]:
    return [row[0] for row in site.ask("SELECT action FROM store_auditentry ORDER BY id")]


def pid_of(site: Site) -> int:
    until(lambda: any(word.startswith("start") for word in said(site)))
    return int(task(site)[1].rpartition(":")[2])


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def test_every_task_is_done_once_by_as_many_processes_as_wanted(site, start):
    ask(site, "quick", 20)

    start("--processes", "3", "--tasks", "2")
    until(lambda: len(said(site)) == 20)
    until(lambda: site.ask("SELECT count(*) FROM store_process") == [(7,)])

    until(lambda: site.ask("SELECT count(*) FROM store_task WHERE state = 'done'") == [(20,)])
    assert len(set(said(site))) == 20


def test_the_task_of_a_killed_worker_is_done_by_its_successor(site, start):
    start()
    ask(site, "slow")
    killed = pid_of(site)

    os.kill(killed, signal.SIGKILL)
    until(lambda: task(site)[0] == "done")

    assert said(site) == ["start slow 0", "start slow 0", "end slow 0"]
    assert task(site)[1].rpartition(":")[2] != str(killed)
    assert task(site)[2] == 2


def test_when_the_whole_host_is_lost_another_host_takes_over_within_the_lease(site, start):
    lost = start()
    ask(site, "slow")
    pid_of(site)
    processes = [row[0] for row in site.ask("SELECT pid FROM store_process")]

    for pid in [lost.pid, *processes]:
        os.kill(pid, signal.SIGKILL)
    start()
    until(lambda: task(site)[0] == "done")

    assert said(site)[-1] == "end slow 0"
    assert task(site)[2] == 2


def test_a_task_that_waits_is_done_after_the_queue_was_emptied(site, start):
    ask(site, "quick")
    site.ask(f"DELETE FROM {QUEUE}")
    start()

    until(lambda: task(site)[0] == "done")

    assert said(site) == ["quick 0"]


def test_a_task_that_does_not_stop_ends_with_its_process_and_leaves_nothing_half_done(site, start):
    start()
    ask(site, "stubborn")
    stubborn = pid_of(site)

    site.ask("UPDATE store_task SET cancel_requested = true")
    until(lambda: task(site)[0] == "cancelled")

    until(lambda: not is_alive(stubborn))
    assert said(site) == ["start stubborn 0"]
    ask(site, "quick")
    until(lambda: "quick 0" in said(site))


def test_when_told_to_end_it_gives_back_the_task_under_way(site, start):
    process = start()
    ask(site, "slow")
    pid_of(site)

    process.send_signal(signal.SIGTERM)
    errors = process.communicate(timeout=20)[1]

    assert (process.returncode, errors) == (0, "")
    assert (task(site)[0], task(site)[2]) == ("queued", 0)
    assert said(site) == ["start slow 0"]
    assert site.ask("SELECT count(*) FROM store_process") == [(0,)]


def test_when_the_supervisor_is_killed_its_processes_end_and_give_back_their_task(site, start):
    process = start()
    ask(site, "long")
    pid_of(site)
    until(lambda: site.ask("SELECT count(*) FROM store_process") == [(5,)])
    children = [row[0] for row in site.ask("SELECT pid FROM store_process")]

    process.kill()
    until(lambda: not any(is_alive(pid) for pid in children))

    assert task(site)[0] == "queued"


def test_no_process_at_all_is_a_wrong_argument(site):
    wrong = site.start("work", "--processes", "0")
    errors = wrong.communicate()[1]

    assert wrong.returncode == 2
    assert "--processes" in errors
