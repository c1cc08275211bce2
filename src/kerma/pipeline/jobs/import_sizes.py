"""The job that enters heights and weights of a list into stored studies."""

from typing import Any

from kerma.pipeline import sizes
from kerma.pipeline.to_the_end import SECONDS
from kerma.store import jobs
from kerma.store.jobs import Job, Progress
from kerma.store.models import SizeImport


def _run(progress: Progress, size_import: int) -> dict[str, Any]:
    """Go on with the import where it is; each portion of rows is kept with the progress made."""
    found = SizeImport.objects.filter(pk=size_import).first()
    while found is not None and found.state == SizeImport.State.RUNNING:
        progress.tell(found.rows_read, found.rows)
        sizes.carry_on(found, SECONDS)
        found.refresh_from_db()
    return {"changed": found.studies_changed if found else 0}


jobs.add(
    Job(
        "import-sizes",
        "Import patient sizes",
        _run,
        effect="Sizes entered so far stay, and can be undone; run again, it goes on with the rest.",
    )
)
