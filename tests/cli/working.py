"""`kerma work` with jobs for tests, as a program: `python -m tests.cli.working [LEASE]`."""

import os
import sys
import time
from functools import partial

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "kerma.config.settings"
django.setup()

from django.core.management import call_command
from django.db import connection, connections, transaction

from kerma.cli import work
from kerma.store import engine, jobs
from kerma.store.models import AuditEntry


def slow(progress, *, name, steps=30):
    """Note the start, then take small steps; it is asked at each whether to stop."""
    _note(f"start {name}")
    for step in range(steps):
        progress.tell(step, steps, f"step {step}")
        progress.wait(0.1)
    _note(f"end {name}")


def stubborn(progress, *, name):
    """Change something, and neither commit it nor look up for a minute."""
    _note(f"start {name}")
    if connection.vendor == "sqlite":  # in a transaction, nobody else could write meanwhile
        time.sleep(60)
    with transaction.atomic():
        _note(f"half {name}")
        time.sleep(60)


def quick(progress, *, name):
    """Say who did it."""
    _note(name)
    time.sleep(0.01)


def _note(action):
    AuditEntry.objects.create(action=action, details={"pid": os.getpid()})


jobs.add(jobs.Job("test_slow", "Slow", slow))
jobs.add(jobs.Job("test_long", "Long", partial(slow, steps=600)))
jobs.add(jobs.Job("test_short", "Short", partial(slow, steps=5), max_attempts=100))
jobs.add(jobs.Job("test_stubborn", "Stubborn", stubborn))
jobs.add(jobs.Job("test_quick", "Quick", quick))


if __name__ == "__main__":
    if sys.argv[1:2] == ["add"]:
        _, _, job, number = sys.argv
        for each in range(int(number)):
            print(jobs.enqueue(f"test_{job}", "A test", name=f"{job} {each}").pk)
    else:
        engine.LEASE_S = 2.0
        engine.HEARTBEAT_S = 0.5
        engine.PATIENCE_S = 1.0
        work.LOST_EVERY_S = 1.0
        call_command("work", *sys.argv[1:])
    connections.close_all()
