"""`kerma work`: the worker processes of this host."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from kerma.cli import work
from kerma.cli.arguments import number
from kerma.cli.database import await_database
from kerma.cli.supervise import Supervisor


class Command(BaseCommand):
    """Do background work until told to stop."""

    help = (
        "Import what arrived and do the tasks of the queue, in several processes. "
        "Prints one line when ready; SIGTERM or Ctrl-C ends it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "--processes", type=number, default=settings.KERMA_IMPORTERS, metavar="N",
            help="processes that import (%(default)s)",
        )  # fmt: skip
        parser.add_argument(
            "--tasks", type=number, default=settings.KERMA_WORKERS, metavar="N",
            help="processes that do tasks (%(default)s)",
        )  # fmt: skip

    def handle(self, *, processes: int, tasks: int, **options: object) -> None:
        """Run the command."""
        await_database()
        line = f"Kerma is at work; processes for imports: {processes}, for tasks: {tasks}."
        Supervisor(work.children(tasks, processes)).run(lambda: self._say(line))

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
