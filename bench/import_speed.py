"""How fast `kerma import` is: one process, two, on a large database; and how much memory it takes.

    python bench/import_speed.py REPORT... [--files N] [--part NAME]... [--large HOME]

Each REPORT is copied N times under renewed UIDs, so that every copy is a study, and imported into
a database of its own. Events are counted in the tables afterwards. Parts:

one     files per CPU-second into SQLite, one process, for each report
two     two processes against one, on SQLite and on a private PostgreSQL; and SQLite's two
        against the bare inserts of the same rows, prepared beforehand
flat    the rate on a database of a million studies against that on one of a thousand; the large
        one is in the KERMA_HOME given by --large, else made there by bench/bulk.py (minutes)
memory  resident memory while ten times N files are imported
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
from postgres import fresh_database, private_postgres

BENCH = Path(__file__).parent
PARTS = ("one", "two", "flat", "memory")


def measured(home: Path, *arguments: str, url: str = "") -> dict[str, Any]:
    """Run one import in a process of its own and return its figures."""
    done = _bench("importing.py", home, *arguments, url=url)
    found: dict[str, Any] = json.loads(done)
    refused = {*found["outcomes"]} - {"imported"}
    if refused:
        raise SystemExit(f"Not every object became a study: {found['outcomes']}")
    return found


def _bench(script: str, home: Path, *arguments: str, url: str = "") -> str:
    environment = {key: value for key, value in os.environ.items() if key[:6] != "KERMA_"}
    environment |= {"KERMA_HOME": str(home)} | ({"KERMA_DATABASE_URL": url} if url else {})
    command = [sys.executable, str(BENCH / script), *arguments]
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout


class Bench:
    """The copies to import, and a folder for what is made on the way."""

    def __init__(self, reports: list[Path], files: int, scratch: Path) -> None:
        self.reports = reports
        self.files = files
        self.scratch = scratch
        self._homes = 0
        self._copies = 0

    def home(self) -> Path:
        """Make an empty KERMA_HOME."""
        self._homes += 1
        home = self.scratch / f"home-{self._homes}"
        home.mkdir()
        return home

    def copies(self, *reports: Path, times: int = 1) -> str:
        """Write copies that no database of this run has met yet; return their folder."""
        folder = self.scratch / f"copies-{self._copies}"
        for report in reports:
            write_copies(report, folder, self._copies, self.files * times)
        self._copies += self.files * times
        return str(folder)

    def one(self) -> None:
        """Print files per CPU-second."""
        for report in self.reports:
            found = measured(self.home(), self.copies(report))
            print(
                f"{report.stem}: {1e3 / found['cpu_ms_a_file']:.0f} files/CPU-s "
                f"({found['cpu_ms_a_file']:.2f} ms), {found['files_a_second']:.0f} files/s; "
                f"{found['studies']} studies and {found['events']} events stored, "
                f"peak {found['peak_mb']:.0f} MB; {found['database']}"
            )

    def two(self) -> None:
        """Print the rates of two processes against one."""
        folder = self.copies(*self.reports)
        one = measured(self.home(), folder)
        two = measured(self.home(), folder, "--jobs", "2")
        _print_two(one, two)
        for report in self.reports:
            found = measured(self.home(), self.copies(report), "--jobs", "2", "--bare")
            share = found["files_a_second"] / found["bare_a_second"]
            print(
                f"  {report.stem}: two processes {found['files_a_second']:.0f} files/s, bare "
                f"inserts {found['bare_a_second']:.0f}/s: {share:.2f}"
            )
        with private_postgres() as server:
            with fresh_database(server, "one") as url:
                one = measured(self.home(), folder, url=url)
            with fresh_database(server, "two") as url:
                two = measured(self.home(), folder, "--jobs", "2", url=url)
        _print_two(one, two)

    def flat(self, large: Path) -> None:
        """Print the rate with a million stored studies against that with a thousand."""
        small = self.home()
        _bench("bulk.py", small, "--studies", "1000")
        if not (large / "kerma.sqlite3").exists():
            large.mkdir(exist_ok=True)
            _bench("bulk.py", large)
        for report in self.reports:
            few = measured(small, self.copies(report))
            many = measured(large, self.copies(report))
            print(
                f"{report.stem}: with a million studies {many['cpu_ms_a_file']:.2f} ms CPU and "
                f"{many['files_a_second']:.0f} files/s, with a thousand "
                f"{few['cpu_ms_a_file']:.2f} ms and {few['files_a_second']:.0f} files/s; ratio of "
                f"files per CPU-second {few['cpu_ms_a_file'] / many['cpu_ms_a_file']:.2f}, "
                f"of files/s {many['files_a_second'] / few['files_a_second']:.2f}"
            )

    def memory(self) -> None:
        """Print how resident memory goes."""
        found = measured(self.home(), self.copies(*self.reports, times=10))
        sizes = found["resident_mb"]
        print(
            f"{sum(found['outcomes'].values())} files: {sizes[0]:.0f} MB after 250, "
            f"{sizes[len(sizes) // 2]:.0f} MB half-way, {sizes[-1]:.0f} MB at the end, "
            f"peak {found['peak_mb']:.0f} MB"
        )


def _print_two(one: dict[str, Any], two: dict[str, Any]) -> None:
    ratio = two["files_a_second"] / one["files_a_second"]
    print(
        f"{one['database']}: one process {one['files_a_second']:.0f} files/s, "
        f"two {two['files_a_second']:.0f}: {ratio:.2f} times"
    )


def main() -> None:
    """Run the parts and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reports", nargs="+", type=Path, metavar="REPORT")
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--part", action="append", choices=PARTS, help="default: all")
    parser.add_argument("--large", type=Path, metavar="HOME", help="home of a million studies")
    args = parser.parse_args()
    parts = args.part or PARTS
    scratch = Path(tempfile.mkdtemp(prefix="kerma-bench-"))
    bench = Bench(args.reports, args.files, scratch)
    try:
        if "one" in parts:
            bench.one()
        if "two" in parts:
            bench.two()
        if "flat" in parts:
            bench.flat(args.large or scratch / "large")
        if "memory" in parts:
            bench.memory()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
