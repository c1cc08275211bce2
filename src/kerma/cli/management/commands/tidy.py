"""`kerma tidy`: what has outlived its time goes; for a daily job."""

from django.core.management.base import BaseCommand

from kerma.cli.database import require_database
from kerma.pipeline.tidy import tidy


class Command(BaseCommand):
    """Remove copies by the retention that the administrators chose."""

    help = "Remove copies and entries that are older than the site keeps them. Run it daily."

    def handle(self, **options: object) -> None:
        """Run the command."""
        require_database()
        gone = tidy()
        self.stdout.write(
            f"Copies of objects removed: {gone.objects}. From the quarantine: {gone.quarantined}. "
            f"Entries of the audit log: {gone.audited}. Of the log of arrivals: {gone.arrivals}."
        )
