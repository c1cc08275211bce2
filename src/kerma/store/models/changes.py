"""Which studies changed: a log that caches and follow-ups read on from where they were."""

from typing import Any

from django.db import models

from kerma.store.models.fields import text
from kerma.store.models.studies import Study


class CurrentTransaction(models.Func):
    """The number of the transaction on PostgreSQL, 0 elsewhere."""

    output_field = models.BigIntegerField()

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, **extra: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        """Return the expression."""
        if connection.vendor == "postgresql":
            return "(pg_current_xact_id()::text::bigint)", ()
        return "0", ()


class StudyChange(models.Model):
    """A study was stored, changed or deleted; written in the transaction that did it."""

    study_id = models.BigIntegerField()
    """May be that of a study that is gone."""
    transaction = models.BigIntegerField(db_default=CurrentTransaction())
    derived = models.BooleanField(db_default=False)
    """Whether only values that follow from the study changed: no follow-up is due."""
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["transaction", "id"], name="change_by_transaction")]

    def __str__(self) -> str:
        return f"study {self.study_id}"


class ChangeReader(models.Model):
    """How far one reader of the changes is."""

    name = models.CharField(max_length=40, unique=True)
    position = models.BigIntegerField(default=0)
    holder = text()
    """The process that reads on at present."""
    held_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} at {self.position}"


class FollowUpFault(models.Model):
    """A follow-up that failed for a study; gone once it succeeds."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="+")
    follow_up = models.CharField(max_length=40)
    reason = text()
    happened_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "follow_up"], name="follow_up_fault")
        ]

    def __str__(self) -> str:
        return f"{self.follow_up}: {self.reason}"
