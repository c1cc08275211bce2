"""The job that compares what a node lists of a day with what is stored."""

from typing import Any

from kerma.net.completeness import carry_out
from kerma.net.queries import counts_of
from kerma.store import jobs
from kerma.store.jobs import Job, Progress


def _run(progress: Progress, query_id: int) -> dict[str, Any]:
    done = carry_out(query_id, progress)
    return {"query_id": query_id, "done": done, "counts": counts_of(query_id)}


jobs.add(
    Job(
        "completeness",
        "Check completeness",
        _run,
        effect="The check ends without a result; nothing else changes. It can be run again.",
    )
)
