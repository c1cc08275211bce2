"""Write the yearly report of reference levels as a PDF file."""

import datetime as dt
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kerma.exports.level_report import report
from kerma.query.reference_levels.quantities import OF_LEVEL
from kerma.query.reference_levels.typical import Asked
from kerma.store.models import System


class Command(BaseCommand):
    """One PDF for a modality and a year, of one system or of all."""

    help = "Write the report of typical values and reference levels of a year as PDF."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        modalities = sorted({modality for modality, _ in OF_LEVEL})
        parser.add_argument("modality", type=str.upper, choices=modalities)
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--system", metavar="NAME", help="its display name; else all systems")
        parser.add_argument(
            "--level", choices=("study", "acquisition"), help="values of studies, or of each event"
        )
        parser.add_argument("--out", type=Path, required=True, metavar="FILE")

    def handle(
        self,
        *,
        modality: str,
        year: int,
        system: str | None,
        level: str | None,
        out: Path,
        **options: object,
    ) -> None:
        """Run the command."""
        levels = [one for of, one in OF_LEVEL if of == modality]
        if level and level not in levels:
            raise CommandError(f"{modality} has no levels for single acquisitions.")
        if not 1970 <= year <= 2200:
            raise CommandError(f"The year must be one such as 2026, not {year}.")
        first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
        made = report(Asked(modality, first, last, level or levels[0], _number(system)))
        try:
            out.write_bytes(made.content)
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error.strerror}.") from None
        self.stdout.write(f"{out}: {modality} {year}, {made.system or 'all systems'}")


def _number(name: str | None) -> int | None:
    if not name:
        return None
    found = System.objects.filter(display_name=name).values_list("pk", flat=True).first()
    if found is None:
        known = System.objects.order_by("display_name").values_list("display_name", flat=True)
        raise CommandError(
            f"There is no system {name!r}. Known: {', '.join(known[:20]) or 'none'}."
        )
    return int(found)
