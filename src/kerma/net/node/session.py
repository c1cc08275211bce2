"""One association with a node, used for all requests in turn and opened anew when it breaks.

A fault that may pass is tried again a few times, with growing pauses; whoever uses the session
sees only what lasted. A request under way is terminated when the work shall stop.
"""

import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pydicom import Dataset
from pynetdicom import AE, _config, evt
from pynetdicom.association import Association
from pynetdicom.pdu_primitives import SCP_SCU_RoleSelectionNegotiation

from kerma.net.node.connect import diagnose, host_of, reach, tls_context
from kerma.net.node.faults import Lost, NodeFault, Passing, Unwilling, rejection
from kerma.net.node.patience import Patience
from kerma.net.node.reactor import Gate
from kerma.net.telling import Teller
from kerma.store.jobs import Cancelled, Interrupted
from kerma.store.models import RemoteNode

_log = logging.getLogger("kerma.query")

_GRACE_S = 5.0
"""Seconds that a node gets to end a request it was asked to terminate."""
_LOOK_S = 0.3

Context = tuple[str, Sequence[str]]
"""A SOP class and its transfer syntaxes."""


class Session:
    """Requests to one node over one association; to be used in a `with` statement.

    Parameters
    ----------
    contexts
        The classes to propose; no transfer syntaxes mean the uncompressed ones.
    stores
        Of them, those whose objects the node is to send to us on this association.
    on_store
        Takes such an object and returns a status.
    answer_s
        Seconds to wait for each answer; without it those of the node's settings.
    """

    def __init__(
        self,
        node: RemoteNode,
        teller: Teller,
        contexts: Sequence[Context],
        *,
        stores: Sequence[str] = (),
        on_store: Callable[[evt.Event], int] | None = None,
        answer_s: float | None = None,
    ) -> None:
        self.node = node
        self.request = Patience(node, teller, self._break_off).request
        self._teller = teller
        self._contexts = contexts
        self._stores = stores
        self._on_store = on_store
        self._answer_s = answer_s or float(node.timeout_s)
        self._association: Association | None = None
        self._gate = Gate()
        self._watch = _Watch(self)
        self._under_way: tuple[str, int] | None = None
        self._number = 0

    def __enter__(self) -> "Session":
        self._watch.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._watch.end()
        self.close()

    def exchange(
        self, send: str, keys: Dataset, *arguments: str, model: str
    ) -> Iterator[tuple[int, Dataset, Dataset | None]]:
        """Send a request and yield status, its data set and the identifier of each answer.

        Parameters
        ----------
        send
            The method of the association, `send_c_find` and so on.
        model
            SOP class of the query.

        Raises
        ------
        Lost
            If the association breaks, or an answer is not there in time.
        Cancelled, Interrupted
            If the work shall stop; the node has been asked to terminate the request by then.
        """
        association = self._open()
        self._number = self._number % 65535 + 1
        self._under_way = (model, self._number)
        try:
            method = getattr(association, send)
            for status, identifier in method(keys, *arguments, model, msg_id=self._number):
                code = status.get("Status")
                if code is None:
                    self._teller.check()
                    raise Lost(self._why_lost(association))
                if code == 0xFE00:
                    self._teller.check()
                yield int(code), status, identifier
        except ValueError as error:
            raise Unwilling(f"The node does not offer this kind of request: {error}") from None
        except RuntimeError:
            raise Lost("The node has ended the association.") from None
        finally:
            self._under_way = None
        self._teller.check()

    def echo(self) -> int:
        """Return the status of a C-ECHO."""
        answer = self._open().send_c_echo()
        if "Status" not in answer:
            raise Lost("The node does not answer to a C-ECHO.")
        return int(answer.Status)

    def close(self) -> None:
        """End the association, if there is one."""
        association, self._association = self._association, None
        if association is not None and association.is_established:
            association.release()
        self._gate.open()

    def is_stopped(self) -> bool:
        """Return whether the work shall stop."""
        try:
            self._teller.check()
        except (Cancelled, Interrupted):
            return True
        return False

    def terminate(self, *, at_once: bool) -> None:
        """Ask the node to terminate the request under way, or break the association off."""
        association, under_way = self._association, self._under_way
        if association is None or under_way is None or not association.is_established:
            return
        if at_once:
            association.abort()
            association.dimse.msg_queue.put((None, None))  # wakes who waits for an answer
            return
        model, number = under_way
        try:
            association.send_c_cancel(number, query_model=model)
        except (RuntimeError, ValueError) as error:
            _log.debug("The request could not be terminated: %s", error)

    def _break_off(self, fault: Passing) -> None:
        """Leave an association that is of no use any more."""
        if not isinstance(fault, Lost):
            return
        association, self._association = self._association, None
        if association is not None and association.is_established:
            association.abort()
        self._gate.open()

    def _open(self) -> Association:
        """Return the association, opened if need be.

        Raises
        ------
        NodeFault
            If the node cannot be reached, or rejects it.
        """
        found = self._association
        if found is not None and found.is_established:
            if not found.acse.is_release_requested():
                return found
            found.acse.send_release(is_response=True)
            found.kill()
            self.close()
        node = self.node
        reach(node)
        ae = AE(ae_title=node.calling_ae_title or "KERMA")
        ae.connection_timeout = ae.acse_timeout = min(node.timeout_s, 30)
        ae.dimse_timeout = self._answer_s
        ae.network_timeout = None
        for sop_class, syntaxes in self._contexts:
            ae.add_requested_context(sop_class, list(syntaxes) or None)
        tls = (tls_context(node), host_of(node)) if node.tls else None
        try:
            association = ae.associate(
                host_of(node),
                node.port,
                ae_title=node.ae_title or "ANY-SCP",
                max_pdu=_OUR_PDU,
                ext_neg=[_as_store(sop_class) for sop_class in self._stores],
                evt_handlers=self._handlers(),
                tls_args=tls,
            )
        except OSError:
            raise diagnose(node) from None
        if not association.is_established:
            raise self._why_not(association)
        self._association, self._gate = association, Gate()
        if not self._gate.hold(association):
            raise Lost("The association does not come to rest.")
        return association

    def _handlers(self) -> list[Any]:
        handlers: list[Any] = [(evt.EVT_CONN_OPEN, _send_at_once)]
        if self._on_store is not None:
            handlers.append((evt.EVT_C_STORE, self._on_store))
        return handlers

    def _why_not(self, association: Association) -> NodeFault:
        """Return why there is no association."""
        answer = association.acceptor.primitive
        if association.is_rejected and answer is not None:
            return rejection(
                answer.result,
                answer.result_source,
                answer.diagnostic,
                self.node.calling_ae_title,
                self.node.ae_title,
            )
        return diagnose(self.node)

    def _why_lost(self, association: Association) -> str:
        if association.acse.is_aborted("a-abort"):
            return "The node has aborted the association."
        if association.acse.is_aborted("a-p-abort"):
            return "The connection to the node broke."
        return f"The node did not answer within {self._answer_s:g} s."


