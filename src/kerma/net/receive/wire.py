"""A connected socket in, the pieces of what the peer sends out; nothing is held beyond a buffer."""

import contextlib
import socket
import time
from collections.abc import Callable, Iterator

_BUFFER = 256 * 1024
_SLICE_S = 0.5
"""Seconds between two looks at whether the receiver is to end."""


class Lost(Exception):
    """The connection is gone, or nothing came for too long."""


class Leaving(Exception):
    """The receiver ends, and the peer is between two messages."""


class Wire:
    """One connection of a peer.

    Parameters
    ----------
    leaving
        Says whether the receiver is to end.
    """

    def __init__(self, sock: socket.socket, leaving: Callable[[], bool]) -> None:
        self._socket = sock
        self._leaving = leaving
        self._buffer = memoryview(bytearray(_BUFFER))
        self._start = 0
        self._end = 0
        self.patience_s = 30.0
        """Seconds without a byte after which the connection counts as lost."""
        sock.settimeout(_SLICE_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def take(self, size: int, *, is_pause: bool = False) -> bytes:
        """Return exactly so many bytes, at most as many as the buffer holds.

        Parameters
        ----------
        is_pause
            Whether the peer is between two messages, where it may be left.
        """
        while self._end - self._start < size:
            self._fill(is_pause and self._end == self._start)
        taken = bytes(self._buffer[self._start : self._start + size])
        self._start += size
        return taken

    def pieces(self, size: int) -> Iterator[memoryview]:
        """Yield so many bytes as they come; each piece is good until the next is asked for."""
        while size:
            if self._end == self._start:
                self._fill(False)
            piece = self._buffer[self._start : min(self._end, self._start + size)]
            self._start += len(piece)
            size -= len(piece)
            yield piece

    def send(self, data: bytes) -> None:
        """Send an answer."""
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise Lost("the connection broke while answering") from error

    def close(self, linger_s: float = 0.0) -> None:
        """Close the connection, the last answer first.

        Parameters
        ----------
        linger_s
            Seconds to wait for the peer to close, as it must after an answer that ends the
            association (PS3.8 9.1.5): closing with its bytes unread would destroy the answer.
        """
        with contextlib.suppress(OSError, Lost, Leaving):
            if linger_s:
                self.patience_s = linger_s
                until = time.monotonic() + linger_s
                while time.monotonic() < until:
                    self._start = self._end = 0
                    self._fill(True)
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _fill(self, is_pause: bool) -> None:
        """Wait for bytes; read what is there."""
        self._make_room()
        until = time.monotonic() + self.patience_s
        while True:
            try:
                count = self._socket.recv_into(self._buffer[self._end :])
                break
            except TimeoutError:
                if is_pause and self._leaving():
                    raise Leaving from None
                if time.monotonic() >= until:
                    raise Lost(f"nothing came for {self.patience_s:.0f} s") from None
            except OSError as error:
                raise Lost("the connection broke") from error
        if not count:
            raise Lost("the peer closed the connection")
        self._end += count
        self._acknowledge()

    def _make_room(self) -> None:
        if self._start == self._end:
            self._start = self._end = 0
        elif self._end == len(self._buffer):
            rest = bytes(self._buffer[self._start : self._end])
            self._buffer[: len(rest)] = rest
            self._start, self._end = 0, len(rest)

    def _acknowledge(self) -> None:
        """Confirm at once, lest a sender with Nagle's algorithm wait 40 ms for every object.

        The system forgets this wish, so it is told after every read.
        """
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
