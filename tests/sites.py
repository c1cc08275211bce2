"""Empty sites for tests that run Kerma as processes: a home and a database of its own."""

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

PROJECT = Path(__file__).parent.parent
_serial = count()


class Site(NamedTuple):
    """An empty Kerma: its home, and the address of its database, "" for SQLite."""

    home: Path
    url: str

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start a `kerma` command."""
        return self.python("-c", "from kerma.cli.main import main; main()", *arguments)

    def python(self, *arguments: str, **options: Any) -> "subprocess.Popen[str]":
        """Start Python with the environment of this site."""
        environment = {key: value for key, value in os.environ.items() if key[:6] != "KERMA_"}
        environment |= {"KERMA_HOME": str(self.home)}
        environment |= {"KERMA_DATABASE_URL": self.url} if self.url else {}
        return subprocess.Popen(
            [sys.executable, *arguments],
            env=environment,
            cwd=PROJECT,
            text=True,
            **{"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, **options},
        )

    def run(self, *arguments: str) -> None:
        """Run a `kerma` command that must succeed."""
        process = self.start(*arguments)
        errors = process.communicate()[1]
        assert process.returncode == 0, errors

    def ask(self, statement: str) -> list[Any]:
        """Return the rows of a statement, which changes nothing or is committed."""
        if self.url:
            with psycopg.connect(self.url) as connection:
                cursor = connection.execute(statement)
                return cursor.fetchall() if cursor.description else []
        connection = sqlite3.connect(self.home / "kerma.sqlite3", timeout=20)
        try:
            with connection:
                return connection.execute(statement).fetchall()
        finally:
            connection.close()


@contextmanager
def sites(new_home: Callable[[], Path]) -> Iterator[Callable[[], Site]]:
    """Make sites, each with a database of its own on the server that the tests run on."""
    server = os.environ.get("KERMA_DATABASE_URL", "")
    made: list[str] = []

    def make() -> Site:
        home = new_home()
        if not server:
            return Site(home, "")
        made.append(f"kerma_site_{os.getpid()}_{next(_serial)}")
        _on_server(server, f"CREATE DATABASE {made[-1]}")
        return Site(home, f"{server.rpartition('/')[0]}/{made[-1]}")

    yield make
    for name in made:
        _on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _on_server(server: str, statement: str) -> None:
    with psycopg.connect(f"{server.rpartition('/')[0]}/postgres", autocommit=True) as connection:
        connection.execute(statement)
