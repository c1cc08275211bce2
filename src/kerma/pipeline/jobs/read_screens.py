"""The job that reads dose screens of a scanner anew, once its letters are known or corrected."""

from collections import Counter
from typing import Any

from kerma.pipeline.screens import acts
from kerma.pipeline.screens.recheck import Found, recheck
from kerma.pipeline.screens.settle import settle
from kerma.screens.reading import Scanner
from kerma.store import jobs, screens
from kerma.store.jobs import Job, Progress


def _run(
    progress: Progress,
    manufacturer: str,
    model: str,
    software_versions: str,
    and_stored: bool = False,
) -> dict[str, Any]:
    scanner = Scanner(manufacturer=manufacturer, model=model, software_versions=software_versions)
    waiting = screens.waiting_of(scanner)
    decided = list(screens.read_with(scanner)) if and_stored else []
    total = len(waiting) + len(decided)
    stored = 0
    for done, study in enumerate(waiting):
        progress.tell(done, total)
        stored += settle(study.study_instance_uid).outcome != "refused"
    found: Counter[Found] = Counter()
    for done, study in enumerate(decided, len(waiting)):
        progress.tell(done, total)
        found[recheck(study)] += 1
    return {"studies": len(waiting), "stored": stored} | (_of_stored(found) if and_stored else {})


def _of_stored(found: Counter[Found]) -> dict[str, int]:
    return {
        "checked": found[Found.SAME] + found[Found.CHANGED],
        "changed": found[Found.CHANGED],
        "not_kept": found[Found.NOT_KEPT],
    }


jobs.add(
    Job(
        acts.JOB,
        "Read dose screens anew",
        _run,
        effect="Studies read so far are stored or wait; the others stay as they were.",
    )
)
