"""What a site decides once, and what each user likes."""

from django.conf import settings
from django.db import models

from kerma.store.models.fields import number, text


class SingleRow(models.Model):
    """A table with one row, made by the first migration."""

    class Meta:
        abstract = True


class IdentityPolicy(SingleRow):
    """What becomes of the identity of patients before anything is saved; a single row."""

    class Choice(models.TextChoices):
        """The three things one can do with a value."""

        STORE = "store", "Store it"
        HASH = "hash", "Store its keyed hash"
        DROP = "drop", "Do not store it"

    name = models.CharField(max_length=5, choices=Choice.choices, default=Choice.DROP)
    patient_id = models.CharField(max_length=5, choices=Choice.choices, default=Choice.DROP)
    birth_date = models.CharField(
        max_length=5,
        choices=[(Choice.STORE, Choice.STORE.label), (Choice.DROP, Choice.DROP.label)],
        default=Choice.DROP,
    )
    accession_number = models.CharField(max_length=5, choices=Choice.choices, default=Choice.STORE)

    class Meta:
        verbose_name_plural = "identity policies"

    def __str__(self) -> str:
        return f"name {self.name}, id {self.patient_id}, accession {self.accession_number}"


class NotPatientPattern(models.Model):
    """A wildcard pattern that marks a study as no patient's, e.g. `physics*`."""

    class Target(models.TextChoices):
        """What the pattern is compared with."""

        NAME = "name", "Patient name"
        ID = "id", "Patient ID"

    target = models.CharField(max_length=4, choices=Target.choices)
    pattern = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["target", "pattern"], name="not_patient_pattern")
        ]

    def __str__(self) -> str:
        return f"{self.target}: {self.pattern}"


class SiteOptions(SingleRow):
    """Choices of the administrators by name, see `kerma.store.options`; a single row."""

    values = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "site options"

    def __str__(self) -> str:
        return "site options"


class UserOptions(models.Model):
    """How one user likes the pages; what is not in `values` is as by default."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="options"
    )
    theme = models.CharField(max_length=10, default="auto")
    page_size = models.IntegerField(default=25)
    date_format = models.CharField(max_length=20, default="iso")
    workload_days_a = models.IntegerField(default=7)
    workload_days_b = models.IntegerField(default=28)
    values = models.JSONField(default=dict)
    """Row density, columns chosen for each list, options of charts …"""

    class Meta:
        verbose_name_plural = "user options"

    def __str__(self) -> str:
        return f"options of user {self.user_id}"


class SizeImport(models.Model):
    """One import of heights and weights, with its log; may be undone."""

    class State(models.TextChoices):
        """How far it is."""

        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        ABORTED = "aborted", "Aborted"
        FAILED = "failed", "Failed"
        UNDONE = "undone", "Undone"

    class IdKind(models.TextChoices):
        """What the column of ids holds."""

        ACCESSION = "accession", "Accession number"
        STUDY_UID = "study-uid", "Study Instance UID"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    file_name = text()
    upload = text()
    """Name of the uploaded file; "" once it has been deleted."""
    id_kind = models.CharField(max_length=10, choices=IdKind.choices, default=IdKind.ACCESSION)
    id_column = text()
    height_column = text()
    weight_column = text()
    overwrite = models.BooleanField(default=False)
    dry_run = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    made_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    rows = models.IntegerField(default=0)
    rows_read = models.IntegerField(default=0)
    studies_changed = models.IntegerField(default=0)
    log = text()

    def __str__(self) -> str:
        return f"{self.file_name} ({self.state})"


class SizeEntry(models.Model):
    """Height and weight of a study from elsewhere than its objects; survives any merging."""

    study_instance_uid = models.TextField(db_index=True)
    height_m = number()
    weight_kg = number()
    overwrite = models.BooleanField(default=False)
    """Whether it counts above what the objects say; otherwise it fills what they leave out."""
    size_import = models.ForeignKey(
        SizeImport, on_delete=models.CASCADE, null=True, related_name="entries"
    )
    entered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "size entries"

    def __str__(self) -> str:
        return f"{self.height_m} m, {self.weight_kg} kg"
