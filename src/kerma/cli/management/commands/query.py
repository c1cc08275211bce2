"""`kerma query NODE`: asks a remote node for studies and retrieves what carries their dose."""

import datetime as dt
from argparse import ArgumentParser, ArgumentTypeError

from django.core.management.base import BaseCommand, CommandError

from kerma.cli.querying import query_now
from kerma.net import queries
from kerma.net.queries import NothingWanted
from kerma.net.wanted import MODALITIES, Wanted


class Command(BaseCommand):
    """Query and retrieve in the foreground; the worker imports what comes."""

    help = (
        "Ask a remote node for studies, and retrieve of each what carries its dose. "
        "Exits with status 1 if anything could not be asked or fetched."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("node", metavar="NODE", help="database id or name of the remote node")
        parser.add_argument(
            "--store", default="", help="database id or name of the local store, for C-MOVE"
        )
        parser.add_argument(
            "--modalities", type=_modalities, default=(), help=f"of {', '.join(MODALITIES)}"
        )
        parser.add_argument("--date", type=_date, help="a single date, yyyy-mm-dd")
        parser.add_argument("--from", dest="date_from", type=_date, help="first date")
        parser.add_argument("--until", dest="date_until", type=_date, help="last date")
        parser.add_argument("--time-from", type=_time, help="hhmm, with --date")
        parser.add_argument("--time-until", type=_time, help="hhmm, with --date")
        self._add_terms(parser)
        self._add_flags(parser)

    def _add_terms(self, parser: ArgumentParser) -> None:
        for name, meaning in (
            ("--include", "terms one of which must be in the study description, by commas"),
            ("--exclude", "terms none of which may be in the study description"),
            ("--include-station", "terms one of which must be in the station name"),
            ("--exclude-station", "terms none of which may be in the station name"),
        ):
            parser.add_argument(name, type=_terms, default=(), metavar="TERMS", help=meaning)

    def _add_flags(self, parser: ArgumentParser) -> None:
        for name, meaning in (
            ("--station-at-study-level", "compare station names of studies, not of series"),
            ("--sr-only", "only studies of nothing but reports"),
            ("--duplicates", "fetch what is stored already, too"),
            ("--empty-sr", "take series of reports without objects for dose reports"),
            ("--toshiba", "fetch dose screens and one image of each CT series"),
            ("--dry-run", "do not retrieve; the summary on the pages says what would be"),
        ):
            parser.add_argument(name, action="store_true", help=meaning)

    def handle(self, *, node: str, store: str, **options: object) -> None:
        """Run the command."""
        wanted = _wanted(options)
        try:
            queries.check(wanted)
        except NothingWanted as error:
            raise CommandError(str(error), returncode=2) from None
        query_now(self, node, store, wanted, retrieve=not options["dry_run"])


def _wanted(options: dict[str, object]) -> Wanted:
    """Return what the options ask for.

    Raises
    ------
    CommandError
        If a single date and a range are given.
    """
    single = options["date"]
    if single and (options["date_from"] or options["date_until"]):
        raise CommandError("--date cannot be used with --from or --until.", returncode=2)
    return Wanted(
        modalities=options["modalities"],  # type: ignore[arg-type]
        date_from=single or options["date_from"],  # type: ignore[arg-type]
        date_until=single or options["date_until"],  # type: ignore[arg-type]
        time_from=options["time_from"],  # type: ignore[arg-type]
        time_until=options["time_until"],  # type: ignore[arg-type]
        description_include=options["include"],  # type: ignore[arg-type]
        description_exclude=options["exclude"],  # type: ignore[arg-type]
        station_include=options["include_station"],  # type: ignore[arg-type]
        station_exclude=options["exclude_station"],  # type: ignore[arg-type]
        station_at_study_level=bool(options["station_at_study_level"]),
        sr_only=bool(options["sr_only"]),
        duplicates=bool(options["duplicates"]),
        empty_sr=bool(options["empty_sr"]),
        toshiba=bool(options["toshiba"]),
    )


def _modalities(text: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(part.strip().upper() for part in text.split(",") if part.strip()))
    unknown = [name for name in found if name not in MODALITIES]
    if unknown:
        raise ArgumentTypeError(
            f"{', '.join(unknown)} cannot be asked for. Choose of {', '.join(MODALITIES)}."
        )
    return found


def _terms(text: str) -> tuple[str, ...]:
    return tuple(part.strip().lower() for part in text.split(",") if part.strip())


def _date(text: str) -> dt.date:
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a date only
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no date; write it as 2026-01-31.") from None


def _time(text: str) -> dt.time:
    try:
        return dt.datetime.strptime(text, "%H%M").time()  # noqa: DTZ007 - a time of the day only
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no time; write half past nine as 0930.") from None
