"""`kerma export MODALITY`: what the exports page makes, to a file or to standard output."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kerma.cli.arguments import anywhere
from kerma.cli.database import ensure_database
from kerma.cli.exporting import STDOUT, export
from kerma.errors import KermaError
from kerma.exports.base import ExportError, Format, Plan
from kerma.pipeline.exporting import find, formats_of
from kerma.query.columns import COLUMNS
from kerma.query.selection import FilterError, select


class Command(BaseCommand):
    """Write the studies that match, as they are at this moment."""

    help = (
        "Export the stored studies of a modality that match. Filters are those of the list pages, "
        "as study_description=thorax dlp_min=100 order=-dlp. Exits with status 1 if no study "
        "matches, and makes no file then."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "modality", type=str.upper, choices=tuple(COLUMNS), help="ct, rf, dx, mg or nm"
        )
        parser.add_argument(
            "--format",
            default="",
            help="csv, xlsx, parquet, json or one that --list names; else by the ending of --out",
        )
        parser.add_argument("--out", help="file to write; - is standard output")
        parser.add_argument(
            "--identity",
            action="store_true",
            help="with names, ids and birth dates of patients; without it they are left out",
        )
        parser.add_argument(
            "--option",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            dest="chosen",
            help="a choice of the format, see --list",
        )
        parser.add_argument("--list", action="store_true", help="list the formats of the modality")
        parser.add_argument("filters", nargs="*", metavar="FILTER=VALUE")
        anywhere(parser)

    def handle(self, *, modality: str, filters: list[str], **options: Any) -> None:
        """Run the command."""
        if options["list"]:
            self._list(modality)
            return
        if not options["out"]:
            raise CommandError("--out is missing: a file name, or - for standard output.",
                               returncode=2)  # fmt: skip
        ensure_database()
        try:
            form = _format(options["format"], options["out"], modality)
            plan = _plan(modality, filters, options)
        except (FilterError, ExportError) as error:
            raise CommandError(str(error), returncode=2) from error
        self._export(plan, form, options["out"])

    def _export(self, plan: Plan, form: Format, out: str) -> None:
        try:
            made = export(plan, form, out)
        except KermaError as error:
            raise CommandError(str(error)) from error
        for note in made.notes:
            self.stderr.write(note)
        if out != STDOUT:
            studies = "1 study" if made.studies == 1 else f"{made.studies} studies"
            self.stdout.write(f"{out}: {studies}, {made.rows} rows.")

    def _list(self, modality: str) -> None:
        """Print the formats with their choices."""
        for form in formats_of(modality):
            self.stdout.write(f"{form.name}: {form.title}. {form.explanation}".rstrip())
            for one in form.options:
                values = "|".join(value for value, _ in one.choices)
                self.stdout.write(f"    --option {one.name}={values}  {one.heading}")


def _format(name: str, out: str, modality: str) -> Format:
    """Return the format asked for, or else the one that the name of the file tells."""
    if name:
        return find(name, modality)
    ending = Path(out).suffix.lower()
    plain = [form for form in formats_of(modality) if ending in (form.suffix, f".{form.name}")]
    return plain[0] if plain else find("csv", modality)


def _plan(modality: str, filters: list[str], options: dict[str, Any]) -> Plan:
    """Return what the arguments ask for.

    Raises
    ------
    FilterError
        If a pair is not written as NAME=VALUE, or a filter does not exist.
    """
    selection = select(modality, [_pair(text) for text in filters], identity=True)
    chosen = dict(_pair(text) for text in options["chosen"])
    return Plan(selection, identity=options["identity"], options=chosen, who="kerma export")


def _pair(text: str) -> tuple[str, str]:
    """Return name and value of NAME=VALUE."""
    name, sign, value = text.partition("=")
    if not sign:
        raise FilterError(f"Write filters and options as NAME=VALUE, not {text!r}.")
    return name, value
