"""`kerma schedule`: start scheduled queries when they are due."""

import signal
import threading

from django.core.management.base import BaseCommand

from kerma.cli.database import require_database
from kerma.net.schedule.process import watch


class Command(BaseCommand):
    """Watch the clock until told to stop."""

    help = (
        "Start scheduled queries when they are due, and tidy once a day. "
        "Prints one line when it watches; SIGTERM or Ctrl-C ends it."
    )

    def handle(self, **options: object) -> None:
        """Run the command."""
        require_database()
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        watch(stop, self._say)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
