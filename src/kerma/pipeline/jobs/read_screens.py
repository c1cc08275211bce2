"""The job that reads waiting dose screens of a scanner anew, once its letters are known."""

from typing import Any

from kerma.pipeline.screens import acts
from kerma.pipeline.screens.settle import settle
from kerma.screens.reading import Scanner
from kerma.store import jobs, screens
from kerma.store.jobs import Job, Progress


def _run(
    progress: Progress, manufacturer: str, model: str, software_versions: str
) -> dict[str, Any]:
    scanner = Scanner(manufacturer=manufacturer, model=model, software_versions=software_versions)
    found = screens.waiting_of(scanner)
    stored = 0
    for done, study in enumerate(found):
        progress.tell(done, len(found))
        stored += settle(study.study_instance_uid).outcome != "refused"
    return {"studies": len(found), "stored": stored}


jobs.add(
    Job(
        acts.JOB,
        "Read dose screens anew",
        _run,
        effect="Studies read so far are stored or wait; the others wait as before.",
    )
)
