"""How fast a CSV list of doses of the past is imported and undone, and in how much memory.

    KERMA_HOME=FOLDER python bench/historical_doses.py [--rows N] [--faulty PERCENT]

The list is made here: one row a study, on three scanners. It is imported in this process as
`kerma import-doses` does it, imported once more, and undone. The database is the one of
KERMA_HOME or of KERMA_DATABASE_URL; it is made if there is none. Times are of the processor, as
others may use the machine; memory is what is resident.
"""

import argparse
import os
import random
import resource
import time
from collections.abc import Iterator

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kerma.config.settings")
django.setup()

from importing import database, resident_mb, stored

from kerma.cli.database import ensure_database
from kerma.pipeline.historical import imports
from kerma.store.models import HistoricalDoses

TITLES = (
    "study_date,study_time,accession_number,patient_id,sex,age_years,manufacturer,model,"
    "station_name,study_description,protocol,acquisition_type,ctdivol_mgy,scanning_length_mm,"
    "dlp_mgycm,phantom_mm,kvp"
)
PARTS = 10


def rows(number: int, faulty: float) -> Iterator[str]:
    """Yield the lines of a list; of some, the DLP is no number."""
    chance = random.Random(number)
    for n in range(number):
        ctdivol_mgy = round(chance.uniform(3, 20), 2)
        length_mm = chance.randrange(200, 500)
        dlp = f"{ctdivol_mgy * length_mm / 10:.1f}" if chance.random() >= faulty else "much"
        yield (
            f"20{10 + n % 9}-{1 + n % 12:02}-{1 + n % 28:02},{n % 24:02}:{n % 60:02},H{n:07},"
            f"P{n // 2:07},{'MF'[n % 2]},{20 + n % 70},TOSHIBA,Aquilion,CT{n % 3},CT Thorax,"
            f"Thorax {n % 5},Spiral,{ctdivol_mgy},{length_mm},{dlp},320,120"
        )


def imported(data: bytes, name: str) -> HistoricalDoses:
    """Import a list, and print rate and memory for each tenth of it."""
    found, table = imports.receive(data, "doses.csv")
    imports.start(found)
    step, began = max(len(table.rows) // PARTS, 1), time.process_time()
    taken, since = 0, began
    print(f"{name}: {len(data) / 1024**2:.1f} MiB, {resident_mb():.0f} MB before it")

    def say(_: str) -> None:
        nonlocal taken, since
        taken += 1
        if taken % step == 0:
            now = time.process_time()
            print(f"  {taken} rows: {step / (now - since):.0f} rows/CPU-s, {resident_mb():.0f} MB")
            since = now

    imports.carry_on(found, say=say)
    found.refresh_from_db()
    took_s = time.process_time() - began
    print(
        f"  {found.studies} stored, {found.repeated} stored before, {found.refused} refused: "
        f"{took_s:.0f} CPU-s, {took_s / len(table.rows) * 1e3:.1f} ms a row"
    )
    return found


def undone(found: HistoricalDoses) -> None:
    """Undo an import and print how long it took."""
    began, studies = time.process_time(), found.studies
    left = imports.undo(found, None)
    took_s = time.process_time() - began
    print(f"undo: {took_s:.0f} CPU-s, {took_s / studies * 1e3:.1f} ms a study, {left} left")


def main() -> None:
    """Run the parts and print what they took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--faulty", type=float, default=0, metavar="PERCENT")
    args = parser.parse_args()
    ensure_database()
    print(database())
    data = "\n".join((TITLES, *rows(args.rows, args.faulty / 100))).encode()
    found = imported(data, "import")
    print(f"  database: {stored()}")
    imported(data, "again")
    undone(found)
    print(f"  database: {stored()}")
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"most memory at any time: {peak_mb:.0f} MB")


if __name__ == "__main__":
    main()
