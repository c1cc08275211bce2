"""`kerma reread`: stored objects read anew after a change of the extractor."""

from collections import Counter

from django.core.management.base import BaseCommand, CommandError

from kerma.cli.database import ensure_database
from kerma.pipeline.again import reread_all


class Command(BaseCommand):
    """Read anew what an older extractor has read; list what cannot be."""

    help = (
        "Read every stored object anew that an older version of the extractor has read, from "
        "Kerma's own copies. Exits with status 1 if some could not be: they stay as they are."
    )

    def handle(self, **options: object) -> None:
        """Run the command."""
        ensure_database()
        counts: Counter[str] = Counter()
        for outcome in reread_all():
            counts[outcome.outcome] += 1
            if outcome.outcome == "refused":
                self.stderr.write(f"{outcome.path}: {outcome.reason}")
        self.stdout.write(
            f"{counts['merged']} objects read differently now, {counts['duplicate']} as before."
        )
        if counts["refused"]:
            raise CommandError(f"{counts['refused']} objects could not be read again.")
