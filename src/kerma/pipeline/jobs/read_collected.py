"""Studies of scanners without reports are read once they are complete."""

from kerma.pipeline import collected
from kerma.store import jobs


def _run(progress: jobs.Progress) -> dict[str, int]:
    found = collected.waiting()
    for done, study in enumerate(found):
        progress.tell(done, len(found), study.study_instance_uid)
        try:
            collected.read(study)
        except OSError as error:
            raise jobs.TryAgain(
                f"The disk does not take what is read: {error.strerror}."
            ) from error
    return {"studies": len(found)}


jobs.add(
    jobs.Job(
        name=collected.JOB,
        label="Read studies of scanners without reports",
        run=_run,
        effect="Studies not read yet wait; they are read with the next.",
    )
)
