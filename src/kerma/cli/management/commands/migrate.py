"""`kerma migrate`: create or upgrade the database."""

from typing import Any

from django.core.management.commands.migrate import Command as DjangoCommand

from kerma.health.areas.database import missing_migrations


class Command(DjangoCommand):
    """Django's command, ending in a sentence."""

    help = "Create the database, or upgrade it to this version."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command."""
        missing = missing_migrations() if options["verbosity"] == 1 else 0
        quiet = {"verbosity": 0} if options["verbosity"] == 1 else {}
        super().handle(*args, **options | quiet)
        if options["verbosity"] == 1:
            self.stdout.write(f"The database is up to date ({missing} steps done).")
