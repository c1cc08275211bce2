"""Requests to one node, one after another: politely spaced, and repeated where a fault may pass."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

import stamina

from kerma.net.node.faults import Passing
from kerma.net.node.pace import Pace
from kerma.net.telling import Teller
from kerma.store.models import RemoteNode

_log = logging.getLogger("kerma.query")

_TRIES = 4
_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 8.0
_JITTER_S = 0.5

T = TypeVar("T")


class Patience:
    """Makes requests to a node until they are answered, or a fault lasts.

    Parameters
    ----------
    broken
        Called with a fault that may pass, before the next try.
    """

    def __init__(
        self, node: RemoteNode, teller: Teller, broken: Callable[[Passing], object]
    ) -> None:
        self.pace = Pace(node.delay_s)
        self._name = node.name
        self._teller = teller
        self._broken = broken

    def request(self, ask: Callable[[], T]) -> T:
        """Return what `ask` returns, after the pause due, and again where a fault may pass.

        Raises
        ------
        NodeFault
            If a fault lasts, or will not pass.
        Cancelled
            If the work shall stop.
        """
        for attempt in stamina.retry_context(
            on=Passing,
            attempts=_TRIES,
            timeout=None,
            wait_initial=_FIRST_WAIT_S,
            wait_max=_LONGEST_WAIT_S,
            wait_jitter=_JITTER_S,
        ):
            with attempt:
                return self._once(ask)
        raise AssertionError("The last attempt returns or raises.")

    def _once(self, ask: Callable[[], T]) -> T:
        self._teller.check()
        self.pace.wait(self._teller.wait)
        start = time.monotonic()
        try:
            answer = ask()
        except Passing as fault:
            self.pace.refused()
            _log.info("%s: %s", self._name, fault)
            self._broken(fault)
            raise
        self.pace.answered(time.monotonic() - start)
        return answer