_OUR_PDU = 256 * 1024


def _as_store(sop_class: str) -> SCP_SCU_RoleSelectionNegotiation:
    """Return the offer to be the store for a class (PS3.7 D.3.3.4)."""
    role = SCP_SCU_RoleSelectionNegotiation()
    role.sop_class_uid = sop_class
    role.scu_role = False
    role.scp_role = True
    return role


def _send_at_once(event: evt.Event) -> None:
    """Keep the system from holding back the second half of a request until the first is seen."""
    found = event.assoc.dul.socket
    line = found.socket if found is not None else None
    if isinstance(line, socket.socket | ssl.SSLSocket):
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class _Watch(threading.Thread):
    """Terminates the request under way when the work shall stop."""

    def __init__(self, session: Session) -> None:
        super().__init__(daemon=True, name="watch of a node")
        self._session = session
        self._ended = threading.Event()

    def run(self) -> None:
        """Look until the session ends."""
        asked_at = None
        while not self._ended.wait(_LOOK_S):
            if not self._session.is_stopped():
                continue
            if asked_at is None:
                asked_at = time.monotonic()
                self._session.terminate(at_once=False)
            elif time.monotonic() - asked_at > _GRACE_S:
                self._session.terminate(at_once=True)

    def end(self) -> None:
        """Look no more."""
        self._ended.set()
        self.join()


_config.LOG_RESPONSE_IDENTIFIERS = False
_config.LOG_REQUEST_IDENTIFIERS = False
_config.LOG_HANDLER_LEVEL = "none"
"""What a node answers may name patients, and is never logged; the rest nobody reads, and it takes
a quarter of the time of a request to write."""
