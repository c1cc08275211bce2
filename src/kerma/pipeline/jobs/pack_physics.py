"""Physics studies are packed into zip files once nothing more of them comes."""

from kerma.pipeline import physics
from kerma.store import jobs


def _run(progress: jobs.Progress) -> dict[str, int]:
    found = physics.due()
    for done, uid in enumerate(found):
        progress.tell(done, len(found), uid)
        physics.pack(uid)
    return {"studies": len(found)}


jobs.add(
    jobs.Job(
        name=physics.JOB,
        label="Pack physics studies",
        run=_run,
        effect="Objects that are not packed yet stay beside the zip file, and are packed later.",
    )
)
