"""Certificates of the stores and nodes that use TLS: there, readable, and valid for long enough."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cryptography import x509

from kerma.health import base
from kerma.health.base import Fact, State
from kerma.health.words import now
from kerma.store import mail
from kerma.store.models import LocalStore, RemoteNode

_SOON_DAYS = 30


class _File(NamedTuple):
    """A file that something needs; only that of a certificate has an end."""

    owner: str
    path: str
    is_certificate: bool


def _look() -> Iterator[Fact]:
    number = 0
    for number, file in enumerate(_files(), 1):
        yield _fact(f"certificate-{number}", file)
    if not number:
        yield Fact("certificates", "Certificates", "none is used")


def _files() -> Iterator[_File]:
    for store in LocalStore.objects.filter(enabled=True, is_ours=True, tls=True).order_by("name"):
        owner = f"Store {store.name}"
        yield _File(owner, store.tls_certificate, is_certificate=True)
        yield _File(owner, store.tls_key, is_certificate=False)
        if store.tls_client_authority:
            yield _File(owner, store.tls_client_authority, is_certificate=True)
    for node in RemoteNode.objects.filter(tls=True).order_by("name"):
        owner = f"Node {node.name}"
        for path in filter(None, (node.tls_authority, node.tls_certificate)):
            yield _File(owner, path, is_certificate=True)
        if node.tls_key:
            yield _File(owner, node.tls_key, is_certificate=False)
    if authorities := mail.server().ca:
        yield _File("E-mail", authorities, is_certificate=True)


def _fact(name: str, file: _File) -> Fact:
    label = f"{file.owner}: {Path(file.path).name or 'no file named'}"
    try:
        data = Path(file.path).read_bytes()
        found = x509.load_pem_x509_certificates(data) if file.is_certificate else []
    except OSError as error:
        reason = f"the file {file.path or 'of the certificate'} cannot be read: {error.strerror}"
        return Fact(name, label, "unreadable", State.OVER, f"{file.owner} uses TLS, but {reason}.")
    except ValueError:
        advice = f"{file.owner}: {file.path} holds no certificate in PEM."
        return Fact(name, label, "no certificate", State.OVER, advice)
    if not file.is_certificate:
        return Fact(name, label, "readable")
    return _validity(name, label, file, min(one.not_valid_after_utc for one in found))


def _validity(name: str, label: str, file: _File, end: dt.datetime) -> Fact:
    days = (end - now()).days
    if days > _SOON_DAYS:
        return Fact(name, label, f"valid until {end:%Y-%m-%d}")
    if end <= now():
        advice = f"{file.owner}: the certificate {file.path} expired on {end:%Y-%m-%d}; renew it."
        return Fact(name, label, "expired", State.OVER, advice)
    advice = f"{file.owner}: the certificate {file.path} expires in {days} days; renew it."
    return Fact(name, label, f"expires in {days} days", State.WARN, advice)


base.add(base.Area("certificates", "Certificates", 80, _look))
