"""Doses of the past, and doses estimated from CT images: what was entered, and what was noted."""

from django.conf import settings
from django.db import models

from kerma.store.models.fields import count, text


class HistoricalDoses(models.Model):
    """Doses of the past entered together: one study by hand, or the studies of a CSV file."""

    class State(models.TextChoices):
        """How far it is."""

        QUEUED = "queued", "To be looked at"
        RUNNING = "running", "Under way"
        DONE = "done", "Done"
        ABORTED = "aborted", "Aborted"
        UNDONE = "undone", "Undone"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    file_name = text()
    """"" for what was entered on the page."""
    upload = text()
    """File of the encrypted list, until the import is done; "" after."""
    choices = models.JSONField(default=dict)
    """How the list is to be read, see `kerma.pipeline.historical.choices`."""
    state = models.CharField(max_length=7, choices=State.choices, default=State.QUEUED)
    rows = count()
    """Rows of the list."""
    rows_read = count()
    studies = count()
    """Studies stored by it."""
    repeated = count()
    """Studies that were stored so already."""
    refused = count()
    """Studies and rows that could not be used."""
    log = text()
    """A line for each study that was not stored: lines of the list and the reason."""
    made_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "historical doses"

    def __str__(self) -> str:
        return self.file_name or "by hand"


class HistoricalStudy(models.Model):
    """One study that doses of the past were entered for, to undo or correct it."""

    doses = models.ForeignKey(HistoricalDoses, models.CASCADE, related_name="entered")
    study_instance_uid = models.TextField(db_index=True)
    sop_instance_uid = models.TextField()
    """Of the report made for it."""
    content_hash = text()
    """Keyed hash of what was entered, to know the same again."""

    class Meta:
        verbose_name_plural = "historical studies"
        constraints = [
            models.UniqueConstraint(
                fields=["study_instance_uid", "sop_instance_uid"], name="historical_study_once"
            )
        ]

    def __str__(self) -> str:
        return self.study_instance_uid


class ImageStudy(models.Model):
    """The CT images of one scanner in one study, from whose headers its dose is estimated."""

    class State(models.TextChoices):
        """What became of it."""

        COLLECTING = "collecting", "Images arrive"
        STORED = "stored", "Estimated"
        DOUBT = "doubt", "Cannot be told"
        NONE = "none", "No CTDIvol"
        NOT_NEEDED = "not needed", "Reported otherwise"

    study_instance_uid = models.TextField()
    equipment = models.TextField()
    """Of the scanner: a hash of what names it."""
    manufacturer = text()
    model = text()
    station_name = text()
    study_date = models.DateField(null=True)
    sealed_head = text()
    """The header of one image, encrypted: patient, study and scanner of the report to be made."""
    facts = models.BinaryField(default=b"")
    """What all images said when the study was last quiet, packed."""
    images = count()
    state = models.CharField(max_length=10, choices=State.choices, default=State.COLLECTING)
    reasons = models.JSONField(default=list)
    """Sentences: why there is no estimate, or what the estimate leaves open."""
    sop_instance_uid = text()
    """Of the report made; "" if there is none."""
    first_at = models.DateTimeField(auto_now_add=True)
    last_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "image studies"
        constraints = [
            models.UniqueConstraint(
                fields=["study_instance_uid", "equipment"], name="image_study_scanner"
            )
        ]
        indexes = [models.Index(fields=["state", "last_at"], name="image_study_state")]

    def __str__(self) -> str:
        return self.study_instance_uid


class ImageNote(models.Model):
    """What the header of one image says, until its study is quiet."""

    study = models.ForeignKey(ImageStudy, models.CASCADE, related_name="notes")
    sop_instance_uid = models.TextField()
    facts = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "sop_instance_uid"], name="image_noted_once")
        ]

    def __str__(self) -> str:
        return self.sop_instance_uid
