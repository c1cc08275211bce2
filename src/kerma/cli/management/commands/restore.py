"""`kerma restore`: what `kerma backup` wrote, into an empty home."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from kerma.cli.backup import restore


class Command(BaseCommand):
    """Bring back a backup."""

    help = (
        "Bring back what `kerma backup` wrote, into an empty KERMA_HOME and an empty database. "
        "Run `kerma migrate` afterwards if this version is newer than the backup's."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *, file: Path, **options: object) -> None:
        """Run the command."""
        if not file.is_file():
            raise CommandError(f"{file}: There is no such file.")
        restore(file)
        self.stdout.write(f"Restored {file}.")
