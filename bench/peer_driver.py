"""One import by OpenREM, measured; run by `bench/import_peer.py` in OpenREM's own environment.

    python bench/peer_driver.py FOLDER

The database and the folders of logs are given by OpenREM's environment variables. The result goes
to stdout as JSON; the first objects are left out of the rate, as in `bench/importing.py`.
"""

import json
import sys
import time
from pathlib import Path

from openrem.remapp.extractors.rdsr import rdsr
from remapp.models import (
    CtIrradiationEventData,
    GeneralStudyModuleAttr,
    IrradEventXRayData,
    PatientIDSettings,
)

FIRST = 8


def main() -> None:
    """Import and print the result."""
    PatientIDSettings.objects.get_or_create()  # as the first visit of its home page does
    paths = sorted(Path(sys.argv[1]).iterdir())
    for path in paths[:FIRST]:
        rdsr(str(path))
    cpu, wall = time.process_time(), time.perf_counter()
    for path in paths[FIRST:]:
        rdsr(str(path))
    counted = len(paths) - FIRST
    result = {
        "cpu_ms_a_file": (time.process_time() - cpu) / counted * 1e3,
        "files_a_second": counted / (time.perf_counter() - wall),
        "studies": GeneralStudyModuleAttr.objects.count(),
        "events": CtIrradiationEventData.objects.count() + IrradEventXRayData.objects.count(),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
