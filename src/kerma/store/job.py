"""What a job is, and what passes between it and the worker that runs it: progress, stop, later."""

import datetime as dt
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from kerma.errors import KermaError
from kerma.registry import Registry
from kerma.store.models import Task

_TELL_S = 0.5
"""Progress is written this often; what is told meanwhile waits for the next time."""


class Cancelled(KermaError):
    """Somebody terminated the task."""


class RunLater(KermaError):
    """A job cannot go on just now and asks to be started again after some seconds.

    It does not count as an attempt.
    """

    def __init__(self, sentence: str, seconds: float) -> None:
        super().__init__(sentence)
        self.seconds = seconds


class Interrupted(RunLater):
    """The worker ends, or another has the task: it goes on elsewhere."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, 0.0)


class TryAgain(KermaError):
    """A job failed by something that may pass, such as a node that does not answer.

    It is started again after a while that grows, until its attempts are used up.
    """


class Job(NamedTuple):
    """One kind of background work.

    It may be started again after any of its statements, and must be harmless to repeat.
    """

    name: str
    label: str
    run: "Callable[..., dict[str, Any] | None]"
    """Called with a `Progress` and the arguments of the task; returns what is kept as result."""
    effect: str = "What is done by then stays; it can be started again."
    """What terminating it means, for the person about to do it."""
    max_attempts: int = 3


jobs: Registry[Job] = Registry("job")
add = jobs.add


class _Ending:
    """Whether this worker is to end: set from a signal handler, so nothing that could block."""

    asked = False


def interrupt() -> None:
    """Let the tasks of this process go back to the queue at their next step."""
    _Ending.asked = True


def is_ending() -> bool:
    """Return whether `interrupt` was called."""
    return _Ending.asked


class Progress:
    """What a job tells about itself, and how it learns that it shall stop.

    Tell between transactions, not within one: what is written there is seen only when it ends.
    """

    def __init__(self, task_id: int, worker: str = "", attempt: int = 0) -> None:
        self.task_id = task_id
        self._mine = {"pk": task_id, "state": Task.State.RUNNING}
        self._mine |= {"worker": worker, "attempts": attempt} if worker else {}
        self._told: dict[str, Any] = {}
        self._written_at = 0.0
        self._stop: KermaError | None = None

    def check(self) -> None:
        """Raise if somebody terminated the task, or the worker ends.

        Raises
        ------
        Cancelled, Interrupted
            Let it pass, after cleaning up what must not stay.
        """
        if self._stop is None and is_ending():
            self._stop = Interrupted("Its worker was stopped; it goes on later.")
        if self._stop is not None:
            raise self._stop

    def tell(self, done: int, total: int = 0, note: str = "") -> None:
        """Keep how far the job is, and stop it here if somebody terminated it."""
        self._told = {"done": done, "total": total, "note": note}
        if time.monotonic() - self._written_at >= _TELL_S:
            self.write()
        self.check()

    def wait(self, seconds: float) -> None:
        """Sleep, but wake and raise when somebody terminates the task."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.check()
            time.sleep(min(left, 0.1))
        self.check()

    def write(self) -> None:
        """Write the last that was told and that the worker lives; learn whether to stop."""
        self._written_at = time.monotonic()
        now = dt.datetime.now(dt.UTC)
        mine = Task.objects.filter(**self._mine)
        if not mine.filter(cancel_requested=False).update(heartbeat_at=now, **self._told):
            self._stop = self._reason_to_stop()

    def _reason_to_stop(self) -> KermaError:
        if Task.objects.filter(**self._mine, cancel_requested=True).exists():
            return Cancelled("Terminated.")
        return Interrupted("Another worker has it.")

    @property
    def told(self) -> dict[str, Any]:
        """What was told last, written or not."""
        return self._told

    @property
    def is_to_stop(self) -> bool:
        """Whether the next `check` raises."""
        return self._stop is not None or is_ending()
