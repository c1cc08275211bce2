"""A study in; its alerts raised, reopened or noted out. Doing it again changes nothing."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from kerma.alerts import outbox
from kerma.alerts.base import SLACK, Found
from kerma.alerts.quantities import said
from kerma.alerts.settings import kind_of
from kerma.store.models import Alert, AlertRule, AlertStep, Study

RAISED, REOPENED, HIGHER, CHANGED, BELOW = (
    "raised", "reopened", "value rose", "value changed", "no longer over its level",
)  # fmt: skip
"""What Kerma itself writes into the history of an alert."""


def rules_of(modality: str) -> list[AlertRule]:
    """Return the rules in use of a modality."""
    return list(AlertRule.objects.filter(modality=modality, is_active=True).order_by("pk"))


def evaluate(
    study: Study,
    rules: Collection[AlertRule] | None = None,
    *,
    only_sums: bool = False,
    tells: bool = True,
) -> list[Alert]:
    """Judge a study by the rules of its modality; return the alerts raised or reopened.

    Studies marked as tests are not judged.

    Parameters
    ----------
    rules
        Where many studies are judged, what `rules_of` returned.
    only_sums
        Leave out rules that look at this study alone.
    tells
        Whether recipients are told of what is raised.
    """
    if study.not_patient:
        return []
    wanted = rules_of(study.modality) if rules is None else rules
    if only_sums:
        wanted = [rule for rule in wanted if kind_of(rule.kind).sums_up]
    if not wanted:
        return []
    known = set(Alert.objects.filter(study=study).values_list("rule_id", flat=True))
    risen = []
    for rule in wanted:
        found = kind_of(rule.kind).judge(study, rule.settings)
        if found is None or not (found.is_over or rule.pk in known):
            continue
        alert = _note(study, rule, found, tells=tells)
        if alert is not None:
            risen.append(alert)
    return risen


@transaction.atomic
def _note(study: Study, rule: AlertRule, found: Found, *, tells: bool) -> Alert | None:
    """Bring the alert of study and rule up to date; return it if it was raised or reopened."""
    alert = Alert.objects.select_for_update().filter(study=study, rule=rule).first()
    if alert is None:
        alert = _raise(study, rule, found) if found.is_over else None
        if alert is not None and tells:
            outbox.address(alert, rule, study)
        return alert
    if alert.quantity != found.quantity:
        alert.highest = 0.0
    elif (
        _same(alert.value, found.value)
        and _same(alert.level, found.level)
        and alert.is_over == found.is_over
    ):
        return None
    was = said(study.modality, alert.quantity, alert.value)
    was_over, fell = alert.is_over, alert.highest
    _put(alert, found)
    rises = found.is_over and found.severity > fell + abs(fell) * SLACK
    if rises:
        _rise(alert, found, f"From {was} to {_value(study, found)}.")
    else:
        action = BELOW if was_over and not found.is_over else CHANGED
        AlertStep.objects.create(
            alert=alert, action=action, comment=f"From {was} to {_value(study, found)}."
        )
    alert.save()
    if rises and tells:
        outbox.address(alert, rule, study)
    return alert if rises else None


def _raise(study: Study, rule: AlertRule, found: Found) -> Alert:
    alert = Alert(study=study, rule=rule, highest=found.severity)
    _put(alert, found)
    alert.save()
    AlertStep.objects.create(alert=alert, action=RAISED, comment=f"{_value(study, found)}.")
    return alert


def _put(alert: Alert, found: Found) -> None:
    alert.quantity, alert.value, alert.level = found.quantity, found.value, found.level
    alert.is_over, alert.details = found.is_over, found.details


def _rise(alert: Alert, found: Found, comment: str) -> None:
    """Open an alert again that people have looked at, for it is worse than they saw."""
    alert.highest = found.severity
    action = HIGHER
    if alert.state != Alert.State.NEW:
        alert.state, alert.reason_code = Alert.State.NEW, ""
        alert.reopened_at = timezone.now()
        action = REOPENED
    AlertStep.objects.create(alert=alert, action=action, comment=comment)


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= SLACK * max(abs(one), abs(other))


def _value(study: Study, found: Found) -> str:
    name = found.quantity
    return (
        f"{said(study.modality, name, found.value)}, "
        f"level {said(study.modality, name, found.level)}"
    )
