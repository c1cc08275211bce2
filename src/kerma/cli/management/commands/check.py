"""`kerma check`: say what is wrong with the configuration."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from kerma.cli.health import faults


class Command(BaseCommand):
    """Explain each fault in a sentence."""

    help = "Check the configuration and explain each fault. Exits with status 1 if there is any."

    def handle(self, **options: object) -> None:
        """Run the command."""
        found = list(faults())
        for fault in found:
            self.stderr.write(fault)
        if found:
            raise CommandError(f"{len(found)} faults found." if found[1:] else "1 fault found.")
        self.stdout.write(f"No faults found; the database is {connection.display_name}.")
