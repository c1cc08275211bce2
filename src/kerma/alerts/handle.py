"""What people make of alerts in, states and history out; each is audited."""

from collections.abc import Iterable
from typing import NamedTuple

from django.contrib.auth.models import AbstractBaseUser, User
from django.db import transaction

from kerma.errors import KermaError
from kerma.store import audit
from kerma.store.alert_reasons import reasons
from kerma.store.models import Alert, AlertStep

State = Alert.State


class Refused(KermaError):
    """A step that needs something more."""


class Step(NamedTuple):
    """What is to change; None leaves a thing as it is."""

    state: str | None = None
    reason_code: str | None = None
    assignee: User | None = None
    unassigns: bool = False
    comment: str = ""


def check(step: Step) -> None:
    """Refuse what cannot be done.

    Raises
    ------
    Refused
        With what is missing.
    """
    if step.state is not None and step.state not in State.values:
        raise Refused(f"There is no state {step.state!r} of an alert.")
    if step.reason_code and step.reason_code not in reasons():
        raise Refused(f"There is no reason {step.reason_code!r}; choose one of the list.")
    if step.state == State.JUSTIFIED and not step.reason_code:
        raise Refused("Give the reason that justifies it.")
    if step.state == State.FOLLOWED_UP and not step.comment:
        raise Refused("Say in the comment what was done to follow it up.")


def handle(numbers: Iterable[int], step: Step, user: AbstractBaseUser | None) -> int:
    """Take a step with alerts; return with how many something changed; `user` None is a command.

    Raises
    ------
    Refused
        If the step lacks something; nothing is changed then.
    """
    check(step)
    changed = 0
    with transaction.atomic():
        for alert in Alert.objects.select_for_update().filter(pk__in=list(numbers)).order_by("pk"):
            changed += _handle(alert, step, user)
    return changed


def _handle(alert: Alert, step: Step, user: AbstractBaseUser | None) -> bool:
    actions = []
    if step.state is not None and step.state != alert.state:
        alert.state = step.state
        actions.append(State(step.state).label.lower())
    if step.reason_code is not None and step.reason_code != alert.reason_code:
        alert.reason_code = step.reason_code
        actions.append(f"reason: {reasons().get(step.reason_code, 'none')}")
    if step.unassigns and alert.assignee_id is not None:
        alert.assignee = None
        actions.append("assigned to nobody")
    elif step.assignee is not None and step.assignee.pk != alert.assignee_id:
        alert.assignee = step.assignee
        actions.append(f"assigned to {step.assignee.username}")
    if not actions and not step.comment:
        return False
    alert.save()
    action = "; ".join(actions) or "commented"
    AlertStep.objects.create(
        alert=alert, user_id=user.pk if user else None, action=action, comment=step.comment
    )
    audit.write(user, "handle alert", alert=alert.pk, study=alert.study_id, step=action)
    return True
