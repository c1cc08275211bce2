"""A study whose screens wait for a person in, what a second reader says of them kept beside it.

It takes seconds a picture and hundreds of MB of memory, so that it is a job of the worker.
"""

from kerma.pipeline.screens import stock
from kerma.pipeline.screens.look import look
from kerma.screens import second_opinion
from kerma.store import jobs, screens
from kerma.store.models import ScreenStudy, Task

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
    looked = look(stock.of(study.study_instance_uid), before)
    pictures = [frame.picture for frame in looked.frames]
    found = second_opinion.read(pictures, screens.scanner_of(study), screens.reading_of(study))
    return found is not None and screens.put_second(study, found)
