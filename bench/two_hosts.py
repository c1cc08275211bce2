"""Two hosts with worker processes on one PostgreSQL against one host: imports per second.

    python bench/two_hosts.py REPORT [--files N] [--turns N]

A host is a data folder with a spool of its own and a `kerma work`. Each spool is filled with N
copies of REPORT under renewed UIDs before the clock starts. The clock runs from the moment a
tenth of the objects is stored to the moment nineteen twentieths are, and is read in the database.
One and two hosts take turns, and the best turn of each counts.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from copies import write_copies
from postgres import fresh_database, private_postgres

_KERMA = ("-c", "from kerma.cli.main import main; main()")
_FILL = """
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "kerma.config.settings"
django.setup()
from pathlib import Path
from kerma.pipeline import spool
for path in sorted(Path(sys.argv[1]).iterdir()):
    spool.put([path.read_bytes()], "receive", "KERMA", "BENCH")
"""


class Host:
    """A data folder, and its worker processes once they are started."""

    def __init__(self, home: Path, database: str) -> None:
        known = {key: value for key, value in os.environ.items() if key[:6] != "KERMA_"}
        self._environment = known | {"KERMA_HOME": str(home), "KERMA_DATABASE_URL": database}

    def run(self, *arguments: str) -> None:
        """Run Python in the environment of the host."""
        subprocess.run([sys.executable, *arguments], env=self._environment, check=True)

    def start(self) -> None:
        """Start one process that imports, and one for tasks."""
        arguments = (*_KERMA, "work", "--processes", "1", "--tasks", "1")
        self._work = subprocess.Popen([sys.executable, *arguments], env=self._environment)

    def stop(self) -> None:
        """Stop them."""
        self._work.terminate()
        self._work.wait()


def rate(report: Path, files: int, hosts: int, server: str, scratch: Path) -> float:
    """Return the objects stored a second by so many hosts, after checking that all are there."""
    with fresh_database(server, f"hosts_{hosts}") as database:
        found = [Host(scratch / f"home-{hosts}-{number}", database) for number in range(hosts)]
        found[0].run(*_KERMA, "migrate")
        for number, host in enumerate(found):
            folder = scratch / f"copies-{hosts}-{number}"
            write_copies(report, folder, number * files, files)
            host.run("-c", _FILL, str(folder))
        for host in found:
            host.start()
        with psycopg.connect(database, autocommit=True) as connection:
            measured = _watch(connection, files * hosts)
        for host in found:
            host.stop()
    return measured


def _watch(connection: psycopg.Connection, total: int) -> float:
    """Follow the number of stored objects to the end; return how many a second."""
    first, last = total // 10, total * 19 // 20
    began = ended = (0.0, 0)
    stored = 0
    while stored < total:
        time.sleep(0.05)
        stored = _one(connection, "SELECT count(*) FROM store_storedobject")
        now = time.perf_counter()
        if stored <= first:
            began = (now, stored)
        if stored <= last:
            ended = (now, stored)
    distinct = _one(connection, "SELECT count(DISTINCT sop_instance_uid) FROM store_source")
    sources = _one(connection, "SELECT count(*) FROM store_source")
    if not distinct == sources == total:
        raise SystemExit(f"{total} objects were there to store; {sources} are, of {distinct} UIDs.")
    return (ended[1] - began[1]) / (ended[0] - began[0])


def _one(connection: psycopg.Connection, question: str) -> int:
    return int(connection.execute(question).fetchone()[0])


def main() -> None:
    """Run and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("report", type=Path, metavar="REPORT")
    parser.add_argument("--files", type=int, default=2000, metavar="N", help="on each host (2000)")
    parser.add_argument("--turns", type=int, default=3, metavar="N", help="best of so many (3)")
    chosen = parser.parse_args()
    found: dict[int, list[float]] = {1: [], 2: []}
    with private_postgres() as server:
        for _ in range(chosen.turns):
            for hosts, rates in found.items():
                with tempfile.TemporaryDirectory() as scratch:
                    rates.append(rate(chosen.report, chosen.files, hosts, server, Path(scratch)))
    one, two = max(found[1]), max(found[2])
    turns = "; ".join(f"{a:.0f} and {b:.0f}" for a, b in zip(found[1], found[2], strict=True))
    print(f"objects/s of one and of two hosts, by turns: {turns}")
    print(f"one host {one:.0f} objects/s, two hosts {two:.0f} objects/s: ratio {two / one:.2f}")


if __name__ == "__main__":
    main()
