"""Studies with a column for every value that lists, filters and charts use, and their sources."""

from django.db import models
from django.db.models import Q

from kerma.store.models.fields import LocalDateTimeField, SortIndex, count, number, text
from kerma.store.models.systems import Device, System


class Study(models.Model):
    """One examination on one piece of equipment: all that lists need, so that none joins events.

    Dose values are the declared totals, or else the sums of the events.
    """

    study_instance_uid = models.TextField()
    modality = models.CharField(max_length=2)
    """CT, RF, DX, MG or NM."""
    equipment = models.TextField()
    """Key of the equipment within the study, as `kerma.merge` gives it."""
    system = models.ForeignKey(
        System, on_delete=models.PROTECT, related_name="studies", db_index=False
    )
    device = models.ForeignKey(
        Device, on_delete=models.PROTECT, related_name="studies", db_index=False
    )
    kinds = text()
    """Kinds of its sources in use, as `RF RDSR`, one a line."""
    updated_at = models.DateTimeField()

    study_date = models.DateField(null=True)
    study_time = models.TimeField(null=True)
    date_time = LocalDateTimeField()
    """To sort by: date and time of the study or of its content; year 1 if there is neither."""
    study_id = text()
    study_description = text()
    requested_procedure = text()
    procedure = text()
    """Procedure performed (step description, or its code's meaning)."""
    procedure_reported = text()
    protocol_name = text()
    intent = text()
    comment = text()

    manufacturer = text()
    model = text()
    institution = text()
    department = text()
    station_name = text()
    physician = text()
    operator = text()

    accession_number = text()
    accession_number_hashed = models.BooleanField(default=False)
    patient_name = text()
    patient_name_hashed = models.BooleanField(default=False)
    patient_id = text()
    patient_id_hashed = models.BooleanField(default=False)
    birth_date = models.DateField(null=True)
    age_years = number()
    sex = text()
    height_m = number()
    weight_kg = number()
    not_patient = text()
    """Patterns that mark it as a test, as `IDs: qa* | Names: physics*`; "" for a patient."""

    number_of_events = count()
    spiral_events = count()
    sequenced_events = count()
    stationary_events = count()
    localiser_events = count()
    free_events = count()
    fluoro_events = count()
    acquisition_events = count()
    events_by_type = models.JSONField(default=dict)
    number_of_planes = models.IntegerField(null=True)

    dlp_mgycm = number()
    ctdivol_max_mgy = number()
    dap_gym2 = number()
    rp_dose_gy = number()
    fluoro_dap_gym2 = number()
    fluoro_rp_dose_gy = number()
    fluoro_time_s = number()
    acquisition_dap_gym2 = number()
    acquisition_rp_dose_gy = number()
    acquisition_time_s = number()
    radiographic_frames = number()
    event_dap_min_gym2 = number()
    event_dap_max_gym2 = number()
    agd_left_mgy = number()
    agd_right_mgy = number()
    agd_max_mgy = number()
    """Larger of the two sides."""
    thickness_min_mm = number()
    thickness_max_mm = number()
    administered_activity_mbq = number()
    effective_dose_msv = number()
    peak_skin_dose_gy = number()
    computed_effective_dose_msv = number()
    computed = models.JSONField(default=dict)
    """How the computed values were found: method, set of coefficients, inputs."""
    period_dap_gym2 = number()
    """DAP of the patient's studies in the weeks up to this one, itself included."""
    period_rp_dose_gy = number()
    period_exams = models.IntegerField(null=True)
    totals_summed = models.BooleanField(default=False)
    """Whether sources overlap, so that the totals are sums of events."""

    acquisition_protocols = text()
    """Distinct values of the events, one a line; so are the following."""
    standard_name = text()
    """That of the study."""
    standard_acquisitions = text()
    """Those of the events, one a line."""
    target_regions = text()
    view_codes = text()
    views = text()
    exposure_control_modes = text()
    radiopharmaceuticals = text()
    radionuclides = text()

    series = models.JSONField(default=list)
    """`ImageSeries` of the record, for nuclear medicine."""
    patient_characteristics = models.JSONField(null=True)
    planes = models.JSONField(default=list)
    """Totals of each plane."""
    quirks = models.JSONField(default=list)
    notes = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study_instance_uid", "modality", "equipment"], name="study_identity"
            )
        ]
        indexes = [
            SortIndex(fields=["modality", "date_time", "id"], name="study_by_date"),
            SortIndex(fields=["modality", "system", "date_time", "id"], name="study_by_system"),
            SortIndex(
                fields=["modality", "study_description", "date_time", "id"],
                name="study_by_description",
            ),
            SortIndex(
                fields=["modality", "station_name", "date_time", "id"], name="study_by_station"
            ),
            SortIndex(
                fields=["modality", "dlp_mgycm", "date_time", "id"],
                name="study_by_dlp",
                condition=Q(modality="CT"),
            ),
            SortIndex(
                fields=["modality", "dap_gym2", "date_time", "id"],
                name="study_by_dap_rf",
                condition=Q(modality="RF"),
            ),
            SortIndex(
                fields=["modality", "rp_dose_gy", "date_time", "id"],
                name="study_by_rp_dose",
                condition=Q(modality="RF"),
            ),
            SortIndex(
                fields=["modality", "dap_gym2", "date_time", "id"],
                name="study_by_dap_dx",
                condition=Q(modality="DX"),
            ),
            SortIndex(
                fields=["modality", "agd_left_mgy", "date_time", "id"],
                name="study_by_agd_left",
                condition=Q(modality="MG"),
            ),
            SortIndex(
                fields=["modality", "agd_right_mgy", "date_time", "id"],
                name="study_by_agd_right",
                condition=Q(modality="MG"),
            ),
            SortIndex(
                fields=["modality", "administered_activity_mbq", "date_time", "id"],
                name="study_by_activity",
                condition=Q(modality="NM"),
            ),
            models.Index(fields=["device", "modality", "date_time"], name="study_by_device"),
            models.Index(
                fields=["modality", "date_time"],
                name="study_without_events",
                condition=Q(number_of_events=0),
            ),
            models.Index(fields=["accession_number"], name="study_by_accession"),
            models.Index(fields=["patient_id", "study_date"], name="study_by_patient"),
        ]

    def __str__(self) -> str:
        return f"{self.modality} {self.study_date} {self.study_description}"


