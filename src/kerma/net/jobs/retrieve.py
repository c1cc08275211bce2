"""The job that fetches what a query has kept."""

from typing import Any

from kerma.net.carry_out import carry_out_retrieval
from kerma.net.queries import counts_of
from kerma.store import jobs
from kerma.store.jobs import Job, Progress


def _run(progress: Progress, query_id: int) -> dict[str, Any]:
    done = carry_out_retrieval(query_id, progress, progress.task_id)
    return {"query_id": query_id, "done": done, "counts": counts_of(query_id)}


jobs.add(
    Job(
        "retrieve",
        "Retrieve from a node",
        _run,
        effect="The node is asked to stop sending. What has come is imported; the retrieval can "
        "be run again, and goes on with the series that have not come.",
    )
)
