import datetime as dt
import os
import time

import pytest
from django.utils import timezone

from kerma.store import processes
from kerma.store.models import Process

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def test_a_process_that_beats_lives_and_one_that_says_so_is_gone():
    processes.beat("receive", {"ports": [11112]})
    processes.beat("receive", {"ports": [11112, 104]})

    assert [one.status for one in processes.living("receive")] == [{"ports": [11112, 104]}]
    assert not processes.living("work").exists()

    processes.gone("receive")
    assert not processes.living().exists()


def test_a_silent_process_is_not_alive_and_forgotten_after_some_days():
    processes.beat("web")
    started = Process.objects.get().started_at
    Process.objects.update(seen_at=timezone.now() - dt.timedelta(seconds=processes.SILENT_S + 1))

    assert not processes.living().exists()
    assert processes.forget_dead() == 0
    processes.beat("web")
    assert processes.living().get().started_at == started

    Process.objects.update(seen_at=timezone.now() - dt.timedelta(days=30))
    assert processes.forget_dead() == 1


def test_the_row_is_fresh_for_as_long_as_the_block_runs_and_is_not_that_of_an_earlier_process():
    long_ago = timezone.now() - dt.timedelta(days=1)
    processes.beat("work")
    Process.objects.update(started_at=long_ago, seen_at=long_ago)

    with processes.alive("work", lambda: {"does": "tests"}):
        end = time.monotonic() + 10
        while not processes.living("work").exists() and time.monotonic() < end:
            time.sleep(0.02)
        found = processes.living("work").get()
        assert (found.pid, found.status) == (os.getpid(), {"does": "tests"})
        assert found.started_at > long_ago

    assert not Process.objects.exists()


def test_whether_all_workers_are_on_this_host():
    assert not processes.are_all_here("work")
    processes.beat("work")
    assert processes.are_all_here("work")

    now = timezone.now()
    Process.objects.create(kind="work", host="another", pid=1, started_at=now, seen_at=now)
    assert not processes.are_all_here("work")
