"""The same reports imported by OpenREM 1.0.0b3 and by Kerma, in one run: files per CPU-second.

    python bench/import_peer.py REPORT... --environment FOLDER [--files N] [--repeat N]

OpenREM is installed from PyPI into a virtual environment in FOLDER, unless it is there already,
and imports into a private PostgreSQL, the database that it needs; its command would only put the
files into a queue, so its extractor is called directly. Kerma imports into SQLite. Each copy has
renewed UIDs, so every copy is a study. Counted is the CPU time of the importing process, without
the PostgreSQL server; and afterwards, in both databases, the events. The two take turns, `--repeat`
times, and the least disturbed turn of each counts. The aim is 20, better 40.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from copies import write_copies
from import_speed import measured
from postgres import fresh_database, private_postgres

PEER = "OpenREM==1.0.0b3"
KERMA_FILES = 1000
"""Files for Kerma to import, so that both take a while."""


class Peer:
    """OpenREM in an environment of its own."""

    def __init__(self, environment: Path, scratch: Path) -> None:
        self.python = environment / "bin" / "python"
        self.scratch = scratch
        if not self.python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
            pip = [str(self.python), "-m", "pip", "install", "--quiet", PEER]
            subprocess.run(pip, check=True)

    def measured(self, folder: Path, url: str) -> dict[str, Any]:
        """Make the tables, import every file of `folder`, and return the figures."""
        driver = Path(__file__).with_name("peer_driver.py")
        found: dict[str, Any] = json.loads(self.with_tables(url, driver, folder))
        return found

    def with_tables(self, url: str, driver: Path, folder: Path) -> str:
        """Make the tables, run a program of ours on `folder`, and return its last line."""
        package = self._run(url, "-c", "import openrem; print(openrem.__path__[0])").strip()
        manage = str(Path(package) / "manage.py")
        self._run(url, manage, "makemigrations", "remapp")
        self._run(url, manage, "migrate")
        return self._run(url, str(driver), str(folder)).splitlines()[-1]

    def _run(self, url: str, *arguments: str) -> str:
        address, _, name = url.removeprefix("postgresql://postgres@").partition("/")
        host, _, port = address.partition(":")
        environment = os.environ | {
            "SQL_ENGINE": "django.db.backends.postgresql",
            "POSTGRES_DB": name,
            "POSTGRES_USER": "postgres",
            "POSTGRES_PASSWORD": "",
            "SQL_HOST": host,
            "SQL_PORT": port,
            "MEDIA_ROOT": str(self.scratch),
            "LOG_ROOT": str(self.scratch),
        }
        done = subprocess.run(
            [str(self.python), *arguments],
            env=environment,
            cwd=self.scratch,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout


def compare(peer: Peer, report: Path, files: int, repeat: int, server: str) -> None:
    """Print what both take for copies of one report."""
    theirs, ours = [], []
    for turn in range(repeat):
        folder = peer.scratch / f"{report.stem}-{turn}"
        write_copies(report, folder / "peer", 0, files)
        write_copies(report, folder / "kerma", 0, KERMA_FILES)
        (folder / "home").mkdir()
        with fresh_database(server, f"peer_{turn}") as url:
            theirs.append(peer.measured(folder / "peer", url) | {"files": files})
        kerma = measured(folder / "home", str(folder / "kerma"))
        ours.append(kerma | {"files": KERMA_FILES})
    them, us = (min(runs, key=lambda run: run["cpu_ms_a_file"]) for runs in (theirs, ours))
    print(report.stem)
    for name, run in ((PEER.replace("==", " "), them), ("Kerma", us)):
        print(
            f"  {name:16} {1e3 / run['cpu_ms_a_file']:7.1f} files/CPU-s "
            f"({run['cpu_ms_a_file']:.2f} ms), {run['files_a_second']:.1f} files/s; of "
            f"{run['files']} files {run['studies']} studies and {run['events']} events are stored"
        )
    print(f"  Kerma's is {them['cpu_ms_a_file'] / us['cpu_ms_a_file']:.1f} times; {us['database']}")


def main() -> None:
    """Compare them on each report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reports", nargs="+", type=Path, metavar="REPORT")
    parser.add_argument("--environment", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--files", type=int, default=60)
    parser.add_argument("--repeat", type=int, default=2)
    args = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="kerma-bench-"))
    try:
        peer = Peer(args.environment, scratch)
        with private_postgres() as server:
            for report in args.reports:
                compare(peer, report, args.files, args.repeat, server)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
