"""The job that takes back what an import of sizes entered."""

from typing import Any

from kerma.pipeline.to_the_end import SECONDS, asked_by, to_the_end
from kerma.store import audit, jobs
from kerma.store.jobs import Job, Progress
from kerma.store.models import SizeImport
from kerma.store.portions import undo_some


def _run(progress: Progress, size_import: int) -> dict[str, Any]:
    found = SizeImport.objects.filter(pk=size_import).first()
    if found is None:
        return {"done": 0}
    total = found.entries.values("study_instance_uid").distinct().count()
    done = to_the_end(progress, lambda _: undo_some(found, SECONDS), total).done
    audit.write(asked_by(progress), "undo size import", file_name=found.file_name, studies=done)
    return {"done": done}


jobs.add(
    Job(
        "undo-sizes",
        "Undo an import of sizes",
        _run,
        effect="Studies undone so far are as before the import; the others keep its sizes.",
    )
)
