"""One import in this process, measured: what the other benchmarks of the import run.

    KERMA_HOME=FOLDER python bench/importing.py [--jobs N] [--bare] PATH...

The result goes to stdout as JSON. Rates leave the start of the program and the first objects out,
so that they are those of a long import. The database is the one of KERMA_HOME or of
KERMA_DATABASE_URL; it is made if there is none.
"""

import argparse
import json
import os
import resource
import time
from collections import Counter
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kerma.config.settings")
django.setup()

from django.db import connection
from store_import import Bare

from kerma.cli.database import ensure_database
from kerma.pipeline.batch import import_all
from kerma.pipeline.find import arrivals
from kerma.store import models

FIRST = 400
"""Objects after which the clocks start: processes are up, caches filled, folders of copies made."""


def run(paths: list[str], jobs: int) -> dict[str, Any]:
    """Import everything below `paths` and return what it took."""
    outcomes: Counter[str] = Counter()
    sizes = []
    for number, outcome in enumerate(import_all(arrivals(paths), jobs), start=1):
        outcomes[outcome.outcome] += 1
        if number == FIRST:
            cpu, wall = time.process_time(), time.perf_counter()
        if number % 250 == 0:
            sizes.append(resident_mb())
    counted = outcomes.total() - FIRST
    if counted <= 0:
        raise SystemExit(f"Give more than {FIRST} objects.")
    return {
        "outcomes": dict(outcomes),
        "cpu_ms_a_file": (time.process_time() - cpu) / counted * 1e3 if jobs == 1 else None,
        "files_a_second": counted / (time.perf_counter() - wall),
        "resident_mb": sizes,
        "peak_mb": max(
            resource.getrusage(who).ru_maxrss / 1024
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        ),
    }


def bare_inserts(number: int) -> float:
    """Insert the rows of the newest study again `number` times; return how many in a second."""
    newest = models.Study.objects.latest("pk")
    bare = Bare(newest.study_instance_uid)
    start = time.perf_counter()
    for serial in range(number):
        bare.insert(serial)
    return number / (time.perf_counter() - start)


def stored() -> dict[str, int]:
    """Count studies and events in the tables."""
    kinds = (models.CtEvent, models.ProjectionEvent, models.Administration)
    return {
        "studies": models.Study.objects.count(),
        "events": sum(kind.objects.count() for kind in kinds),
    }


def database() -> str:
    """Describe the database, and how it writes."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA journal_mode")
            mode = cursor.fetchone()[0]
            cursor.execute("PRAGMA synchronous")
            level = ("OFF", "NORMAL", "FULL", "EXTRA")[cursor.fetchone()[0]]
            return f"SQLite, journal_mode {mode}, synchronous {level}"
        cursor.execute("SHOW synchronous_commit")
        level = cursor.fetchone()[0]
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0].split()[0]}, synchronous_commit {level}"


def resident_mb() -> float:
    """Return the resident memory of this process in MB."""
    with open("/proc/self/statm") as file:  # noqa: PTH123
        return int(file.read().split()[1]) * resource.getpagesize() / 1024**2


def main() -> None:
    """Run and print the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="+", metavar="PATH")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--bare", action="store_true", help="insert the same rows barely, too")
    args = parser.parse_args()
    ensure_database()
    before = stored()
    result = run(args.paths, args.jobs)
    after = stored()
    result |= {"database": database()}
    result |= {name: after[name] - before[name] for name in after}
    if args.bare:
        result["bare_a_second"] = bare_inserts(sum(result["outcomes"].values()))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
