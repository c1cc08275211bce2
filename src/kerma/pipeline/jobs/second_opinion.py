"""The job that reads dose screens a second time, for whoever reviews them."""

from kerma.pipeline.screens import second_opinion
from kerma.store import jobs


def _run(progress: jobs.Progress, *, study: int) -> dict[str, int]:
    return {"studies": int(second_opinion.give(study))}


jobs.add(
    jobs.Job(
        name=second_opinion.JOB,
        label="Read dose screens a second time",
        run=_run,
        effect="The page of the study shows no second reading.",
    )
)
