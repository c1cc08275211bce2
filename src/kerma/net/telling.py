"""How a query or retrieval tells of itself and learns that it shall stop, with a worker or without.

`kerma.store.jobs.Progress` is one who listens; `Aside` is another, for scripts and tests.
"""

import time
from collections.abc import Callable
from typing import Protocol


class Teller(Protocol):
    """Who listens to the progress of long work."""

    def check(self) -> None:
        """Raise `kerma.store.jobs.Cancelled` if the work shall stop."""

    def tell(self, done: int, total: int = 0, note: str = "") -> None:
        """Hear how far it is."""

    def wait(self, seconds: float) -> None:
        """Sleep, but no longer than until the work shall stop."""


class Aside:
    """Work without a task: nobody can stop it but by ending the program.

    Parameters
    ----------
    hear
        Called with what is told.
    """

    def __init__(self, hear: Callable[[int, int, str], object] | None = None) -> None:
        self._hear = hear

    def check(self) -> None:
        """Go on."""

    def tell(self, done: int, total: int = 0, note: str = "") -> None:
        """Pass it on."""
        if self._hear is not None:
            self._hear(done, total, note)

    def wait(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(seconds)
