"""The job that compares stored names and ids with the not-patient patterns of today."""

from typing import Any

from kerma.pipeline.to_the_end import SECONDS, asked_by, to_the_end
from kerma.store import audit, jobs
from kerma.store.jobs import Job, Progress
from kerma.store.portions import mark_some, named_studies


def _run(progress: Progress) -> dict[str, Any]:
    found = to_the_end(progress, lambda after: mark_some(after, SECONDS), named_studies().count())
    audit.write(asked_by(progress), "apply patterns", studies=found.done, changed=found.changed)
    return {"done": found.done, "changed": found.changed}


jobs.add(
    Job(
        "apply-patterns",
        "Apply not-patient patterns",
        _run,
        effect="Studies compared so far have their new mark, the others their old one.",
    )
)
