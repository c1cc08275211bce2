"""Progress told often, written seldom: to the row of the query and to who listens."""

import time

from kerma.net.telling import Teller
from kerma.store.models import Query

_EVERY_S = 0.5


class Steady:
    """Passes progress on at most twice a second, so that a quick node is not slowed down."""

    def __init__(self, query: Query, teller: Teller) -> None:
        self._query = query
        self._teller = teller
        self._due = 0.0

    def tell(self, done: int, total: int, note: str) -> None:
        """Say how far it is, and stop here if the work shall stop."""
        self._teller.check()
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + _EVERY_S
        stage = f"{note} of {total}" if total else note
        Query.objects.filter(pk=self._query.pk).update(stage=stage)
        self._teller.tell(done, total, note)
