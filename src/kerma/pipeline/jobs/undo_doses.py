"""The job that takes back doses that were entered together."""

from typing import Any

from kerma.pipeline.historical import imports
from kerma.pipeline.to_the_end import SECONDS, asked_by
from kerma.store import jobs
from kerma.store.models import HistoricalDoses


def _run(progress: jobs.Progress, doses: int) -> dict[str, Any]:
    found = HistoricalDoses.objects.filter(pk=doses).first()
    if found is None:
        return {"done": 0}
    total = found.entered.count()
    left, user = total, asked_by(progress)
    while left or not total:
        left = imports.undo(found, user, SECONDS)
        progress.tell(total - left, total)
        if not left:
            break
    return {"done": total}


jobs.add(
    jobs.Job(
        "undo-doses",
        "Undo historical doses",
        _run,
        effect="Studies undone so far are gone; the others stay.",
    )
)
