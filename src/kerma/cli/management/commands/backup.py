"""`kerma backup`: everything in one file."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand

from kerma.cli.backup import back_up
from kerma.cli.database import require_database


class Command(BaseCommand):
    """Write database, keys, settings, kept objects and quarantine to one file."""

    help = (
        "Write database, keys, settings, kept objects and quarantine to one tar file, while Kerma "
        "runs. It holds the site's keys: keep it where only administrators can read it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "file", type=Path, metavar="FILE", help="a file that does not exist yet"
        )

    def handle(self, *, file: Path, **options: object) -> None:
        """Run the command."""
        require_database()
        back_up(file)
        self.stdout.write(f"Backed up to {file} ({file.stat().st_size / 1e6:.1f} MB).")
