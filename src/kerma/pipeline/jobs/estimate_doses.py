"""The job that estimates the dose of studies from their CT images, once nothing more comes."""

from kerma.pipeline import estimated
from kerma.store import image_studies, jobs, options


def _run(progress: jobs.Progress) -> dict[str, int]:
    due = image_studies.quiet(options.get("collect_minutes"))
    for done, study in enumerate(due):
        progress.tell(done, len(due))
        estimated.make(study)
    progress.tell(len(due), len(due))
    return {"studies": len(due)}


jobs.add(
    jobs.Job(
        name=estimated.JOB,
        label="Estimate doses from CT images",
        run=_run,
        effect="Studies not looked at yet wait; they are estimated with the next.",
    )
)
