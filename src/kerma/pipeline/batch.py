"""Many arrivals in, their outcomes out, in this process or in several."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
from typing import NamedTuple

from kerma.errors import KermaError
from kerma.pipeline.batch_end import to_its_end
from kerma.pipeline.find import Arrival
from kerma.pipeline.ingest import Outcome, ingest
from kerma.pipeline.process import set_up, spare_collector
from kerma.pipeline.screens.companions import Companion, latest

_CHUNK = 16
"""Objects handed to a process at a time: few enough for a steady progress bar."""


class ProcessLost(KermaError):
    """A process of the import was ended from outside."""


def import_all(
    found: Iterable[Arrival], jobs: int = 1, came_by: str = "import"
) -> Iterator[Outcome]:
    """Import every arrival and yield what became of it, in the order given.

    Last come the studies that are complete with it, see `kerma.pipeline.batch_end`. Memory does
    not grow with the number of arrivals.

    Parameters
    ----------
    found
        See `kerma.pipeline.find.arrivals`.
    jobs
        Number of processes; each has its own connection to the database.
    came_by
        The way the objects came, for the ledger.

    Raises
    ------
    ProcessLost
        If a process ends before its work is done; what is stored by then is whole.
    """
    yield from to_its_end(_each(found, jobs, came_by), came_by)


def _each(found: Iterable[Arrival], jobs: int, came_by: str) -> Iterator[Outcome]:
    if jobs <= 1:
        spare_collector()
        for arrival in found:
            yield ingest(arrival, came_by)
        return
    try:
        yield from _in_processes(found, jobs, came_by)
    except BrokenProcessPool:
        raise ProcessLost(
            "A process of the import was ended from outside, perhaps for want of memory. "
            "What is stored is whole; run the import again for the rest."
        ) from None


def _in_processes(found: Iterable[Arrival], jobs: int, came_by: str) -> Iterator[Outcome]:
    source = iter(found)
    chunks = iter(lambda: list(islice(source, _CHUNK)), [])
    with ProcessPoolExecutor(jobs, get_context("spawn"), initializer=set_up) as pool:
        waiting: deque[Future[_Done]] = deque()
        for chunk in chunks:
            waiting.append(pool.submit(_import_chunk, chunk, came_by))
            if len(waiting) > 2 * jobs:
                yield from _outcomes(waiting.popleft().result())
        while waiting:
            yield from _outcomes(waiting.popleft().result())


class _Done(NamedTuple):
    """What a process has done."""

    outcomes: list[Outcome]
    companions: list[Companion]
    """Headers that may describe dose screens which another process has met."""


def _outcomes(done: _Done) -> list[Outcome]:
    for one in done.companions:
        latest.put(one)
    return done.outcomes


def _import_chunk(chunk: list[Arrival], came_by: str) -> _Done:
    return _Done([ingest(arrival, came_by) for arrival in chunk], latest.fresh())
