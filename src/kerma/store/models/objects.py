"""The ledger of every object that ever arrived, and the quarantine of those of no use yet."""

from django.conf import settings
from django.db import models

from kerma.store.models.fields import text


class StoredObject(models.Model):
    """One object that arrived, by whatever way; the same data set again is the same row."""

    study_instance_uid = text()
    series_instance_uid = text()
    sop_instance_uid = text()
    sop_class_uid = text()
    content_hash = models.TextField()
    """SHA-256 of the data set, hex."""
    device = models.ForeignKey(
        "store.Device", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    path = text()
    """Where it lies; "" where nothing was kept."""
    came_by = models.CharField(max_length=20, blank=True, default="")
    """`import`, `upload`, `receive` …"""
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sop_instance_uid", "study_instance_uid", "content_hash"],
                name="stored_object_identity",
            )
        ]

    def __str__(self) -> str:
        return self.sop_instance_uid


class ObjectUse(models.Model):
    """What one consumer did with one object."""

    class Disposition(models.TextChoices):
        """Outcome of handing an object to a consumer."""

        IMPORTED = "imported", "Imported"
        MERGED = "merged", "Merged into a stored study"
        DUPLICATE = "duplicate", "Already here"
        SKIPPED = "skipped", "Carries nothing for it"
        REFUSED = "refused", "Refused"

    stored_object = models.ForeignKey(StoredObject, on_delete=models.CASCADE, related_name="uses")
    consumer = models.CharField(max_length=40)
    disposition = models.CharField(max_length=10, choices=Disposition.choices)
    reason = text()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stored_object", "consumer"], name="object_use")
        ]

    def __str__(self) -> str:
        return f"{self.consumer}: {self.disposition}"


class Quarantine(models.Model):
    """An object that could not be used, with the reason in a sentence."""

    reason = models.TextField()
    error = models.CharField(max_length=40)
    """Name of the kind of error, to group by."""
    quarantined_at = models.DateTimeField(auto_now_add=True)
    came_by = models.CharField(max_length=20, blank=True, default="")
    origin = text()
    """File name or calling AE title."""
    study_instance_uid = text()
    sop_instance_uid = text()
    content_hash = text(db_index=True)
    """SHA-256 of the bytes, so that the same object again does not fill the table."""
    times_seen = models.IntegerField(default=1)
    size_bytes = models.BigIntegerField(default=0)
    retriable = models.BooleanField(default=True)
    sealed_copy = text()
    """File name of the encrypted copy in the quarantine folder; "" where it expired."""
    expires_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    """When a retry succeeded."""

    class Meta:
        indexes = [models.Index(fields=["released_at", "-quarantined_at"], name="quarantine_open")]

    def __str__(self) -> str:
        return self.reason


class AuditEntry(models.Model):
    """Who did what that cannot be undone, or what a policy was changed to. No patient data."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    user_name = text()
    """Kept when the user is removed; "command" for the command line."""
    action = models.CharField(max_length=40)
    details = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.user_name} {self.action}"
