"""Rules or windows that changed in; what all stored studies make of them, portion by portion, out.

Judging stored studies anew tells nobody: whoever changed the rule sees the list.
"""

import datetime as dt
from collections.abc import Callable, Sequence

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from kerma.alerts import period
from kerma.alerts.evaluate import evaluate
from kerma.query.levels import remembered
from kerma.store import options
from kerma.store.models import Alert, AlertRule, AlertStep, Study

CLOSED = "closed: the rule changed"

Tell = Callable[[int, int, str], None]
"""Done, total, and what is being done; raises to stop."""

_AT_ONCE = 200


def outdated() -> "QuerySet[AlertRule]":
    """Return the rules in use that have changed since all studies were judged by them."""
    changed = Q(evaluated_at=None) | Q(evaluated_at__lt=F("changed_at"))
    return AlertRule.objects.filter(changed, is_active=True).order_by("pk")


def sums_are_outdated() -> bool:
    """Return whether the stored sums are of another window than the site's."""
    done, weeks, adds_up = options.several("period_done_weeks", "period_weeks", "period_adds_up")
    return bool(adds_up and done != weeks)


def renew_sums(tell: Tell) -> int:
    """Make the sums of all patients of fluoroscopy right; return how many studies changed."""
    weeks = options.get("period_weeks")
    found = Study.objects.filter(modality=period.SUMMED, not_patient="").exclude(patient_id="")
    patients = list(found.order_by("patient_id").values_list("patient_id", flat=True).distinct())
    changed = 0
    for done, patient_id in enumerate(patients, 1):
        changed += period.renew_all(patient_id)
        tell(done, len(patients), "Adding up the studies of each patient")
    options.put("period_done_weeks", weeks)
    return changed


def judge(rule_ids: Sequence[int], days: int, tell: Tell) -> tuple[int, int]:
    """Judge the stored studies of the last days, 0 for all, by rules.

    Returns the numbers of studies judged and of alerts raised or reopened.
    """
    began = timezone.now()
    rules = list(AlertRule.objects.filter(pk__in=rule_ids, is_active=True))
    by_modality: dict[str, list[AlertRule]] = {}
    for rule in rules:
        by_modality.setdefault(rule.modality, []).append(rule)
    total = sum(_studies(modality, days).count() for modality in by_modality)
    done = risen = 0
    for modality, own in by_modality.items():
        after = 0
        while batch := list(_studies(modality, days).filter(pk__gt=after)[:_AT_ONCE]):
            for study in batch:
                with transaction.atomic(), remembered():
                    risen += len(evaluate(study, own, tells=False))
                done += 1
                tell(done, total, "Judging studies")
            after = batch[-1].pk
    for rule in rules:
        _close_settled(rule)
    AlertRule.objects.filter(pk__in=[rule.pk for rule in rules]).update(evaluated_at=began)
    return done, risen


def _studies(modality: str, days: int) -> "QuerySet[Study]":
    found = Study.objects.filter(modality=modality, not_patient="").order_by("pk")
    if not days:
        return found
    first = timezone.localdate() - dt.timedelta(days=days)
    return found.filter(date_time__gte=dt.datetime.combine(first, dt.time()))


@transaction.atomic
def _close_settled(rule: AlertRule) -> None:
    """Close what nobody has looked at and is over the level of the rule no more."""
    settled = Alert.objects.filter(rule=rule, state=Alert.State.NEW, is_over=False)
    numbers = list(settled.values_list("pk", flat=True))
    AlertStep.objects.bulk_create([AlertStep(alert_id=n, action=CLOSED) for n in numbers])
    Alert.objects.filter(pk__in=numbers).update(state=Alert.State.CLOSED)
