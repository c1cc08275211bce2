"""The job that imports a list of historical doses."""

from typing import Any

from kerma.pipeline.historical import imports
from kerma.store import jobs
from kerma.store.models import HistoricalDoses

_SECONDS = 10.0
"""The list is opened anew after this time; the task says how far it is with every study."""


def _run(progress: jobs.Progress, doses: int) -> dict[str, Any]:
    found = HistoricalDoses.objects.filter(pk=doses).first()
    while found is not None and found.state == HistoricalDoses.State.RUNNING:
        here = found

        def say(_: str, here: HistoricalDoses = here) -> None:
            progress.tell(here.rows_read, here.rows)

        imports.carry_on(found, _SECONDS, say)
        found.refresh_from_db()
    return {"changed": found.studies if found else 0}


jobs.add(
    jobs.Job(
        "import-doses",
        "Import historical doses",
        _run,
        effect="Studies stored so far stay and can be undone; run again, it does the rest.",
    )
)
