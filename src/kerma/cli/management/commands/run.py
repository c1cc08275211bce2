"""`kerma run`: everything a small site needs, under one supervisor."""

import signal

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandParser
from django.db import connections

from kerma.cli import work
from kerma.cli.database import ensure_database
from kerma.cli.management.commands.web import Command as WebCommand
from kerma.cli.ports import any_port
from kerma.cli.supervise import Child, Life, Supervisor


class Command(WebCommand):
    """As `kerma receive`, `kerma schedule`, `kerma work` and `kerma web` together."""

    help = (
        "Create the database if it is empty; receive objects, import them, work in the "
        "background, keep the schedule and serve the pages. Prints a line for each when ready, "
        "that of the pages last; SIGTERM or Ctrl-C ends them all."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument(
            "--receive-port", type=int, metavar="N",
            help="port of the receiver where no store is configured; 0 is any free",
        )  # fmt: skip

    def handle(  # type: ignore[override]
        self, *, host: str, port: int, receive_port: int | None, **options: object
    ) -> None:
        """Run the command."""
        ensure_database()
        connections.close_all()
        usual = any_port() if receive_port == 0 else receive_port
        first = (
            Child("receiver", lambda life: _call(life, "receive", usual_port=usual)),
            Child("schedule", lambda life: _call(life, "schedule")),
            *work.children(settings.KERMA_WORKERS, settings.KERMA_IMPORTERS),
        )
        web = Child("web", lambda life: _call(life, "web", host=host, port=port))
        Supervisor(first, (web,)).run(lambda: None)


def _call(life: Life, command: str, **options: object) -> None:
    """Be another command of Kerma, which brings its own way to end."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    call_command(command, stdout=life, **options)