class Source(models.Model):
    """One object that a study's data came from, with its record after the identity policy."""

    class State(models.TextChoices):
        """What part a source has in its study."""

        ACTIVE = "active", "In use"
        SUPERSEDED = "superseded", "Contained in a later report"
        DUPLICATE = "duplicate", "Says the same as another"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="sources")
    device = models.ForeignKey(
        Device, on_delete=models.PROTECT, related_name="sources", db_index=False
    )
    study_instance_uid = models.TextField()
    sop_instance_uid = models.TextField()
    series_instance_uid = text()
    kind = models.CharField(max_length=40)
    content_hash = text()
    """SHA-256 of the data set, hex."""
    path = text()
    """Where Kerma's own copy of the object lies, "" if none is kept."""
    received_at = models.DateTimeField()
    extractor_version = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices)
    quirks = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    not_patient = models.JSONField(default=list)
    """Patterns met: those for ids, those for names."""
    record = models.BinaryField()
    """The `StudyRecord` as JSON, compressed by Zstandard."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study_instance_uid", "sop_instance_uid"], name="source_identity"
            )
        ]
        indexes = [models.Index(fields=["device", "study_instance_uid"], name="source_by_device")]

    def __str__(self) -> str:
        return f"{self.kind} {self.sop_instance_uid}"


class DailyCount(models.Model):
    """How many studies a system has of a modality on a day: what the home page adds up.

    The studies of a day are the sum over its shards. On PostgreSQL each process counts in a shard
    of its own, so that none waits for another's commit; a shard on its own may be negative.
    """

    modality = models.CharField(max_length=2)
    system = models.ForeignKey(
        System, on_delete=models.CASCADE, related_name="daily_counts", db_index=False
    )
    study_date = models.DateField()
    """1 January of year 1 for studies without a date."""
    shard = models.SmallIntegerField(default=0)
    studies = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["modality", "system", "study_date", "shard"], name="daily_count_identity"
            )
        ]

    def __str__(self) -> str:
        return f"{self.modality} {self.study_date}: {self.studies}"


class KnownText(models.Model):
    """A text that some study has or had in a column, folded, so that "contains" is quick.

    `study_description IN (those of the few known that contain it)` is an index search where
    `LIKE` would read every study; and folding knows all alphabets, which SQLite's LIKE does not.
    """

    field = models.CharField(max_length=40)
    text = models.TextField()
    folded = models.TextField()
    """`text.casefold()`."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["field", "text"], name="known_text")]

    def __str__(self) -> str:
        return f"{self.field}: {self.text}"
