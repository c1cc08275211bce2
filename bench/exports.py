"""How fast exports are on a filled database, and how much memory they take.

    KERMA_HOME=FOLDER python bench/exports.py [--modality CT] [--formats csv xlsx]

Run `bench/bulk.py` first. Each export runs in a process of its own, with progress told to nobody.
Printed are event rows a second by the clock and a CPU-second, the start of the process left out;
for csv the share of what `csv.writer` does with the finished rows as ready tuples, which no
exporter that formats numbers the same way can pass; and the largest resident memory of the whole
process. The aims are 50,000 event rows a second for csv, 5,000 for xlsx, and 300 MB at a million
studies.
"""

import argparse
import csv
import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MODALITIES = ("CT", "RF", "DX", "MG", "NM")
FORMATS = ("csv", "xlsx", "parquet", "json")
AIMS = {"csv": 50_000, "xlsx": 5_000}
_READY = 20_000
"""Rows that `csv.writer` is given as ready tuples."""


def export(modality: str, form: str, path: Path) -> None:
    """Export in this process and print the figures as JSON."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kerma.config.settings")
    django.setup()
    from django.db.models import Sum

    from kerma.exports.base import Plan, find
    from kerma.exports.making import make
    from kerma.query.selection import select
    from kerma.store.models import Study

    of_modality = Study.objects.filter(modality=modality)
    events = of_modality.aggregate(n=Sum("number_of_events"))["n"] or 0
    start, cpu = time.perf_counter(), time.process_time()
    made = make(Plan(select(modality, [])), find(form, modality), path)
    spent, cpu = time.perf_counter() - start, time.process_time() - cpu
    figures = {
        "studies": made.studies,
        "events": events,
        "rows": made.rows,
        "seconds": spent,
        "cpu_s": cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "size_mb": path.stat().st_size / 1e6,
    }
    print(json.dumps(figures))


def ready_rows_per_s(path: Path) -> float:
    """Return how many rows a second `csv.writer` writes of those in a file, read beforehand."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = [tuple(map(_number, row)) for row in itertools.islice(csv.reader(file), _READY)]
    with tempfile.TemporaryFile("w+", newline="", encoding="utf-8") as out:
        start = time.perf_counter()
        csv.writer(out).writerows(rows)
        out.flush()
        return len(rows) / (time.perf_counter() - start)


def _number(text: str) -> str | float | None:
    """Return what the exporter had before it wrote a cell."""
    try:
        return float(text) if text else None
    except ValueError:
        return text


def measure(modality: str, form: str, folder: Path) -> None:
    """Export in another process and print one line."""
    path = folder / f"{modality}.{form}"
    command = [sys.executable, __file__, "--one", modality, form, str(path)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout)
    rate = found["events"] / found["seconds"]
    line = (
        f"{modality} {form:8} {found['studies']:>9,} studies {found['events']:>10,} events "
        f"{found['seconds']:7.1f} s {rate:>9,.0f} events/s "
        f"({found['events'] / found['cpu_s']:,.0f} a CPU-second) {found['peak_mb']:5.0f} MB "
        f"{found['size_mb']:8.1f} MB file"
    )
    if form in AIMS:
        line += f" {rate / AIMS[form]:5.2f} of the aim"
    if form == "csv":
        share = found["rows"] / found["seconds"] / ready_rows_per_s(path)
        line += f" {share:5.2f} of csv.writer alone"
    print(line, flush=True)
    path.unlink()


def main() -> None:
    """Measure what the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--modality", nargs="*", default=MODALITIES, choices=MODALITIES)
    parser.add_argument("--formats", nargs="*", default=FORMATS, choices=FORMATS)
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        export(args.one[0], args.one[1], Path(args.one[2]))
        return
    with tempfile.TemporaryDirectory(prefix="kerma-bench-") as folder:
        for modality in args.modality:
            for form in args.formats:
                measure(modality, form, Path(folder))


if __name__ == "__main__":
    main()
