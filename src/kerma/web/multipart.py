"""A multipart/related body (RFC 2387) in, its parts out, piece by piece as they are read."""

from collections.abc import Callable, Iterator
from email.parser import BytesHeaderParser
from typing import NamedTuple

from kerma.errors import KermaError

_PIECE = 256 * 1024
_LONGEST_HEADERS = 16 * 1024


class Malformed(KermaError):
    """The body is not what its boundary promises."""


class Part(NamedTuple):
    """One part; its pieces have to be read before the next part is asked for."""

    content_type: str
    """In small letters, without parameters."""
    pieces: Iterator[bytes]


class _Body:
    """The body as far as it has been read."""

    def __init__(self, read: Callable[[int], bytes], boundary: str) -> None:
        self._read = read
        self._mark = b"\r\n--" + boundary.encode("latin-1", "replace")
        self._buffer = b"\r\n"  # so that a boundary at the very beginning is one like all others

    def until_boundary(self) -> Iterator[bytes]:
        """Yield what comes before the next boundary, and pass over that."""
        while (found := self._buffer.find(self._mark)) < 0:
            surplus = len(self._buffer) - len(self._mark)
            if surplus > 0:
                yield self._buffer[:surplus]
                self._buffer = self._buffer[surplus:]
            self._more("The body ends before its last boundary.")
        yield self._buffer[:found]
        self._buffer = self._buffer[found + len(self._mark) :]

    def is_end(self) -> bool:
        """Whether the boundary just passed was the last one."""
        while len(self._buffer) < 2:
            self._more("The body ends within a boundary.")
        return self._buffer[:2] == b"--"

    def headers(self) -> bytes:
        """Return the headers of a part."""
        while (found := self._buffer.find(b"\r\n\r\n")) < 0:
            if len(self._buffer) > _LONGEST_HEADERS:
                raise Malformed("A part has no end of its headers.")
            self._more("The body ends within the headers of a part.")
        headers, self._buffer = self._buffer[:found], self._buffer[found + 4 :]
        return headers.lstrip()

    def _more(self, sentence: str) -> None:
        piece = self._read(_PIECE)
        if not piece:
            raise Malformed(sentence)
        self._buffer += piece


def parts(read: Callable[[int], bytes], boundary: str) -> Iterator[Part]:
    """Yield the parts of a body.

    Raises
    ------
    Malformed
        If a boundary is missing; parts before that were yielded.
    """
    body = _Body(read, boundary)
    for _ in body.until_boundary():
        pass
    while not body.is_end():
        found = BytesHeaderParser().parsebytes(body.headers())
        pieces = body.until_boundary()
        yield Part(found.get_content_type().lower(), pieces)
        for _ in pieces:
            pass
