"""The job that sends alerts by e-mail and to webhooks."""

from typing import Any

from django.utils import timezone

from kerma.alerts.send import send
from kerma.store import jobs, options
from kerma.store.jobs import Job, Progress, TryAgain

NAME = "send-alerts"


def _run(progress: Progress, daily: bool = False) -> dict[str, Any]:
    sent = send(daily=daily)
    if daily:
        options.put("alert_digest_day", timezone.localdate().isoformat())
    if sent.failed:
        raise TryAgain(f"Not all alerts were sent. {sent.faults[0]}")
    return {"messages": sent.messages}


jobs.add(
    Job(
        NAME,
        "Send alerts",
        _run,
        effect="What was sent is not sent again; the rest goes with the next alerts.",
        max_attempts=6,
    )
)
