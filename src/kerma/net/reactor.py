"""Keeps the reactor of an association from taking answers away from who waits for them.

pynetdicom (3.0.4) has a thread for each association that serves requests of the peer. A requestor
stops it before each request by clearing an event, and asks a flag whether it has stopped; but the
flag may still be that of the round before, and then an answer that comes at once is taken by the
thread and lost without a word. Here the thread is stopped once, seen to be stopped, and let go
when the association ends.
"""

import threading

from pynetdicom.association import Association

_STOPS_WITHIN_S = 10.0


class Gate(threading.Event):
    """The event at which the thread waits, which opens only when the association ends."""

    def __init__(self) -> None:
        super().__init__()
        self._reached = threading.Event()

    def wait(self, timeout: float | None = None) -> bool:
        """Let the thread wait, and note that it does."""
        self._reached.set()
        return super().wait(timeout)

    def set(self) -> None:
        """Do nothing: the association says so after each request."""

    def clear(self) -> None:
        """Do nothing: it is never set before the end."""

    def open(self) -> None:
        """Let the thread go on, to its end."""
        super().set()

    def hold(self, association: Association) -> bool:
        """Stop the thread of an association; return whether it has stopped."""
        association._reactor_checkpoint = self
        return self._reached.wait(_STOPS_WITHIN_S)
