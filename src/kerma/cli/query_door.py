"""`openrem_qr.py` and `qrscu.py`: their options in, the arguments of `kerma query` out."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from kerma.cli.doors import run_and_exit

_MODALITIES = {
    "ct": ("CT", "CT studies"),
    "mg": ("MG", "mammography studies"),
    "fl": ("RF", "fluoroscopy studies"),
    "dx": ("DX", "planar X-ray studies (includes panoramic X-ray studies)"),
    "nm": ("NM", "nuclear medicine studies"),
}
_PASSED_ON = (
    ("dfrom", "--from"),
    ("duntil", "--until"),
    ("single_date", "--date"),
    ("tfrom", "--time-from"),
    ("tuntil", "--time-until"),
    ("desc_exclude", "--exclude"),
    ("desc_include", "--include"),
    ("stationname_exclude", "--exclude-station"),
    ("stationname_include", "--include-station"),
)
_FLAGS = (
    ("stationname_study_level", "--station-at-study-level"),
    ("toshiba", "--toshiba"),
    ("sr", "--sr-only"),
    ("dup", "--duplicates"),
    ("emptysr", "--empty-sr"),
)


def qr() -> None:
    """Run `openrem_qr.py` or `qrscu.py`."""
    run_and_exit(arguments(Path(sys.argv[0]).name, sys.argv[1:]))


def arguments(name: str, given: Sequence[str]) -> list[str]:
    """Return the arguments of `kerma` for those of the script; wrong ones end the program."""
    parser = _parser(name)
    chosen = parser.parse_args(given)
    _refuse_contradictions(parser, chosen)
    found = ["query", chosen.qr_id, f"--store={chosen.store_id}"]
    wanted = [kind for key, (kind, _) in _MODALITIES.items() if getattr(chosen, key)]
    if wanted:
        found.append(f"--modalities={','.join(wanted)}")
    for key, option in _PASSED_ON:
        if getattr(chosen, key) is not None:
            found.append(f"{option}={getattr(chosen, key)}")
    return [*found, *(option for key, option in _FLAGS if getattr(chosen, key))]


def _refuse_contradictions(parser: ArgumentParser, chosen: Namespace) -> None:
    wanted = [f"-{key}" for key in _MODALITIES if getattr(chosen, key)]
    if chosen.sr and wanted:
        parser.error(f"-sr cannot be used with {', '.join(wanted)}")
    if not chosen.sr and not wanted:
        parser.error("at least one of -ct, -mg, -fl, -dx, -nm or -sr is required")
    if chosen.single_date and (chosen.dfrom or chosen.duntil):
        parser.error("--single_date cannot be used with --dfrom or --duntil")
    if (chosen.tfrom or chosen.tuntil) and not chosen.single_date:
        parser.error("--tfrom and --tuntil require --single_date")


def _parser(name: str) -> ArgumentParser:
    parser = ArgumentParser(
        prog=name,
        allow_abbrev=False,
        description="Query a remote node and retrieve what carries dose, as `kerma query` does.",
    )
    parser.add_argument("qr_id", help="Database ID of the remote QR node")
    parser.add_argument("store_id", help="Database ID of the local store node")
    for key, (_, meaning) in _MODALITIES.items():
        parser.add_argument(
            f"-{key}", action="store_true", help=f"Query for {meaning}. Cannot be used with -sr"
        )
    _add_times(parser)
    _add_terms(parser)
    _add_advanced(parser)
    return parser


def _add_times(parser: ArgumentParser) -> None:
    day, hour = "yyyy-mm-dd", "hhmm"
    not_single = "Cannot be used with --single_date"
    parser.add_argument("-f", "--dfrom", metavar=day, help=f"Date from. {not_single}")
    parser.add_argument("-t", "--duntil", metavar=day, help=f"Date until. {not_single}")
    parser.add_argument(
        "-sd", "--single_date", metavar=day, help="Date. Cannot be used with --dfrom or --duntil"
    )
    parser.add_argument("-tf", "--tfrom", metavar=hour, help="Time from. Requires --single_date")
    parser.add_argument("-tt", "--tuntil", metavar=hour, help="Time until. Requires --single_date")


def _add_terms(parser: ArgumentParser) -> None:
    how = "comma separated, quote whole string"
    for short, long, meaning in (
        ("-e", "--desc_exclude", "Terms to exclude in study description"),
        ("-i", "--desc_include", "Terms that must be included in study description"),
        ("-sne", "--stationname_exclude", "Terms to exclude in station name"),
        ("-sni", "--stationname_include", "Terms to include in station name"),
    ):
        parser.add_argument(short, long, metavar="string", help=f"{meaning}, {how}")


def _add_advanced(parser: ArgumentParser) -> None:
    for option, meaning in (
        ("--stationname_study_level", "Filter station name at study level, not at series level"),
        ("-toshiba", "Retrieve CT dose summary objects and one image from each series"),
        ("-sr", "Use if store has RDSRs only, no images. Cannot be used with modalities"),
        ("-dup", "Retrieve duplicates (objects that have been processed before)"),
        ("-emptysr", "Get SR series that return nothing at image level query"),
    ):
        parser.add_argument(option, action="store_true", help=f"Advanced: {meaning}")
