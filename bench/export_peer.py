"""The same CT studies exported by OpenREM 1.0.0b3 and by Kerma, in one run: studies a CPU-second.

    python bench/export_peer.py REPORT --environment FOLDER [--studies N] [--kerma-studies N]

Both import copies of REPORT, a CT dose report, with renewed UIDs, so that every copy is a study;
then each exports all of them as csv and as xlsx. OpenREM is installed as for `import_peer.py`, and
uses the private PostgreSQL that it needs; Kerma uses SQLite. Counted is the CPU time of the
exporting process, without the PostgreSQL server, and its peak memory.
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
from import_peer import PEER, Peer
from postgres import fresh_database, private_postgres

FORMATS = ("csv", "xlsx")


def of_kerma(home: Path, folder: Path, out: Path) -> dict[str, Any]:
    """Import a folder and export it in each format; return the figures."""
    environment = os.environ | {"KERMA_HOME": str(home)}
    environment.pop("KERMA_DATABASE_URL", None)
    kerma = str(Path(sys.executable).with_name("kerma"))
    subprocess.run(
        [kerma, "import", str(folder)], env=environment, check=True, stdout=subprocess.DEVNULL
    )
    return {
        form: _measured([kerma, "export", "ct", "--format", form, "--out", str(out / f"ct.{form}")],
                        environment)
        for form in FORMATS
    }  # fmt: skip


def _measured(command: list[str], environment: dict[str, str]) -> dict[str, float]:
    """Return what a whole process takes, its start included."""
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}.")
    return {"cpu_s": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1024}


def compare(peer: Peer, report: Path, studies: int, kerma_studies: int, server: str) -> None:
    """Print what both take."""
    write_copies(report, peer.scratch / "peer", 0, studies)
    write_copies(report, peer.scratch / "kerma", 0, kerma_studies)
    (peer.scratch / "home").mkdir()
    with fresh_database(server, "peer_export") as url:
        driver = Path(__file__).with_name("peer_export_driver.py")
        them: dict[str, Any] = json.loads(peer.with_tables(url, driver, peer.scratch / "peer"))
    us = of_kerma(peer.scratch / "home", peer.scratch / "kerma", peer.scratch)
    for form in FORMATS:
        theirs = them["studies"] / them[form]["cpu_s"]
        ours = kerma_studies / us[form]["cpu_s"]
        print(
            f"{form:5} {PEER.replace('==', ' ')} {theirs:.0f} studies/CPU-s, "
            f"{them[form]['peak_mb']:.0f} MB, of {them['studies']} studies; Kerma {ours:.0f} "
            f"studies/CPU-s, {us[form]['peak_mb']:.0f} MB, of {kerma_studies}; {ours / theirs:.0f} "
            "times"
        )


def main() -> None:
    """Compare them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("report", type=Path, metavar="REPORT")
    parser.add_argument("--environment", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--studies", type=int, default=2000)
    parser.add_argument("--kerma-studies", type=int, default=20000)
    args = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="kerma-bench-"))
    try:
        peer = Peer(args.environment, scratch)
        with private_postgres() as server:
            compare(peer, args.report, args.studies, args.kerma_studies, server)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
