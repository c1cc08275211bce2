"""A PostgreSQL server of our own, on a free port of this machine, for as long as it is needed."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def _programs() -> Path:
    """Return the folder of the newest PostgreSQL that Debian's packages have installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name))
    if not found:
        raise SystemExit("There is no PostgreSQL on this machine: apt-get install postgresql.")
    return found[-1]


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def private_postgres() -> Iterator[str]:
    """Run a server with the settings it has by default; give the address of its superuser.

    Its programs run as the user postgres if we are root, which they refuse to be.
    """
    is_root = os.geteuid() == 0
    prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"]
    bin_, port = _programs(), _free_port()
    folder = Path(tempfile.mkdtemp(prefix="kerma-bench-postgres-"))
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        command = [str(bin_ / program), "-D", str(data / "db"), *arguments]
        subprocess.run(
            [*(prefix if is_root else []), *command],
            cwd=data,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    try:
        data.mkdir(mode=0o700)
        if is_root:
            folder.chmod(0o711)
            shutil.chown(data, "postgres", "postgres")
        run("initdb", "-A", "trust", "-U", "postgres", "--locale=C.UTF-8", "-E", "UTF8")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={data}"
        run("pg_ctl", "-w", "-l", str(data / "log"), "-o", options, "start")
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_database(server: str, name: str) -> Iterator[str]:
    """Make an empty database of this name on `server`; give its address; drop it afterwards."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield server.rpartition("/")[0] + f"/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
