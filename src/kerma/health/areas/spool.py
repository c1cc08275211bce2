"""The spool: objects that were acknowledged and wait to be read."""

import time
from collections.abc import Iterator

from kerma.health import base
from kerma.health.base import Fact, State
from kerma.health.words import lasting, many
from kerma.pipeline import spool

_PATIENCE_S = 600.0


def _look() -> Iterator[Fact]:
    count = spool.count()
    yield Fact("spool-waiting", "Objects waiting", str(count))
    oldest = next(spool.waiting(), None)
    if oldest is None:
        return
    seconds = max(time.time() - oldest.arrived_ns / 1e9, 0.0)
    yield _oldest(count, seconds)


def _oldest(count: int, seconds: float) -> Fact:
    value = lasting(seconds)
    if seconds <= _PATIENCE_S:
        return Fact("spool-oldest", "Oldest", value)
    advice = (
        f"What was received is not read ({many(count, 'object')}, the oldest since {value}). "
        "Nothing is lost; start a worker with `kerma work`, and see its log if one runs."
    )
    return Fact("spool-oldest", "Oldest", value, State.WARN, advice)


base.add(base.Area("spool", "Received objects", 50, _look))
