"""Exports by OpenREM, measured; run by `bench/export_peer.py` in OpenREM's own environment.

    python bench/peer_export_driver.py FOLDER

Imports the CT reports of FOLDER, then exports all of them as csv and as xlsx. The database and the
folders are given by OpenREM's environment variables. The result goes to stdout as JSON.
"""

import json
import resource
import sys
import time
from pathlib import Path

from openrem.remapp.extractors.rdsr import rdsr
from remapp.exports.ct_export import ct_csv, ctxlsx
from remapp.models import CtIrradiationEventData, GeneralStudyModuleAttr, PatientIDSettings


def main() -> None:
    """Import, export and print the result."""
    PatientIDSettings.objects.get_or_create()  # as the first visit of its home page does
    for path in sorted(Path(sys.argv[1]).iterdir()):
        rdsr(str(path))
    result = {
        "studies": GeneralStudyModuleAttr.objects.count(),
        "events": CtIrradiationEventData.objects.count(),
    }
    for name, export in (("csv", ct_csv), ("xlsx", ctxlsx)):
        cpu, wall = time.process_time(), time.perf_counter()
        export({"o": "-study_date"})
        result[name] = {
            "cpu_s": time.process_time() - cpu,
            "wall_s": time.perf_counter() - wall,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
