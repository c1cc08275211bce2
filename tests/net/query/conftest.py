"""Fixtures of the tests of query and retrieval: a home, nodes, stores, and quick retries."""

import subprocess
from pathlib import Path

import pytest
import stamina

from kerma.net.node import patience
from kerma.net.wanted import Wanted
from kerma.store.models import LocalStore, Query, RemoteNode
from tests.net.faulty_pacs import FaultyPacs
from tests.net.spool_store import SpoolStore


@pytest.fixture(autouse=True)
def home(settings, tmp_path) -> Path:
    """Give the test an empty KERMA_HOME."""
    settings.KERMA_HOME = tmp_path / "home"
    settings.KERMA_HOME.mkdir()
    return settings.KERMA_HOME


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch):
    """Keep the number of tries, shorten the pauses between them."""
    monkeypatch.setattr(patience, "_FIRST_WAIT_S", 0.02)
    monkeypatch.setattr(patience, "_LONGEST_WAIT_S", 0.05)
    monkeypatch.setattr(patience, "_JITTER_S", 0.01)
    monkeypatch.setattr("kerma.net.node.pace._FIRST_PAUSE_S", 0.02)
    monkeypatch.setattr("kerma.net.node.pace._LONGEST_PAUSE_S", 0.05)
    assert stamina.is_active()


@pytest.fixture
def store():
    """Run a store that writes to the spool."""
    with SpoolStore() as found:
        yield found


@pytest.fixture
def store_row(store, db) -> LocalStore:
    """Return the row of that store."""
    return LocalStore.objects.create(name="Kerma", ae_title=store.ae_title, port=store.port)


@pytest.fixture
def certificate(tmp_path):
    """Make a certificate of its own authority; returns it and its key."""
    files = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=pacs", "-out", files[0], "-keyout", files[1]],
        check=True, capture_output=True,
    )  # fmt: skip
    return files


def node_of(pacs: FaultyPacs, **choices: object) -> RemoteNode:
    """Return the row of a node for a running PACS."""
    values = {
        "name": "PACS",
        "ae_title": "PACS",
        "address": "127.0.0.1",
        "port": pacs.port,
        "timeout_s": 5,
    }
    return RemoteNode.objects.create(**(values | choices))


def query_row(
    node: RemoteNode, wanted: Wanted, store: LocalStore | None = None, **columns: object
) -> Query:
    """Return a query that nobody has carried out yet."""
    return Query.objects.create(
        node=node, node_name=node.name, store=store, wanted=wanted.as_json(), **columns
    )
