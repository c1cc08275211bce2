"""`kerma import-doses FILE`: CT doses of the past from a CSV list."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from msgspec.structs import replace

from kerma.cli.database import ensure_database
from kerma.errors import KermaError
from kerma.pipeline import kept_lists
from kerma.pipeline.historical import cells, fields, imports, listed
from kerma.pipeline.historical.listed import Choices
from kerma.pipeline.size_table import SizeTable, UnknownColumn
from kerma.store.models import HistoricalDoses

_SHOWN = 1000
"""Lines about studies that are not stored, in a dry run."""


class Command(BaseCommand):
    """Read columns by their titles; ask for what cannot be told."""

    help = (
        "Import CT doses of the past from a CSV list with a line of titles such as study_date, "
        "model, accession_number, ctdivol_mgy, dlp_mgycm. One row is one acquisition, or a study. "
        "They are marked as entered by hand; a report or dose screen of the same study is "
        "believed more. Exits with status 1 if a study could not be used; the rest is done."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "file", type=Path, nargs="?", metavar="FILE", help="list with a line of titles"
        )
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="TITLE=FIELD",
            help="what a column means, e.g. 'Dosis=dlp_mgycm mGy·cm'; 'TITLE=' passes it over; "
            "--fields lists the fields",
        )
        parser.add_argument("--fields", action="store_true", help="list the fields and end")
        parser.add_argument("--dates", choices=tuple(cells.DATES), help="order in dates")
        parser.add_argument("--decimal", choices=tuple(cells.DECIMALS), help="decimal sign")
        parser.add_argument(
            "--replace", action="store_true", help="replace values entered before for a study"
        )
        parser.add_argument(
            "--take-doubtful", action="store_true", help="store studies whose numbers disagree"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be stored")

    def handle(self, *, file: Path | None, **options: object) -> None:
        """Run the command."""
        if options["fields"]:
            for field in fields.FIELDS:
                self.stdout.write(f"{field.key}: {field.label}")
            return
        if file is None:
            raise CommandError("Name the list to import.", returncode=2)
        ensure_database()
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file}: The list cannot be read: {error.strerror}.") from None
        found, table = imports.receive(data, file.name)
        try:
            self._run(file, found, table, options)
        finally:
            kept_lists.abort(found)

    def _run(
        self, file: Path, found: HistoricalDoses, table: SizeTable, options: dict[str, object]
    ) -> None:
        try:
            choices = _choices(table, options)
            listed.check(table, choices)
        except KermaError as error:
            found.delete()
            raise CommandError(str(error), returncode=2) from None
        self._say_how(
            data_told=listed.told(kept_lists.data_of(found)), table=table, choices=choices
        )
        if options["dry_run"]:
            self._try(file, found, table, choices)
            return
        imports.choose(found, choices)
        imports.start(found)
        imports.carry_on(found)
        found.refresh_from_db()
        for line in found.log.splitlines():
            self.stderr.write(f"{file}: {line}")
        self.stdout.write(
            f"Rows read: {found.rows_read}. Studies stored: {found.studies}. "
            f"Stored before: {found.repeated}. Refused: {found.refused}."
        )
        if found.refused:
            raise CommandError(f"{found.refused} studies were refused.")

    def _say_how(self, *, data_told: listed.Told, table: SizeTable, choices: Choices) -> None:
        self.stdout.write(
            f"{data_told.encoding}, {data_told.delimiter} between cells, decimals with "
            f"{cells.DECIMALS[choices.decimal]}, dates as {cells.DATES[choices.dates][0]}."
        )
        for place, title in enumerate(table.titles):
            key = choices.columns.get(str(place), "")
            meant = fields.BY_KEY[key].label if key else "not used"
            self.stdout.write(f"  {title}: {meant}")

    def _try(self, file: Path, found: HistoricalDoses, table: SizeTable, choices: Choices) -> None:
        would = imports.summary(table, choices, len(table.rows), _SHOWN)
        kept_lists.abort(found)
        found.delete()
        for line in would.lines:
            self.stderr.write(f"{file}: {line}")
        self.stdout.write(
            f"Rows read: {would.rows}. Studies that would be stored: {would.studies}."
        )
        refused = would.faulty + (0 if choices.takes_doubtful else would.doubtful)
        if refused:
            raise CommandError(f"{refused} studies would be refused.")


def _choices(table: SizeTable, options: dict[str, object]) -> Choices:
    columns = fields.guess(table.titles)
    for said in options["column"]:  # type: ignore[attr-defined]
        title, _, key = said.rpartition("=")
        place = str(table.place(title))
        if not key:
            columns.pop(place, None)
        elif key not in fields.BY_KEY:
            raise UnknownColumn(f"There is no field {key!r}; --fields lists those there are.")
        else:
            columns = {p: k for p, k in columns.items() if _name(k) != _name(key)} | {place: key}
    given = Choices(
        columns=columns, decimal=str(options["decimal"] or ""), dates=str(options["dates"] or "")
    )
    return replace(
        listed.with_format(table, given),
        replaces=bool(options["replace"]),
        takes_doubtful=bool(options["take_doubtful"]),
    )


def _name(key: str) -> str:
    return fields.BY_KEY[key].name


__all__ = ["Command"]
