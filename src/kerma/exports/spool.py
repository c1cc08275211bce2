"""Texts for many places in, each place's text out in one go: in little memory and one file.

What is written to the sheets of a workbook comes interleaved, but a zip file takes its members one
after another. So pieces are compressed into one nameless file and read back place by place.
"""

import zlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile

_PIECE = 64 * 1024
"""Characters of a place that wait in memory."""


class Spool:
    """Keeps texts by place until they are asked for."""

    def __init__(self, folder: Path | None) -> None:
        self._file = TemporaryFile(dir=folder)  # noqa: SIM115 - closed by `close`
        self._end = 0
        self._waiting: dict[int, list[str]] = {}
        self._length: dict[int, int] = {}
        self._pieces: dict[int, list[tuple[int, int]]] = {}
        self._bytes: dict[int, int] = {}

    def add(self, place: int, text: str) -> None:
        """Keep a text."""
        self._waiting.setdefault(place, []).append(text)
        length = self._length.get(place, 0) + len(text)
        self._length[place] = length
        if length > _PIECE:
            self._put_away(place)

    def read(self, place: int) -> Iterator[bytes]:
        """Return all texts of a place in UTF-8, piece by piece."""
        for start, length in self._pieces.get(place, ()):
            self._file.seek(start)
            yield zlib.decompress(self._file.read(length))
        yield "".join(self._waiting.get(place, ())).encode()

    def size(self, place: int) -> int:
        """Return how many bytes the texts of a place take, but for the last piece."""
        return self._bytes.get(place, 0)

    def close(self) -> None:
        """Forget everything."""
        self._file.close()

    def _put_away(self, place: int) -> None:
        text = "".join(self._waiting.pop(place)).encode()
        self._bytes[place] = self._bytes.get(place, 0) + len(text)
        packed = zlib.compress(text, 1)
        self._length[place] = 0
        self._file.seek(self._end)
        self._file.write(packed)
        self._pieces.setdefault(place, []).append((self._end, len(packed)))
        self._end += len(packed)
