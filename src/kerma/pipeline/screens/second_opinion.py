"""A study whose screens wait for a person in, what a second reader says of them kept beside it.

It takes seconds a picture and hundreds of MB of memory, so that it is a job of the worker, which
lets a process of its own do it: that one gives the memory back, and takes no worker along should
it end.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from kerma.pipeline.screens import stock
from kerma.pipeline.screens.look import look
from kerma.screens import second_opinion
from kerma.screens.picture import Picture
from kerma.screens.reading import Reading, Scanner
from kerma.store import jobs, screens
from kerma.store.models import ScreenStudy, Task

_log = logging.getLogger("kerma.import")

JOB = "second-opinion"


def ask(study: ScreenStudy) -> Task | None:
    """Let a worker read the screens a second time; None where no second reader is installed.

    Within a transaction it is asked for only if that commits.
    """
    if study.state not in screens.WAITING or not second_opinion.is_installed():
        return None
    return jobs.enqueue(JOB, "Read dose screens a second time", study=study.pk)


def give(number: int) -> bool:
    """Read the screens of a study a second time, and return whether that says anything.

    What was decided or read anew meanwhile stays as it is.
    """
    study = ScreenStudy.objects.filter(pk=number, state__in=screens.WAITING).first()
    if study is None or not second_opinion.is_installed():
        return False
    before = list(study.pictures.order_by("number"))
    first = screens.reading_of(study)
    looked = look(stock.of(study.study_instance_uid), before, first.left_out)
    pictures = [frame.picture for frame in looked.read]
    found = _read(pictures, screens.scanner_of(study), first)
    return found is not None and screens.put_second(study, found)


def _read(pictures: Sequence[Picture], scanner: Scanner, first: Reading) -> Reading | None:
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:
        try:
            return apart.submit(second_opinion.read, pictures, scanner, first).result()
        except BrokenProcessPool:
            _log.warning("The process of the second reader ended; there is no second reading.")
            return None
