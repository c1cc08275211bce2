"""Descriptions of child processes in, a supervisor that keeps them running until told to stop.

The children are forks of this process, so that they start at once and share its memory. One that
dies is replaced, after a pause that grows. If the supervisor dies, they end by themselves.
"""

import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import wait
from types import FrameType
from typing import NamedTuple

from django.core.management.base import CommandError

from kerma.errors import KermaError
from kerma.store import job

_log = logging.getLogger("kerma.supervisor")
_fork = multiprocessing.get_context("fork")

_REFUSED = 78
"""Exit status of a child that cannot start as it is configured; it has said why."""
_READY_S = 15.0
"""How long the next group waits for those before: a receiver may have no port as yet."""
_STOP_S = 25.0
"""How long children may take to end."""
_SOUND_S = 60.0
"""A child that lived this long is replaced at once."""
_LONGEST_PAUSE_S = 30.0


class Life:
    """What a child process knows of its own: whether to end, and whom it replaces."""

    def __init__(self, predecessor: int | None, ready: Callable[[], None]) -> None:
        self.predecessor = predecessor
        """Process number of the one that died, None for the first."""
        self.ready = ready
        """To be called when the child does its work."""
        self.is_ending = False

    def end(self, number: int = 0, frame: FrameType | None = None) -> None:
        """Ask the child to end; a signal handler."""
        self.is_ending = True
        job.interrupt()

    def pause(self, seconds: float) -> None:
        """Sleep, but not past the end."""
        until = time.monotonic() + seconds
        while not self.is_ending and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 0.2))

    def write(self, text: str) -> int:
        """Pass on what a command says; the first line tells that it is ready."""
        sys.stdout.write(text)
        if "\n" in text:
            self.flush()
            self.ready()
        return len(text)

    def flush(self) -> None:
        """Pass on at once."""
        sys.stdout.flush()


class Child(NamedTuple):
    """A process to be kept running."""

    name: str
    run: Callable[[Life], None]


class _Post:
    """A child's place, whichever process holds it."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.ready = _fork.Event()
        self.deaths = 0
        self._start(None)

    def _start(self, predecessor: int | None) -> None:
        life = Life(predecessor, self.ready.set)
        self.process = _fork.Process(
            target=_live, args=(self.child, life, os.getpid()), name=self.child.name
        )
        self.process.start()
        self.started_at = time.monotonic()
        self.due_at: float | None = None

    def bury(self) -> None:
        """Note that the process has died, and when it is to be replaced."""
        if time.monotonic() - self.started_at > _SOUND_S:
            self.deaths = 0
        pause = min(0.5 * 2**self.deaths, _LONGEST_PAUSE_S) if self.process.exitcode else 0.0
        self.deaths += 1
        self.due_at = time.monotonic() + pause
        _log.warning(
            "%s (process %s) ended %s; it starts again in %g s.",
            self.child.name, self.process.pid, _manner(self.process.exitcode), pause,
        )  # fmt: skip

    def replace(self) -> None:
        """Start the process that follows."""
        self._start(self.process.pid)

    @property
    def cannot_start(self) -> bool:
        """Whether the process was refused what it needs, the very first time."""
        return self.process.exitcode == _REFUSED and self.deaths == 0


class Supervisor:
    """Starts children group by group, each when those before are ready, and keeps them running."""

    def __init__(self, *groups: Sequence[Child]) -> None:
        self._groups = groups
        self._posts: list[_Post] = []
        self._is_stopping = False

    def run(self, say_ready: Callable[[], None]) -> None:
        """Run until SIGTERM or Ctrl-C; then let the children finish what they are doing.

        Raises
        ------
        CommandError
            If a child cannot start as it is configured.
        """
        with self._signals():
            try:
                self._run(say_ready)
            finally:
                self._end_all()

    def _run(self, say_ready: Callable[[], None]) -> None:
        for group in self._groups:
            self._posts += [_Post(child) for child in group]
            self._await_ready()
        if not self._is_stopping:
            say_ready()
        self._watch()

    def _await_ready(self) -> None:
        until = time.monotonic() + _READY_S
        self._watch(
            lambda: all(post.ready.is_set() for post in self._posts) or time.monotonic() > until
        )

    def _watch(self, is_over: Callable[[], bool] = lambda: False) -> None:
        """Replace children that die, until it is over or the supervisor is told to stop."""
        while not self._is_stopping and not is_over():
            wait([post.process.sentinel for post in self._posts if post.due_at is None], 0.2)
            for post in self._posts:
                self._attend(post)

    def _attend(self, post: _Post) -> None:
        if post.due_at is not None:
            if time.monotonic() >= post.due_at:
                post.replace()
        elif not post.process.is_alive() and not self._is_stopping:
            if post.cannot_start:
                raise CommandError(f"{post.child.name} could not start; everything is stopped.")
            post.bury()

    def _end_all(self) -> None:
        """Tell the children to end, wait, and kill those that do not."""
        alive = [post.process for post in self._posts if post.process.is_alive()]
        for process in alive:
            process.terminate()
        until = time.monotonic() + _STOP_S
        for process in alive:
            process.join(max(0.0, until - time.monotonic()))
        for process in alive:
            if process.is_alive():
                _log.warning("%s does not end; it is killed.", process.name)
                process.kill()
                process.join()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Stop on SIGTERM and Ctrl-C, within the block."""
        before = {number: signal.signal(number, self._stop) for number in _STOPS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._is_stopping = True


_STOPS = (signal.SIGTERM, signal.SIGINT)


def _live(child: Child, life: Life, parent: int) -> None:
    """Be the child."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the supervisor passes it on
    signal.signal(signal.SIGTERM, life.end)
    threading.Thread(target=_follow, args=(parent,), daemon=True, name="follow").start()
    try:
        child.run(life)
    except (CommandError, KermaError) as error:
        print(f"kerma: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(_REFUSED)


def _follow(parent: int) -> None:
    """End this process when its supervisor is gone."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_STOP_S)
    os._exit(1)


def _manner(status: int | None) -> str:
    if status is not None and status < 0:
        return f"by signal {-status}"
    return f"with status {status}"
