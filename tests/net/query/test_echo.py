"""Whether a node answers, and the cause in words where it does not."""

import socket
import ssl

import pytest
from pynetdicom import AE
from pynetdicom.sop_class import Verification

from kerma.net.node.echo import echo_node, echo_store
from kerma.store.models import LocalStore, RemoteNode
from tests.net.faulty_pacs import Faults, FaultyPacs
from tests.net.query.test_retrieve import mg_studies


def node(port: int = 1, **choices: object) -> RemoteNode:
    values = {"name": "PACS", "ae_title": "PACS", "address": "127.0.0.1", "timeout_s": 1}
    return RemoteNode(port=port, **(values | choices))


@pytest.fixture
def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def secure(certificate):
    """Run a node that wants TLS; returns its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    ae = AE(ae_title="PACS")
    ae.add_supported_context(Verification)
    server = ae.start_server(("127.0.0.1", 0), block=False, ssl_context=context)
    yield server.socket.getsockname()[1]
    server.shutdown()


def test_a_node_that_is_there_answers():
    with FaultyPacs(mg_studies(1)) as pacs:
        echo = echo_node(node(pacs.port))

    assert echo.ok
    assert 0 < echo.milliseconds < 5000


def test_the_host_name_is_used_before_the_address():
    with FaultyPacs(mg_studies(1)) as pacs:
        by_name = echo_node(node(pacs.port, host_name="localhost", address="192.0.2.1"))
        by_address = echo_node(node(pacs.port, host_name="", address="127.0.0.1"))

    assert (by_name.ok, by_address.ok) == (True, True)


def test_a_name_that_cannot_be_resolved():
    echo = echo_node(node(host_name="no-such-host.invalid"))

    assert "The name no-such-host.invalid cannot be resolved" in echo.sentence


def test_a_refused_connection(free_port):
    echo = echo_node(node(free_port))

    assert f"Nothing listens at 127.0.0.1 on port {free_port}" in echo.sentence


def test_a_node_without_an_address():
    assert "neither host name nor address" in echo_node(node(address="")).sentence


def test_a_rejected_association():
    with FaultyPacs(mg_studies(1), Faults(stranger=True)) as pacs:
        echo = echo_node(node(pacs.port, calling_ae_title="STRANGER"))

    assert not echo.ok
    assert "does not know our AE title 'STRANGER'" in echo.sentence


def test_a_wrong_called_title():
    ae = AE(ae_title="PACS")
    ae.add_supported_context(Verification)
    ae.require_called_aet = True
    server = ae.start_server(("127.0.0.1", 0), block=False)
    try:
        echo = echo_node(node(server.socket.getsockname()[1], ae_title="OTHER"))
    finally:
        server.shutdown()

    assert "its AE title is not 'OTHER'" in echo.sentence


def test_something_that_speaks_no_dicom():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        echo = echo_node(node(silent.getsockname()[1]))

    assert "does not answer as a DICOM node" in echo.sentence


def test_tls_with_the_right_authority(secure, certificate):
    echo = echo_node(node(secure, tls=True, tls_authority=str(certificate[0]), timeout_s=5))

    assert echo.ok, echo.sentence


def test_tls_without_the_authority(secure):
    echo = echo_node(node(secure, tls=True, timeout_s=5))

    assert "TLS failed: the certificate of the node is not accepted" in echo.sentence


def test_tls_with_a_file_that_is_not_there(secure, tmp_path):
    echo = echo_node(node(secure, tls=True, tls_authority=str(tmp_path / "nothing.pem")))

    assert "A TLS file of the node PACS cannot be used" in echo.sentence


def test_a_node_that_wants_tls_is_guessed(secure):
    echo = echo_node(node(secure, timeout_s=2))

    assert "whether it wants TLS" in echo.sentence


def test_a_store_of_ours(store):
    there = LocalStore(name="Kerma", ae_title="KERMA", port=store.port)
    absent = LocalStore(name="Other", ae_title="OTHER", port=1)

    assert echo_store(there).ok
    assert "refused" in echo_store(absent).sentence


def test_dicomweb_that_is_not_there(free_port):
    echo = echo_node(node(way="web", web_url=f"http://127.0.0.1:{free_port}/dicom-web"))

    assert not echo.ok
    assert "cannot be reached" in echo.sentence
