"""`kerma run`: everything a small site needs, in one process."""

from kerma.cli.database import ensure_database
from kerma.cli.management.commands.web import Command as WebCommand


class Command(WebCommand):
    """As `kerma web`, on a database made if there is none."""

    help = (
        "Create the database if it is empty, and serve the pages. "
        "Receiving over the network and background work are not part of this version."
    )

    def handle(self, **options: object) -> None:
        """Run the command."""
        ensure_database()
        super().handle(**options)  # type: ignore[arg-type]
