"""Alerts: rules, what they found, what became of it, and whom it was sent to."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kerma.store.models.fields import text
from kerma.store.models.studies import Study


class AlertRule(models.Model):
    """One rule of the site; its kind is a file in `kerma.alerts.rules`."""

    name = models.TextField(unique=True)
    kind = models.CharField(max_length=40)
    modality = models.CharField(max_length=2)
    settings = models.JSONField(default=dict)
    """What the kind asks for, e.g. the value and its level."""
    is_active = models.BooleanField(default=True)
    sends_mail = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    evaluated_at = models.DateTimeField(null=True)
    """Since when all stored studies have been judged by it; earlier than its change, or never,
    until that is done."""

    def __str__(self) -> str:
        return self.name


class Alert(models.Model):
    """What a rule found in a study: one for both, reopened when the value rises."""

    class State(models.TextChoices):
        """How far people are with it."""

        NEW = "new", "New"
        SEEN = "seen", "Seen"
        JUSTIFIED = "justified", "Justified"
        FOLLOWED_UP = "followed-up", "Followed up"
        CLOSED = "closed", "Closed"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="alerts")
    rule = models.ForeignKey(AlertRule, on_delete=models.CASCADE, related_name="alerts")
    quantity = models.CharField(max_length=40)
    """Name with unit of what was compared."""
    value = models.FloatField()
    level = models.FloatField()
    is_over = models.BooleanField(default=True)
    """Whether the value is over the level still: a value that falls closes no alert."""
    highest = models.FloatField()
    """The most severe there has been; only what goes beyond reopens the alert."""
    details = models.JSONField(default=dict)
    """How it was found: method, sources, studies summed."""
    state = models.CharField(max_length=11, choices=State.choices, default=State.NEW)
    reason_code = text()
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    raised_at = models.DateTimeField(auto_now_add=True)
    reopened_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "rule"], name="alert_identity")]
        indexes = [models.Index(fields=["state", "raised_at"], name="alert_by_state")]

    def __str__(self) -> str:
        return f"{self.quantity} {self.value} ({self.state})"


class AlertStep(models.Model):
    """One step in the life of an alert, with who did it."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="steps")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    action = models.TextField()
    comment = text()
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.action


class AlertRecipient(models.Model):
    """A user who is sent alerts by e-mail."""

    class Way(models.TextChoices):
        """How."""

        AT_ONCE = "at-once", "At once"
        DAILY = "daily", "One e-mail a day"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="alert_recipient"
    )
    way = models.CharField(max_length=7, choices=Way.choices, default=Way.AT_ONCE)
    modalities = models.JSONField(default=list)
    """Empty means all."""

    def __str__(self) -> str:
        return f"user {self.user_id} {self.way}"


class AlertDelivery(models.Model):
    """That an alert was sent, so that it is not sent twice for the same value."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="deliveries")
    address = models.TextField()
    """`user:5` or `webhook:2`."""
    value = models.FloatField()
    made_at = models.DateTimeField(auto_now_add=True)
    claimed_at = models.DateTimeField(null=True)
    """When a process began to send it."""
    attempts = models.IntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    fault = text()
    """Why the last attempt failed."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alert", "address", "value"], name="alert_delivery")
        ]
        indexes = [
            models.Index(fields=["made_at"], name="alert_unsent", condition=Q(sent_at=None)),
        ]

    def __str__(self) -> str:
        return self.address


class AlertWebhook(models.Model):
    """An address of another program that is told of alerts, without identity."""

    name = models.TextField(unique=True)
    url = models.TextField()
    sealed_secret = text()
    """Signs what is sent, see `kerma.store.sealing`."""
    modalities = models.JSONField(default=list)
    """Empty means all."""
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class PatientDay(models.Model):
    """Whose study it was, and when, as sums over a patient have it.

    It stays when the study is deleted or another's, so that the sums it was part of are renewed.
    """

    study_id = models.BigIntegerField(primary_key=True)
    modality = models.CharField(max_length=2)
    patient_id = models.TextField()
    study_date = models.DateField()

    def __str__(self) -> str:
        return f"study {self.study_id}"
