"""The job that makes the file of an export."""

from typing import Any

from kerma.pipeline import exporting
from kerma.store import jobs
from kerma.store.jobs import Job, Progress
from kerma.store.models import Export


def _run(progress: Progress, export: int) -> dict[str, Any]:
    """Make it from the beginning: what another worker had written of it does not count."""
    found = Export.objects.select_related("user").filter(pk=export).first()
    if found is None:
        return {}

    def told(done: int, total: int, what: str = "") -> None:
        progress.tell(done, total, what)

    made = exporting.carry_out(found, told)
    return {"studies": made.studies or 0, "rows": made.rows or 0}


jobs.add(
    Job(
        exporting.JOB,
        "Export",
        _run,
        effect="No file is made. The export can be started again.",
    )
)
