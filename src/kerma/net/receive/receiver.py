"""The configured stores in, their open ports out, for as long as the process is to live."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from kerma.net.receive.association import Timeouts
from kerma.net.receive.listener import CannotListen, Listener, Totals
from kerma.net.receive.stores import Store
from kerma.pipeline import spool

_log = logging.getLogger("kerma.receive")

_LOOK_EVERY_S = 3.0
_LAST_OBJECT_S = 20.0
"""Seconds that objects under way get to come whole when the receiver ends."""
_TIDY_EVERY_S = 3600.0
_TIMEOUTS = Timeouts()


class Receiver:
    """Keeps the ports of the configured stores open.

    Parameters
    ----------
    configured
        Gives the stores; asked every few seconds.
    """

    def __init__(
        self,
        configured: Callable[[], Sequence[Store]],
        timeouts: Timeouts = _TIMEOUTS,
    ) -> None:
        self._configured = configured
        self._timeouts = timeouts
        self._totals = Totals()
        self._open: dict[str, Listener] = {}
        self._ending: list[Listener] = []
        self._troubles: dict[str, str] = {}
        self._tidied_at = -_TIDY_EVERY_S

    def run(
        self, stop: threading.Event, say: Callable[[str], object], *, must_open: bool = False
    ) -> None:
        """Receive until `stop` is set; `say` gets one line once a port is open, or none is to be.

        Raises
        ------
        CannotListen
            If no port can be had at the start, and one must be.
        """
        is_said = False
        while not stop.is_set():
            self.look()
            if must_open and not self._open:
                raise CannotListen(" ".join(self._troubles.values()))
            must_open = False
            if not is_said and (self._open or not self._troubles):
                say(self.sentence())
                is_said = True
            stop.wait(_LOOK_EVERY_S)
        self.close()

    def look(self) -> None:
        """Bring the open ports in line with the configuration; reopen what has died."""
        wanted = {store.name: store for store in self._configured()}
        for name, listener in list(self._open.items()):
            if wanted.get(name) != listener.store:
                self._shut(name)
            elif not listener.is_alive():
                _log.error("%s does not accept connections any more; it is opened anew.", name)
                self._shut(name)
        for name, store in wanted.items():
            if name not in self._open:
                self._try(store)
        self._troubles = {n: why for n, why in self._troubles.items() if n in wanted}
        self._ending = [listener for listener in self._ending if not listener.wait(0)]
        self._tidy()

    def close(self) -> None:
        """Close all ports; the objects under way are finished first."""
        for name in list(self._open):
            self._shut(name)
        until = time.monotonic() + _LAST_OBJECT_S
        for listener in self._ending:
            listener.wait(max(0.0, until - time.monotonic()))

    def sentence(self) -> str:
        """Return where objects are received."""
        if not self._open:
            return "Kerma receives nowhere: no store of its own is enabled"
        places = [f"{one.store.ae_title}:{one.port}" for one in self._open.values()]
        return f"Kerma receives at {', '.join(sorted(places))}"

    def status(self) -> dict[str, Any]:
        """Return what the page of services shows."""
        listeners = list(self._open.values())
        return {
            "ports": [
                {"name": one.store.name, "ae_title": one.store.ae_title, "port": one.port}
                for one in listeners
            ],
            "troubles": list(self._troubles.values()),
            "associations": sum(one.associations for one in [*listeners, *self._ending]),
            "objects": self._totals.stored,
            "refused": self._totals.refused,
            "last_object_at": self._totals.last_stored_at,
        }

    def _try(self, store: Store) -> None:
        """Open a port; if it cannot be had, say so once and try again next time."""
        try:
            self._open[store.name] = Listener(store, self._totals, self._timeouts)
        except CannotListen as error:
            if self._troubles.get(store.name) != str(error):
                _log.error("%s It is tried again every few seconds.", error)
            self._troubles[store.name] = str(error)
        else:
            self._troubles.pop(store.name, None)
            _log.info("%s is open at %s:%d.", store.name, store.ae_title, store.port)

    def _shut(self, name: str) -> None:
        listener = self._open.pop(name)
        listener.close()
        _log.info("%s is closed.", name)
        self._ending.append(listener)

    def _tidy(self) -> None:
        if time.monotonic() - self._tidied_at >= _TIDY_EVERY_S:
            self._tidied_at = time.monotonic()
            if dropped := spool.drop_drafts():
                _log.info("%d objects that had not come whole were dropped.", dropped)
