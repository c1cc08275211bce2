"""A store in, an open port with a thread for each connection out."""

import contextlib
import errno
import ipaddress
import logging
import select
import socket
import ssl
import threading
import time

from kerma.errors import KermaError
from kerma.net.receive.association import Association, Timeouts
from kerma.net.receive.stores import Store
from kerma.net.receive.wire import Wire

_log = logging.getLogger("kerma.receive")

_TICK_S = 0.5
_BACKLOG = 256
_BEYOND = 256
"""Connections above the limit of a store that are answered, if only by a rejection."""
_HUNG_S = 10.0


class CannotListen(KermaError):
    """A port, an address or a certificate cannot be had."""


class Totals:
    """What this process has received, over all its ports."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.stored = 0
        self.refused = 0
        self.last_stored_at: float | None = None
        """Seconds since 1970."""

    def note(self, is_stored: bool) -> None:
        """Count an object."""
        with self._lock:
            self.stored += is_stored
            self.refused += not is_stored
            if is_stored:
                self.last_stored_at = time.time()


class Listener:
    """The open port of one store.

    Raises
    ------
    CannotListen
        If it cannot be opened.
    """

    def __init__(self, store: Store, totals: Totals, timeouts: Timeouts) -> None:
        self.store = store
        self._totals = totals
        self._timeouts = timeouts
        _check_networks(store)
        self._tls = _tls(store)
        self._socket = _listen(store)
        self._lock = threading.Lock()
        self._connections: set[threading.Thread] = set()
        self._associations = 0
        self._is_leaving = False
        self._ticked_at = time.monotonic()
        self._thread = threading.Thread(
            target=self._accept_all, name=f"receive {store.port}", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """Return the port that is open."""
        port: int = self._socket.getsockname()[1]
        return port

    @property
    def associations(self) -> int:
        """Return how many associations are open."""
        return self._associations

    def is_alive(self) -> bool:
        """Return whether connections are still accepted."""
        return self._thread.is_alive() and time.monotonic() - self._ticked_at < _HUNG_S

    def close(self) -> None:
        """Accept no more connections, and end each association after the object under way."""
        self._is_leaving = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def wait(self, seconds: float) -> bool:
        """Wait until all associations have ended; return whether they have."""
        until = time.monotonic() + seconds
        for thread in list(self._connections):
            thread.join(max(0.0, until - time.monotonic()))
        return not self._connections

    # -- the thread that accepts

    def _accept_all(self) -> None:
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        while not self._is_leaving:
            self._ticked_at = time.monotonic()
            try:
                if poll.poll(_TICK_S * 1000):
                    self._accept()
            except (OSError, RuntimeError) as error:  # no descriptor or thread to be had
                if self._is_leaving:
                    return
                _log.error("%s: a connection was not accepted: %s.", self.store.name, error)
                time.sleep(_TICK_S)

    def _accept(self) -> None:
        connected, address = self._socket.accept()
        if len(self._connections) >= self.store.max_associations + _BEYOND:
            connected.close()
            _log.warning("A connection from %s was closed: there are too many.", address[0])
            return
        thread = threading.Thread(
            target=self._serve, args=(connected, _plain(address[0])), daemon=True
        )
        self._connections.add(thread)
        try:
            thread.start()
        except RuntimeError:
            self._connections.discard(thread)
            connected.close()
            raise

    # -- the thread of a connection

    def _serve(self, connected: socket.socket, peer: str) -> None:
        is_admitted = False

        def admit() -> bool:
            nonlocal is_admitted
            is_admitted = self._admit()
            return is_admitted

        try:
            secured = self._secure(connected)
            wire = Wire(secured, lambda: self._is_leaving)
            Association(wire, self.store, peer, self._timeouts, admit, self._totals.note).run()
        except OSError as error:
            connected.close()
            _log.warning("A connection from %s failed: %s.", peer, error)
        except Exception:  # noqa: BLE001 - the outermost frame of a thread
            connected.close()
            _log.exception("A connection from %s ended by a fault of Kerma.", peer)
        finally:
            with self._lock:
                self._associations -= is_admitted
                self._connections.discard(threading.current_thread())

    def _secure(self, connected: socket.socket) -> socket.socket:
        """Return the connection, encrypted where the store asks for it."""
        if self._tls is None:
            return connected
        connected.settimeout(self._timeouts.request_s)
        return self._tls.wrap_socket(connected, server_side=True)

    def _admit(self) -> bool:
        with self._lock:
            if self._associations >= self.store.max_associations:
                return False
            self._associations += 1
            return True


def _listen(store: Store) -> socket.socket:
    """Open the port; for IPv4 and IPv6 where no address is given and the machine has both."""
    try:
        if store.address:
            family = socket.AF_INET6 if ":" in store.address else socket.AF_INET
            return socket.create_server(
                (store.address, store.port), family=family, backlog=_BACKLOG
            )
        return _listen_anywhere(store.port)
    except (OSError, OverflowError) as error:
        raise CannotListen(_why(store, error)) from error


def _listen_anywhere(port: int) -> socket.socket:
    try:
        return socket.create_server(
            ("", port), family=socket.AF_INET6, backlog=_BACKLOG, dualstack_ipv6=True
        )
    except (OSError, ValueError) as error:
        if getattr(error, "errno", None) in {errno.EADDRINUSE, errno.EACCES}:
            raise
        return socket.create_server(("", port), backlog=_BACKLOG)


def _why(store: Store, error: Exception) -> str:
    where = f"Port {store.port} of {store.address or 'this machine'} cannot be had for {store.name}"
    number = getattr(error, "errno", None)
    if number == errno.EADDRINUSE:
        return f"{where}: another program uses it. Choose another port, or end that program."
    if number == errno.EACCES:
        return (
            f"{where}: ports below 1024 need the right CAP_NET_BIND_SERVICE. Choose a higher one."
        )
    if number == errno.EADDRNOTAVAIL:
        return f"{where}: this machine has no such address."
    return f"{where}: {getattr(error, 'strerror', None) or error}."


def _check_networks(store: Store) -> None:
    for network in store.calling_addresses:
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError as error:
            raise CannotListen(
                f"{store.name} lets {network!r} send, which is neither an address nor a network. "
                "Write them as 192.0.2.7 or 192.0.2.0/24."
            ) from error


def _tls(store: Store) -> ssl.SSLContext | None:
    """Return how connections are encrypted; None if they are not."""
    if not store.tls:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(store.tls_certificate, store.tls_key or None)
        if store.tls_client_authority:
            context.load_verify_locations(store.tls_client_authority)
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ValueError) as error:
        raise CannotListen(
            f"The TLS files of {store.name} cannot be used ({getattr(error, 'strerror', error)}): "
            "certificate and key must be PEM files that fit together, without a password."
        ) from error
    return context


def _plain(address: str) -> str:
    """Return an IPv4 address as such, though it came by an IPv6 socket."""
    found = ipaddress.ip_address(address.partition("%")[0])
    return str(getattr(found, "ipv4_mapped", None) or found)
