"""A program: exports while studies are deleted, replaced and added; prints what came out.

It runs with a database of its own, because a transaction that other connections look into cannot
be tested in the transaction of a test.
"""

import json
import os
import sys
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "kerma.config.settings"
django.setup()

from django.core.management import call_command  # noqa: E402

from kerma.exports.base import find  # noqa: E402
from kerma.exports.making import make  # noqa: E402
from kerma.query.selection import select  # noqa: E402
from kerma.records import Totals  # noqa: E402
from kerma.store.forget import forget_study  # noqa: E402
from kerma.store.models import Study  # noqa: E402
from tests.exports.exported import Plan, read_csv  # noqa: E402
from tests.query.hospital import ct_event, store  # noqa: E402


def stored(label: str, day: str, dlp: float) -> None:
    store(label, "CT", day=day, totals=Totals(dlp_mgycm=dlp), events=(ct_event(dlp_mgycm=dlp),))


def main(folder: Path) -> None:
    call_command("migrate", verbosity=0)
    for number in range(4):
        stored(f"s{number}", f"2026-03-0{number + 1}", 100.0 + number)
    meddled = []

    def meddle(done: int, total: int, what: str = "") -> None:
        if not meddled:
            forget_study(Study.objects.get(study_instance_uid="s0"))
            forget_study(Study.objects.get(study_instance_uid="s1"))
            stored("s1", "2026-03-02", 999.0)
            stored("new", "2026-03-09", 1.0)
        meddled.append((done, total))

    plan = Plan(select("CT", []))
    make(plan, find("csv", "CT"), folder / "during.csv", meddle)
    make(plan, find("csv", "CT"), folder / "after.csv")
    during, after = (
        [(row["Total DLP (mGy.cm)"], row["E1 DLP (mGy.cm)"]) for row in read_csv(folder / name)]
        for name in ("during.csv", "after.csv")
    )
    sys.stdout.write(json.dumps({"during": during, "after": after, "told": meddled[0]}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
