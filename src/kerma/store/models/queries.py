"""Queries of remote nodes: what was asked, what was found, what was kept or dropped and why.

Names and ids of patients are never asked for, and stand in none of these tables.
"""

from django.conf import settings
from django.db import models

from kerma.store.models.fields import text
from kerma.store.models.nodes import LocalStore, RemoteNode


class Schedule(models.Model):
    """A query that repeats within the hours it may."""

    name = models.TextField(unique=True)
    node = models.ForeignKey(RemoteNode, on_delete=models.CASCADE, related_name="schedules")
    store = models.ForeignKey(
        LocalStore, on_delete=models.SET_NULL, null=True, related_name="schedules"
    )
    wanted = models.JSONField(default=dict)
    """The query without its dates, see `kerma.net.wanted.Wanted`."""
    hours = models.JSONField(default=list)
    """168 flags: each hour of the week in the site's time, from Monday 0 h."""
    every_min = models.IntegerField(default=60)
    """Minutes between two runs."""
    overlap_h = models.IntegerField(default=24)
    """Hours before the last success from which on it asks again."""
    first_days = models.IntegerField(default=7)
    """Days the first run looks back."""
    enabled = models.BooleanField(default=True)
    last_run_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    """Start of the last run that fetched all it found."""
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Query(models.Model):
    """One query of one node, and the retrieval that followed."""

    class State(models.TextChoices):
        """How far it is."""

        QUEUED = "queued", "Waiting"
        QUERYING = "querying", "Asking"
        FOUND = "found", "Ready to retrieve"
        RETRIEVING = "retrieving", "Retrieving"
        PAUSED = "paused", "Paused"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Terminated"

    class Purpose(models.TextChoices):
        """What it is for."""

        RETRIEVE = "retrieve", "Retrieve"
        COMPLETENESS = "completeness", "Proof of completeness"

    purpose = models.CharField(max_length=12, choices=Purpose.choices, default=Purpose.RETRIEVE)
    node = models.ForeignKey(RemoteNode, on_delete=models.SET_NULL, null=True, related_name="+")
    node_name = text()
    store = models.ForeignKey(LocalStore, on_delete=models.SET_NULL, null=True, related_name="+")
    schedule = models.ForeignKey(
        Schedule, on_delete=models.SET_NULL, null=True, related_name="queries"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    wanted = models.JSONField(default=dict)
    retrieve_at_once = models.BooleanField(default=False)
    """Whether nobody reviews it before the retrieval."""
    waits_for_hours = models.BooleanField(null=True)
    """Whether its schedule paused it until the next of its hours; False once a person decided."""
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    stage = text()
    """What it is doing just now, in words."""
    error = text()
    log = text()
    """What was asked and answered, a line each; names no patient."""
    counts = models.JSONField(default=dict)
    """`found`, `kept`, `by_modality`, `series`, `retrieved`, `failed` …"""
    task = models.ForeignKey(
        "store.Task", on_delete=models.SET_NULL, null=True, related_name="queries"
    )
    made_at = models.DateTimeField(auto_now_add=True, db_index=True)
    queried_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "queries"

    def __str__(self) -> str:
        return f"query {self.pk} of {self.node_name}"


class Part(models.Model):
    """What studies, series and images of a query have in common."""

    class Fetched(models.TextChoices):
        """How far its retrieval is."""

        NO = "", "Not yet"
        DONE = "done", "Done"
        PARTLY = "partly", "In part"
        FAILED = "failed", "Failed"

    kept = models.BooleanField(default=True)
    reason = text()
    """Why it is kept or dropped, in a sentence."""
    fetched = models.CharField(max_length=6, choices=Fetched.choices, blank=True, default="")
    fault = text()
    """What the node answered where it failed."""

    class Meta:
        abstract = True


class QueryStudy(Part):
    """A study that a node listed."""

    query = models.ForeignKey(Query, on_delete=models.CASCADE, related_name="studies")
    study_instance_uid = text(db_index=True)
    study_date = models.DateField(null=True)
    study_time = models.TimeField(null=True)
    study_description = text()
    station_name = text()
    modalities = models.JSONField(default=list)
    """As answered, or as its series say."""
    modality = text()
    """What it counts as: CT, RF, DX, MG or NM; "" where it is dropped before that is known."""
    number_of_series = models.IntegerField(null=True)

    class Meta:
        verbose_name_plural = "query studies"
        indexes = [models.Index(fields=["query", "kept"], name="query_study_kept")]

    def __str__(self) -> str:
        return self.study_instance_uid


class QuerySeries(Part):
    """A series of such a study."""

    study = models.ForeignKey(QueryStudy, on_delete=models.CASCADE, related_name="series")
    series_instance_uid = text()
    modality = text()
    series_number = models.IntegerField(null=True)
    series_description = text()
    station_name = text()
    sop_class_uid = text()
    """That of its images, where they were asked for."""
    number_of_instances = models.IntegerField(null=True)
    by_image = models.BooleanField(default=False)
    """Whether only its kept images are fetched, one by one."""

    class Meta:
        verbose_name_plural = "query series"

    def __str__(self) -> str:
        return self.series_instance_uid


class QueryImage(Part):
    """An object of such a series, where the node was asked for them."""

    series = models.ForeignKey(QuerySeries, on_delete=models.CASCADE, related_name="images")
    sop_instance_uid = text(db_index=True)
    sop_class_uid = text()
    instance_number = models.IntegerField(null=True)

    def __str__(self) -> str:
        return self.sop_instance_uid
