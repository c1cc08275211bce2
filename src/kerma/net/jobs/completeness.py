"""The job that compares what a node lists of a day with what is stored."""

from typing import Any

from kerma.net.completeness import carry_out
from kerma.store import jobs
from kerma.store.jobs import Job, Progress


def _run(progress: Progress, query_id: int) -> dict[str, Any]:
    return {"query_id": query_id, "done": carry_out(query_id, progress)}


jobs.add(
    Job(
        "completeness",
        "Check completeness",
        _run,
        effect="The check ends without a result; nothing else changes. It can be run again.",
    )
)
