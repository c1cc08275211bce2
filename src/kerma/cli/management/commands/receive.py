"""`kerma receive`: take the objects that other machines send."""

import signal
import threading
from collections.abc import Callable, Sequence

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connection

from kerma.cli.database import ensure_database
from kerma.net.receive import stores
from kerma.net.receive.receiver import Receiver
from kerma.net.receive.stores import Store
from kerma.store.processes import alive


def _port(text: str) -> int:
    """Read a port; 0 is any free."""
    number = int(text)
    if not 0 <= number <= 65535:
        raise ValueError(text)
    return number


class Command(BaseCommand):
    """Receive until told to stop."""

    requires_system_checks: tuple[str, ...] = ()
    """The checks load every page, none of which is needed here."""

    help = (
        "Take the DICOM objects that are sent (C-STORE, C-ECHO) to the configured stores, and put "
        "them into the spool. Prints one line when ready; SIGTERM or Ctrl-C ends it, after the "
        "objects under way."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "--port", type=_port, metavar="N", help="on this port alone; 0 is any free"
        )
        parser.add_argument("--aet", metavar="AET", help="AE title of that port")
        parser.add_argument(
            "--usual-port", type=_port, metavar="N", help="that of a site without stores"
        )

    def handle(
        self, *, port: int | None, aet: str | None, usual_port: int | None, **options: object
    ) -> None:
        """Run the command."""
        try:
            ensure_database()
        except DatabaseError:
            connection.close()  # the stores that were open last are known without it
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        is_sole = port is not None or aet is not None
        receiver = Receiver(_sole(port, aet) if is_sole else _all(usual_port))
        with alive("receive", receiver.status):
            receiver.run(stop, self._say, must_open=is_sole)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _all(usual_port: int | None) -> Callable[[], Sequence[Store]]:
    """Return what gives the stores that are configured."""
    usual = stores.default()
    return stores.Configured(stores.renamed(usual, usual_port or usual.port, None))


def _sole(port: int | None, aet: str | None) -> Callable[[], Sequence[Store]]:
    """Return what gives the one store of the command line, with what is configured for its port."""
    usual = stores.default()
    sole = stores.renamed(usual, usual.port if port is None else port, aet)
    every = stores.Configured(sole)

    def configured() -> Sequence[Store]:
        known = [store for store in every() if store.port == sole.port]
        return [stores.renamed((known or [sole])[0], sole.port, aet)]

    return configured
