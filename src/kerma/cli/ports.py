"""Ports of this machine that nothing listens on."""

import socket


def is_free(port: int) -> bool:
    """Return whether nothing listens on a port."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) != 0


def any_port() -> int:
    """Return a port that nothing listens on; another program may be quicker to take it."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
