"""The job that asks a node for studies."""

from typing import Any

from kerma.net.carry_out import carry_out_query
from kerma.net.queries import counts_of
from kerma.store import jobs
from kerma.store.jobs import Job, Progress


def _run(progress: Progress, query_id: int) -> dict[str, Any]:
    done = carry_out_query(query_id, progress, progress.task_id)
    return {"query_id": query_id, "done": done, "counts": counts_of(query_id)}


jobs.add(
    Job(
        "query",
        "Query a node",
        _run,
        effect="The node is asked to end its answer. What was found so far stays in the summary; "
        "a new query begins from the start.",
    )
)
