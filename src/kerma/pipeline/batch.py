"""Many arrivals in, their outcomes out, in this process or in several."""

import gc
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context

from kerma.pipeline.find import Arrival
from kerma.pipeline.ingest import Outcome, ingest

_CHUNK = 16
"""Objects handed to a process at a time: few enough for a steady progress bar."""


def import_all(
    found: Iterable[Arrival], jobs: int = 1, came_by: str = "import"
) -> Iterator[Outcome]:
    """Import every arrival and yield what became of it, in the order given.

    Memory does not grow with the number of arrivals.

    Parameters
    ----------
    found
        See `kerma.pipeline.find.arrivals`.
    jobs
        Number of processes; each has its own connection to the database.
    came_by
        The way the objects came, for the ledger.
    """
    if jobs <= 1:
        _spare_collector()
        for arrival in found:
            yield ingest(arrival, came_by)
        return
    source = iter(found)
    chunks = iter(lambda: list(islice(source, _CHUNK)), [])
    with ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_set_up) as pool:
        waiting: deque[Future[list[Outcome]]] = deque()
        for chunk in chunks:
            waiting.append(pool.submit(_import_chunk, chunk, came_by))
            if len(waiting) > 2 * jobs:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _import_chunk(chunk: list[Arrival], came_by: str) -> list[Outcome]:
    return [ingest(arrival, came_by) for arrival in chunk]


def _set_up() -> None:
    """Make Django ready in a new process."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kerma.config.settings")
    django.setup()
    _spare_collector()


def _spare_collector() -> None:
    """Take what is loaded by now out of the garbage collector's rounds: it stays."""
    gc.collect()
    gc.freeze()
