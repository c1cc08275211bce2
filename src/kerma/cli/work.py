"""What the worker processes of a host do: tasks, the import of what arrived, and upkeep."""

import logging
import time
from collections.abc import Callable
from functools import partial

from django.core.management import call_command
from django.db import InterfaceError, OperationalError, close_old_connections, connections
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from kerma.cli.supervise import Child, Life
from kerma.net import every_job
from kerma.pipeline import (
    alerts_due,
    collected,
    estimated,
    exporting,
    follow_up,
    inbox,
    physics,
    spool,
    watched,
)
from kerma.store import changes, engine, jobs, processes

_log = logging.getLogger("kerma.work")

_IDLE_S = 0.2
"""How often to look for new objects."""
_NO_TASK_S = 0.4
"""How often to ask for new tasks."""
_NO_CHANGE_S = 1.0
"""How often to look for changed studies."""
_LONGEST_TROUBLE_S = 10.0
LOST_EVERY_S = 10.0
"""How often to look for tasks whose worker is dead."""
_DAY_S = 24 * 3600.0


def children(tasks: int, imports: int) -> list[Child]:
    """Return the worker processes of one host.

    What they need is imported here, before they are forked, so that they share its memory.
    """
    every_job.load()
    follow_up.in_order()
    return [
        *(Child(f"tasks {number}", _do_tasks) for number in range(1, tasks + 1)),
        *(Child(f"import {number}", _do_imports) for number in range(1, imports + 1)),
        Child("follow-ups", _do_follow_ups),
        Child("upkeep", _do_upkeep),
    ]


def steadily(life: Life, act: Callable[[], float]) -> None:
    """Act again and again, pausing as many seconds as `act` returns, until the process is to end.

    A database that does not answer is told once and tried again; no other fault ends the process.
    """
    life.ready()
    trouble_s = 0.0
    while not life.is_ending:
        close_old_connections()
        try:
            pause_s = act()
        except (OperationalError, InterfaceError) as error:
            if not trouble_s:
                reason = " ".join(str(error).split())
                _log.warning("The database does not answer (%s); it is tried again.", reason)
            pause_s = trouble_s = min(max(1.0, 2 * trouble_s), _LONGEST_TROUBLE_S)
            connections.close_all()
        except Exception:  # noqa: BLE001 - the outermost loop of a worker
            _log.exception("A fault of Kerma; the worker goes on.")
            pause_s = 5.0
        else:
            if trouble_s:
                _log.warning("The database answers again.")
            trouble_s = 0.0
        life.pause(pause_s)
    connections.close_all()


def _do_tasks(life: Life) -> None:
    """Run the tasks of the queue, one after another; first give back those of a dead forerunner."""
    dead = life.predecessor

    def act() -> float:
        nonlocal dead
        if dead is not None:
            engine.requeue_of(engine.name_of(dead))
            dead = None
        return _one_task()

    with processes.alive("work", lambda: {"does": "tasks"}):
        steadily(life, act)


def _one_task() -> float:
    """Let the engine's own worker run one task, if any waits."""
    if not DBTaskResult.objects.ready().exists():
        return _NO_TASK_S
    Worker(
        queue_names=["default"],
        interval=_NO_TASK_S,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=1,
        worker_id=engine.worker()[:64],
        excluded_queue_names=[],
    ).run()
    return 0.0


def _do_imports(life: Life) -> None:
    """Take in what arrived, as it arrives."""
    taken = 0

    def act() -> float:
        nonlocal taken
        decided = inbox.work_off(lambda: life.is_ending)
        taken += decided
        return 0.0 if decided else _IDLE_S

    with processes.alive("work", lambda: {"does": "import", "objects": taken}):
        steadily(life, act)


def _do_follow_ups(life: Life) -> None:
    """Do what follows from the studies that are new or changed."""
    followed = 0

    def act() -> float:
        nonlocal followed
        done = follow_up.work_off(lambda: life.is_ending)
        followed += done
        return 0.0 if done else _NO_CHANGE_S

    with processes.alive("work", lambda: {"does": "follow-ups", "studies": followed}):
        steadily(life, act)


class _Chore:
    """Something to be done again and again."""

    def __init__(self, every_s: float, act: Callable[[], object]) -> None:
        self.act = act
        self._every_s = every_s
        self._due_at = 0.0

    def do_if_due(self) -> None:
        """Do it if it was not done for long enough."""
        now = time.monotonic()
        if now >= self._due_at:
            self._due_at = now + self._every_s
            self.act()


def _do_upkeep(life: Life) -> None:
    """Look at watched folders, give back the tasks of dead workers, and remove what is old."""
    chores = (
        _Chore(2.0, watched.look),
        _Chore(LOST_EVERY_S, jobs.requeue_lost),
        _Chore(10.0, collected.complete_due),
        _Chore(10.0, estimated.complete_due),
        _Chore(10.0, physics.pack_due),
        _Chore(10.0, alerts_due.look),
        _Chore(600.0, jobs.drop_old),
        _Chore(600.0, changes.drop_old),
        _Chore(600.0, exporting.sweep),
        _Chore(3600.0, _drop_finished_of_engine),
        _Chore(3600.0, processes.forget_dead),
        _Chore(3600.0, partial(spool.drop_drafts, _DAY_S)),
    )

    def act() -> float:
        for chore in chores:
            chore.do_if_due()
        return 1.0

    with processes.alive("work", lambda: {"does": "upkeep"}):
        steadily(life, act)


def _drop_finished_of_engine() -> None:
    """Remove the engine's own rows of yesterday; what became of a task is in its own row."""
    call_command("prune_db_task_results", min_age_days=1, verbosity=0)
