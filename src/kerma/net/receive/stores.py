"""The stores that Kerma opens: read from the database, kept for the day it does not answer."""

import contextlib
import logging
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from kerma.records.base import Record
from kerma.store.models import LocalStore

_log = logging.getLogger("kerma.receive")


class Store(Record, frozen=True, kw_only=True):
    """One port with an AE title, as an administrator configured it."""

    name: str
    ae_title: str
    port: int
    address: str = ""
    """To listen on; "" means all."""
    any_called_title: bool = True
    calling_titles: tuple[str, ...] = ()
    """None lets any AE title send."""
    calling_addresses: tuple[str, ...] = ()
    """Addresses or networks; none lets any send."""
    max_associations: int = 50
    max_object_mb: int = 4096
    tls: bool = False
    tls_certificate: str = ""
    tls_key: str = ""
    tls_client_authority: str = ""


def default() -> Store:
    """Return the store of a site that configured none."""
    return Store(name="Kerma", ae_title=settings.KERMA_DICOM_AET, port=settings.KERMA_DICOM_PORT)


def renamed(store: Store, port: int, ae_title: str | None) -> Store:
    """Return the store at another port, and under another AE title if there is one."""
    return msgspec.structs.replace(store, port=port, ae_title=ae_title or store.ae_title)


class Configured:
    """Gives the stores that are to be open, each time anew.

    They are kept in a file, which stands for a database that does not answer. A site without any
    store of its own is given the usual one, which then is in the database, unless its port is 0.
    """

    def __init__(self, usual: Store | None = None) -> None:
        self._usual = usual or default()
        self._kept: list[Store] | None = None
        self._is_silent = False

    def __call__(self) -> list[Store]:
        """Return the stores of now."""
        close_old_connections()
        try:
            found = _stored(self._usual)
        except DatabaseError as error:
            connection.close()
            self._tell(error)
            return kept()
        self._is_silent = False
        if found != self._kept:
            keep(found)
            self._kept = found
        return found

    def _tell(self, error: DatabaseError) -> None:
        """Say once that the database is silent."""
        if not self._is_silent:
            _log.warning(
                "The database does not answer (%s): the last known stores stay open.",
                " ".join(str(error).split()),
            )
        self._is_silent = True


def _stored(usual: Store) -> list[Store]:
    if usual.port and not LocalStore.objects.filter(is_ours=True).exists():
        _enter(usual)
    rows = LocalStore.objects.filter(is_ours=True, enabled=True).order_by("port")
    return [_store(row) for row in rows]


def _enter(store: Store) -> None:
    """Make a row of the usual store, unless another server's has its name or port."""
    if not LocalStore.objects.filter(port=store.port).exists():
        LocalStore.objects.get_or_create(
            name=store.name, defaults={"ae_title": store.ae_title, "port": store.port}
        )


def _store(row: LocalStore) -> Store:
    return Store(
        name=row.name,
        ae_title=row.ae_title.strip(),
        port=row.port,
        address=row.address.strip(),
        any_called_title=row.any_called_title,
        calling_titles=_parts(row.calling_titles),
        calling_addresses=_parts(row.calling_addresses),
        max_associations=row.max_associations,
        max_object_mb=row.max_object_mb,
        tls=row.tls,
        tls_certificate=row.tls_certificate,
        tls_key=row.tls_key,
        tls_client_authority=row.tls_client_authority,
    )


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _file() -> Path:
    return Path(settings.KERMA_HOME) / "receive.json"


def keep(stores: Sequence[Store]) -> None:
    """Write the copy; a full disk costs the copy, not the receiver."""
    draft = _file().with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError):
        draft.write_bytes(msgspec.json.encode(stores))
        draft.replace(_file())


def kept() -> list[Store]:
    """Return what was configured when the database last answered, else the default store."""
    try:
        return msgspec.json.decode(_file().read_bytes(), type=list[Store])
    except (OSError, msgspec.MsgspecError):
        return [default()]
