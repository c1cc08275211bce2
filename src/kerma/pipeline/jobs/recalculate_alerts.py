"""The job that adds up the studies of patients and judges stored studies by changed rules."""

from typing import Any

from kerma.alerts import anew
from kerma.pipeline.to_the_end import asked_by
from kerma.store import audit, jobs
from kerma.store.jobs import Job, Progress


def _run(progress: Progress, rules: list[int], days: int = 0, sums: bool = False) -> dict[str, Any]:
    changed = anew.renew_sums(progress.tell) if sums else 0
    done, risen = anew.judge(rules, days, progress.tell)
    audit.write(asked_by(progress), "judge studies anew", rules=rules, studies=done, alerts=risen)
    return {"done": done, "changed": risen, "sums": changed}


jobs.add(
    Job(
        "recalculate-alerts",
        "Judge studies anew",
        _run,
        effect="Studies judged so far have their alerts; the rules stay marked as changed.",
    )
)
