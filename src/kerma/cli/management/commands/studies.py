"""`kerma studies`: stored studies as JSON Lines, by the filters of the list pages."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kerma.cli.database import ensure_database
from kerma.query.columns import COLUMNS
from kerma.query.selection import FilterError, select
from kerma.query.summaries import summaries


class Command(BaseCommand):
    """Print one study a line."""

    help = (
        "Print stored studies, one JSON object a line. Filters are those of the list pages, as "
        "study_description=thorax dlp_min=100 spiral=some order=-dlp."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--modality", type=str.upper, choices=tuple(COLUMNS), default="")
        parser.add_argument("filters", nargs="*", metavar="FILTER=VALUE")

    def handle(self, *, modality: str, filters: list[str], **options: Any) -> None:
        """Run the command."""
        ensure_database()
        try:
            selection = select(modality, [_pair(text) for text in filters], identity=True)
        except FilterError as error:
            raise CommandError(str(error), returncode=2) from error
        for summary in summaries(selection):
            self.stdout.write(json.dumps(summary, ensure_ascii=False, default=str))


def _pair(text: str) -> tuple[str, str]:
    """Return name and value of FILTER=VALUE."""
    name, sign, value = text.partition("=")
    if not sign:
        raise FilterError(f"Write a filter as FILTER=VALUE, not {text!r}.")
    return name, value
