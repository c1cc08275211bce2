"""Files made for people to download."""

from django.conf import settings
from django.db import models

from kerma.store.models.fields import text
from kerma.store.models.tasks import Task


class Export(models.Model):
    """One file asked for: what of, how far it is, where it lies and until when."""

    class State(models.TextChoices):
        """How far it is; a file is offered only when DONE."""

        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Ready"
        FAILED = "failed", "Failed"
        ABORTED = "aborted", "Aborted"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    task = models.ForeignKey(Task, on_delete=models.SET_NULL, null=True, related_name="+")
    modality = models.CharField(max_length=2)
    format = models.CharField(max_length=40)
    """Name of the format in `kerma.exports`."""
    filters = models.JSONField(default=list)
    """Pairs of name and value, as in the address of the list."""
    options = models.JSONField(default=dict)
    identity = models.BooleanField(default=False)
    """Whether it holds names and ids of patients."""
    state = models.CharField(max_length=7, choices=State.choices, default=State.QUEUED)
    made_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    studies = models.IntegerField(null=True)
    rows = models.IntegerField(null=True)
    file_name = text()
    path = text()
    """Relative to the folder of exports; "" when there is no file."""
    size_bytes = models.BigIntegerField(null=True)
    notes = models.JSONField(default=list)
    """Sentences about what was left out."""
    fault = text()

    def __str__(self) -> str:
        return f"{self.modality} {self.format} ({self.state})"
