"""Mends pynetdicom's servers for the tests: they close lines that the peer has left, and end soon.

`shutdown` raises on such a line, and pynetdicom (3.0.4) then leaves it to be closed by chance,
which pytest takes for a fault of whichever test runs at that moment.
"""

import contextlib
import socket
import socketserver

from pynetdicom.transport import AssociationServer, AssociationSocket

_POLL_S = 0.02


def _shutdown_socket(self: AssociationSocket) -> None:
    found = self.socket
    if found is None:
        return
    with contextlib.suppress(OSError):
        found.shutdown(socket.SHUT_RDWR)
    found.close()


def _serve_forever(self: AssociationServer, poll_interval: float = _POLL_S) -> None:
    socketserver.TCPServer.serve_forever(self, poll_interval)


def mend() -> None:
    """Close what is shut down, and look often for the end."""
    AssociationSocket._shutdown_socket = _shutdown_socket  # type: ignore[method-assign]
    AssociationServer.serve_forever = _serve_forever  # type: ignore[method-assign]
