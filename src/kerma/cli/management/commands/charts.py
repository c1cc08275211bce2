"""`kerma charts`: names and titles of all charts."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from kerma import charts
from kerma.query.columns import COLUMNS


class Command(BaseCommand):
    """Print one chart a line."""

    help = "List the charts: name and title, a chart a line, with a tab between them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--modality", type=str.upper, choices=tuple(COLUMNS), default="")

    def handle(self, *, modality: str, **options: Any) -> None:
        """Run the command."""
        for one in [modality] if modality else COLUMNS:
            for chart in charts.charts_of(one):
                self.stdout.write(f"{chart.name}\t{charts.title(chart)}")
