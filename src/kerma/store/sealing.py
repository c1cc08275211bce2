"""Files and texts that nobody reads without the site's key: encrypted, and back.

Each MiB of a file is a Fernet token on a line of its own, so that a large object needs little
memory.
"""

import base64
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from kerma.errors import KermaError

_CHUNK = 1 << 20

Bytes = bytes | bytearray | memoryview


class NotOurs(KermaError):
    """An encrypted file cannot be opened with the key of this site."""


def seal(data: Bytes, path: Path) -> None:
    """Write `data` encrypted to `path`: whole, or not at all."""
    key = _key()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        for start in range(0, len(data), _CHUNK):
            file.write(key.encrypt(bytes(data[start : start + _CHUNK])) + b"\n")
    draft.replace(path)


def unseal(path: Path) -> bytes:
    """Return what was sealed.

    Raises
    ------
    NotOurs
        If the file was changed, or written under another key.
    """
    return b"".join(_chunks(path))


def seal_text(text: str) -> str:
    """Return a short text, such as a password, encrypted; "" stays as it is."""
    return _key().encrypt(text.encode()).decode() if text else ""


def unseal_text(sealed: str) -> str:
    """Return what `seal_text` was given.

    Raises
    ------
    NotOurs
        If it was sealed under another key.
    """
    try:
        return _key().decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken:
        raise NotOurs(
            "A stored password cannot be opened: the site's identity key is another. Enter it anew."
        ) from None


def _chunks(path: Path) -> Iterator[bytes]:
    key = _key()
    with path.open("rb") as file:
        for line in file:
            try:
                yield key.decrypt(line.rstrip(b"\n"))
            except InvalidToken:
                raise NotOurs(
                    "The encrypted copy cannot be opened: the site's identity key is another, "
                    "or the file is damaged."
                ) from None


def _key() -> Fernet:
    """Return the key of the copies, made of the site's."""
    made = hashlib.sha256(b"kerma quarantine " + settings.KERMA_IDENTITY_KEY).digest()
    return Fernet(base64.urlsafe_b64encode(made))
