"""Commands of older names, which sites have in their scripts: thin doors to those of `kerma`.

Exit status and output are those of `kerma import` and `kerma import-sizes`.
"""

import glob
import os
import sys
from argparse import ArgumentParser
from collections.abc import Sequence

from kerma.cli.main import run

_KINDS = {
    "openrem_rdsr.py": "radiation dose structured reports",
    "openrem_mg.py": "mammography images",
    "openrem_dx.py": "radiography images",
    "openrem_nm.py": "PET and nuclear medicine images",
    "openrem_ctphilips.py": "dose summary images of Philips CT scanners",
    "openrem_cttoshiba.py": "dose screens and images of CT scanners that cannot report",
}


def rdsr() -> None:
    """Run `openrem_rdsr.py`."""
    run_and_exit(_objects("openrem_rdsr.py", sys.argv[1:]))


def mg() -> None:
    """Run `openrem_mg.py`."""
    run_and_exit(_objects("openrem_mg.py", sys.argv[1:]))


def dx() -> None:
    """Run `openrem_dx.py`."""
    run_and_exit(_objects("openrem_dx.py", sys.argv[1:]))


def nm() -> None:
    """Run `openrem_nm.py`."""
    run_and_exit(_objects("openrem_nm.py", sys.argv[1:]))


def ctphilips() -> None:
    """Run `openrem_ctphilips.py`."""
    run_and_exit(_objects("openrem_ctphilips.py", sys.argv[1:]))


def cttoshiba() -> None:
    """Run `openrem_cttoshiba.py`."""
    run_and_exit(_objects("openrem_cttoshiba.py", sys.argv[1:]))


def ptsizecsv() -> None:
    """Run `openrem_ptsizecsv.py`."""
    run_and_exit(_sizes(sys.argv[1:]))


def run_and_exit(arguments: Sequence[str]) -> None:
    """Run `kerma` with these arguments, and exit with its status."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "kerma.config.settings"
    sys.exit(run(arguments))


def _objects(name: str, given: Sequence[str]) -> list[str]:
    """Return the arguments of `kerma` for a door to the import of objects."""
    parser = ArgumentParser(
        prog=name,
        description=f"Import {_KINDS[name]}. The same as `kerma import`, which takes any kind.",
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="file, folder or zip")
    paths = parser.parse_args(given).paths
    return ["import", "--", *(found for path in paths for found in _expanded(path))]


def _expanded(path: str) -> list[str]:
    """Return the files a wildcard stands for, where the shell leaves that to the program."""
    if os.path.lexists(path):
        return [path]
    return sorted(glob.glob(path)) or [path]  # noqa: PTH207 - the pattern may be absolute


def _sizes(given: Sequence[str]) -> list[str]:
    """Return the arguments of `kerma` for the door to the import of sizes."""
    parser = ArgumentParser(
        prog="openrem_ptsizecsv.py",
        description=(
            "Import heights in cm and weights in kg of patients from a CSV file. "
            "The same as `kerma import-sizes`."
        ),
    )
    parser.add_argument(
        "-u",
        "-s",
        "--si-uid",
        action="store_true",
        help="the ids are Study Instance UIDs, not accession numbers",
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="say what became of every row")
    parser.add_argument("csvfile", help="file with a line of titles")
    parser.add_argument("id", help="title of the column of accession numbers or UIDs")
    parser.add_argument("height", help="title of the column of heights")
    parser.add_argument("weight", help="title of the column of weights")
    chosen = parser.parse_args(given)
    arguments = ["import-sizes"]
    arguments += ["--study-uid"] if chosen.si_uid else []
    arguments += ["--verbose"] if chosen.verbose else []
    for name in ("id", "height", "weight"):
        arguments.append(f"--{name}={getattr(chosen, name)}")
    return [*arguments, "--", chosen.csvfile]
