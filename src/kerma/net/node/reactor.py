"""Two repairs of an association of pynetdicom (3.0.4), for one who asks: no lost answers, no naps.

pynetdicom has a thread for each association that serves requests of the peer. A requestor stops it
before each request by clearing an event, and asks a flag whether it has stopped; but the flag may
still be that of the round before, and then an answer that comes at once is taken by the thread and
lost without a word. Here the thread is stopped once, seen to be stopped, and let go at the end.

A second thread looks at the line and at what is to be sent every millisecond, and sleeps between.
Here it waits for whichever comes first.
"""

import queue
import select
import socket
import threading
import time
from typing import Any

from pynetdicom.association import Association
from pynetdicom.transport import AssociationSocket

_STOPS_WITHIN_S = 10.0
_NAP_S = 0.01
"""Longest wait, after which the thread looks whether it shall end."""


class Gate(threading.Event):
    """The event at which the serving thread waits, which opens only when the association ends."""

    def __init__(self) -> None:
        super().__init__()
        self._reached = threading.Event()
        self._bell: _Bell | None = None

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
        if self._bell is not None:
            self._bell.close()

    def hold(self, association: Association) -> bool:
        """Stop the serving thread of an association that is idle; return whether it has stopped."""
        self._bell = _attend(association)
        association._reactor_checkpoint = self
        return self._reached.wait(_STOPS_WITHIN_S)


def _attend(association: Association) -> "_Bell":
    """Let the other thread of an idle association wait for the line and for what is to be sent."""
    bell = _Bell()
    line = association.dul.socket
    if line is not None:
        line.__class__ = _Line
        line.bell = bell  # type: ignore[attr-defined]
        association.dul.to_provider_queue = _RingingQueue(bell)
        association.dul._run_loop_delay = 0
    return bell


class _Bell:
    """Wakes a thread that waits for a line."""

    def __init__(self) -> None:
        self.ear, self._hand = socket.socketpair()
        self.ear.setblocking(False)
        self._hand.setblocking(False)

    def ring(self) -> None:
        try:
            self._hand.send(b".")
        except OSError:  # it rings already, or nobody listens any more
            return

    def hush(self) -> None:
        try:
            self.ear.recv(4096)
        except OSError:
            return

    def close(self) -> None:
        self.ear.close()
        self._hand.close()


class _RingingQueue(queue.Queue[Any]):
    """What is to be sent."""

    def __init__(self, bell: _Bell) -> None:
        super().__init__()
        self._bell = bell

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        super().put(item, block, timeout)
        self._bell.ring()


class _Line(AssociationSocket):
    """A line that is waited for."""

    bell: _Bell

    @property
    def ready(self) -> bool:
        """Whether there is something to read, which is waited for until something is to be sent."""
        if self._has_data():
            return True
        line = self.socket
        try:
            select.select([line, self.bell.ear] if line else [self.bell.ear], [], [], _NAP_S)
        except (OSError, ValueError):  # the line or the bell is closed
            time.sleep(_NAP_S / 10)
            return False
        self.bell.hush()
        return self._has_data()

    def _has_data(self) -> bool:
        found = AssociationSocket.ready.fget  # type: ignore[attr-defined]
        return bool(found(self))
