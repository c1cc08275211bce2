"""`kerma web`: serve the pages."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from kerma.cli.database import require_database
from kerma.cli.serve import serve


class Command(BaseCommand):
    """Serve the pages until told to stop."""

    help = "Serve the pages. Prints one line when they can be opened; SIGTERM or Ctrl-C ends it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--host", default=settings.KERMA_HOST, help="address to listen on")
        parser.add_argument("--port", default=settings.KERMA_PORT, type=int, help="0 is any free")

    def handle(self, *, host: str, port: int, **options: object) -> None:
        """Run the command."""
        require_database()
        serve(host, port, self._say)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
