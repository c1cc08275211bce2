"""Records as the few bytes that a source keeps, and back."""

from threading import local
from typing import Any

import msgspec
import zstandard

from kerma.records import StudyRecord, from_json, to_json


class _Zstandard(local):
    """A compressor for each thread: one alone cannot serve two at a time."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=3, write_content_size=True)
        self.decompressor = zstandard.ZstdDecompressor()


_zstandard = _Zstandard()


def compress(data: bytes) -> bytes:
    """Return the bytes compressed by Zstandard, their length said in front."""
    return _zstandard.compressor.compress(data)


def expand(data: bytes | memoryview) -> bytes:
    """Return the bytes that `compress` compressed."""
    return _zstandard.decompressor.decompress(data)


def pack(record: StudyRecord) -> bytes:
    """Return the record as JSON compressed by Zstandard."""
    return compress(to_json(record))


def pack_fit(record: StudyRecord) -> tuple[StudyRecord, bytes]:
    """Return the record without NUL characters, which PostgreSQL does not take, and packed."""
    data = to_json(record)
    if b"\\u0000" in data:
        record = msgspec.convert(_without_nul(msgspec.to_builtins(record)), StudyRecord)
        data = to_json(record)
    return record, compress(data)


def unpack(data: bytes | memoryview) -> StudyRecord:
    """Return the record that `pack` packed."""
    return from_json(_zstandard.decompressor.decompress(data))


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {_without_nul(name): _without_nul(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nul(item) for item in value]
    return value
