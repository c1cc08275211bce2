"""Whether a node or a store answers, and if not, why, in a sentence."""

import time
from collections.abc import Callable
from typing import NamedTuple

from pynetdicom.sop_class import Verification  # type: ignore[attr-defined]

from kerma.errors import KermaError
from kerma.net.node.faults import status_text
from kerma.net.node.session import Session
from kerma.net.node.web import WebFinder
from kerma.net.telling import Aside
from kerma.store.models import LocalStore, RemoteNode

_TIMEOUT_S = 10


class Echo(NamedTuple):
    """The answer to "are you there?"."""

    ok: bool
    sentence: str
    milliseconds: float


def echo_node(node: RemoteNode) -> Echo:
    """Ask a node whether it is there: by C-ECHO, or by the cheapest search of DICOMweb."""
    if node.way == node.Way.WEB:
        return _timed(lambda: _search(node))
    return _timed(lambda: _echo(node))


def echo_store(store: LocalStore) -> Echo:
    """Ask a store of this site whether it is there, as a sender would."""
    titles = [title.strip() for title in store.calling_titles.split(",") if title.strip()]
    as_node = RemoteNode(
        name=store.name,
        ae_title=store.ae_title,
        calling_ae_title=titles[0] if titles else "KERMA",
        address=store.address or "127.0.0.1",
        port=store.port,
        tls=store.tls,
        tls_authority=store.tls_certificate,
        tls_certificate=store.tls_certificate,
        tls_key=store.tls_key,
        timeout_s=_TIMEOUT_S,
    )
    return _timed(lambda: _echo(as_node))


def _timed(ask: Callable[[], str]) -> Echo:
    start = time.monotonic()
    try:
        sentence, ok = ask(), True
    except KermaError as error:
        sentence, ok = str(error), False
    return Echo(ok, sentence, (time.monotonic() - start) * 1e3)


def _echo(node: RemoteNode) -> str:
    session = Session(
        node, Aside(), [(str(Verification), ())], answer_s=min(node.timeout_s, _TIMEOUT_S)
    )
    try:
        status = session.echo()
    finally:
        session.close()
    if status:
        return f"It answers, but with {status_text(status)}."
    return "It answers."


def _search(node: RemoteNode) -> str:
    with WebFinder(node, Aside()) as finder:
        finder.one_study()
    return "It answers."
