"""The job that computes the doses of all studies anew, after another choice of the site."""

from typing import Any

from kerma.pipeline import computed
from kerma.pipeline.to_the_end import asked_by
from kerma.store import audit, jobs
from kerma.store.jobs import Job, Progress


def _run(progress: Progress) -> dict[str, Any]:
    total = computed.affected()
    progress.tell(0, total)
    done, changed = computed.compute_all(lambda n: progress.tell(n, total))
    audit.write(asked_by(progress), "compute doses", studies=done, changed=changed)
    return {"done": done, "changed": changed}


jobs.add(
    Job(
        computed.JOB,
        "Compute doses",
        _run,
        effect="Studies computed so far have their new values, the others their old ones.",
    )
)
