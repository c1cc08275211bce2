"""`kerma import-sizes FILE`: heights and weights of patients from a CSV list."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from kerma.cli.database import ensure_database
from kerma.pipeline import kept_lists, sizes
from kerma.pipeline.size_table import Columns, UnknownColumn
from kerma.store.models import SizeImport


class Command(BaseCommand):
    """Fill in the sizes that the objects leave out; `--overwrite` replaces those they give."""

    help = (
        "Import heights in cm and weights in kg from a CSV list. They fill what stored studies "
        "do not say. Exits with status 1 if a row could not be used; the rest is done."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", type=Path, metavar="FILE", help="list with a line of titles")
        parser.add_argument("--id", required=True, metavar="TITLE", help="column of the ids")
        parser.add_argument("--height", required=True, metavar="TITLE", help="column in cm")
        parser.add_argument("--weight", required=True, metavar="TITLE", help="column in kg")
        parser.add_argument(
            "--study-uid",
            action="store_true",
            help="the ids are Study Instance UIDs, not accession numbers",
        )
        parser.add_argument(
            "--overwrite", action="store_true", help="replace sizes that the objects give"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would change")
        parser.add_argument("--verbose", action="store_true", help="say what became of every row")

    def handle(self, *, file: Path, verbose: bool, **options: object) -> None:
        """Run the command."""
        ensure_database()
        found = self._started(file, options)
        try:
            sizes.carry_on(found, say=self.stdout.write if verbose else None)
        finally:
            kept_lists.abort(found)
        would = "that would change" if found.dry_run else "changed"
        self.stdout.write(
            f"Rows read: {found.rows_read}. Studies {would}: {found.studies_changed}."
        )
        refused = sizes.refused_lines(found)
        for line in refused:
            self.stderr.write(f"{file}: {line}")
        if found.dry_run:
            sizes.remove(found)
        if refused:
            raise CommandError(f"{len(refused)} of {found.rows_read} rows have refused values.")

    def _started(self, file: Path, options: dict[str, object]) -> SizeImport:
        """Return the import, begun."""
        columns = Columns(str(options["id"]), str(options["height"]), str(options["weight"]))
        kind = SizeImport.IdKind.STUDY_UID if options["study_uid"] else SizeImport.IdKind.ACCESSION
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file}: The list cannot be read: {error.strerror}.") from None
        found, _ = sizes.receive(data, file.name)
        try:
            sizes.start(
                found,
                columns,
                kind,
                overwrite=bool(options["overwrite"]),
                dry_run=bool(options["dry_run"]),
            )
        except UnknownColumn as error:
            sizes.remove(found)
            raise CommandError(str(error), returncode=2) from None
        return found
