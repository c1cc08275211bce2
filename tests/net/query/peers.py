"""PACSes of others, run beside a test, and a query and retrieval from them."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kerma.net import queries
from kerma.net.carry_out import carry_out_query, carry_out_retrieval
from kerma.net.telling import Aside
from kerma.net.wanted import Wanted
from kerma.store.models import LocalStore, Query, RemoteNode
from tests.net.query.conftest import query_row


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def server(command: list[str], port: int) -> Iterator[None]:
    """Run a server until the end of the block, once it listens."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as line:
                if line.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield
    finally:
        process.kill()
        process.wait()


def send(files: Path, port: int, title: str) -> None:
    call = ["dcmsend", "-aec", title, "-nh", "127.0.0.1", str(port), "+sd", str(files)]
    subprocess.run(call, check=True, capture_output=True)


@contextmanager
def dcmtk_pacs(folder: Path, files: Path, store_port: int) -> Iterator[int]:
    """Run DCMTK's dcmqrscp as PACS with these files, which knows a store as KERMA; give its port.

    Its own files go to `folder`.
    """
    (folder / "objects").mkdir()
    port = free_port()
    config = folder / "dcmqrscp.cfg"
    config.write_text(
        f"""NetworkTCPPort = {port}
MaxPDUSize = 131072
MaxAssociations = 16
HostTable BEGIN
kerma = (KERMA, 127.0.0.1, {store_port})
HostTable END
VendorTable BEGIN
VendorTable END
AETable BEGIN
PACS {folder}/objects RW (20, 1024mb) ANY
AETable END
"""
    )
    with server(["dcmqrscp", "-c", str(config)], port):
        send(files, port, "PACS")
        yield port


def carried_out(node: RemoteNode, store: LocalStore | None, wanted: Wanted) -> Query:
    """Query and retrieve, as a script does."""
    query = query_row(node, wanted, store)
    carry_out_query(query.pk, Aside())
    queries.ready(query)
    carry_out_retrieval(query.pk, Aside())
    query.refresh_from_db()
    return query
