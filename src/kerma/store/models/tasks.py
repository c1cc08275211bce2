"""Background work and the processes that do it: rows that survive whichever of them is killed."""

from django.conf import settings
from django.db import models

from kerma.store.models.fields import text


class Task(models.Model):
    """One piece of background work, from being asked for to its outcome.

    The queue engine only wakes a worker; this row, written in the transaction of its cause, is
    what is to be done and how far it is (`kerma.store.jobs`).
    """

    class State(models.TextChoices):
        """How far it is."""

        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Terminated"

    job = models.CharField(max_length=40)
    """Name of the job in the registry."""
    title = text()
    """What it does in a few words; names no patient."""
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    run_after = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    """When the worker last said that it is alive; too long ago, and another takes over."""
    worker = text()
    """Host and process number."""
    attempts = models.IntegerField(default=0)
    max_attempts = models.IntegerField(default=3)
    cancel_requested = models.BooleanField(default=False)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    """0 where it is not known."""
    note = text()
    """What it is doing just now."""
    error = text()
    """Why it failed, in a sentence."""
    result = models.JSONField(default=dict)
    engine_id = models.UUIDField(null=True)
    """The queue engine's name for it."""

    class Meta:
        indexes = [
            models.Index(fields=["state", "heartbeat_at"], name="task_state"),
            models.Index(fields=["-made_at"], name="task_made"),
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.pk} ({self.state})"


class Process(models.Model):
    """One running process of Kerma, as it last reported."""

    kind = models.CharField(max_length=20)
    """`web`, `receive`, `work` or `schedule`."""
    host = text()
    pid = models.IntegerField()
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    status = models.JSONField(default=dict)
    """What it says of itself: ports it listens on, objects received, the task it runs …"""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "host", "pid"], name="process_identity")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.host}:{self.pid}"
