"""Filters and an order in, the alerts that meet them out."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db.models import Case, F, FloatField, QuerySet, Value, When

from kerma.store.models import Alert

OPEN = "open"
"""Every state but closed."""

NOBODY = "nobody"
MINE = "me"

ORDERS = {
    "raised": ("raised_at", "pk"),
    "study": ("study__date_time", "pk"),
    "share": ("share", "pk"),
    "rule": ("rule__name", "pk"),
    "system": ("study__system__display_name", "pk"),
    "state": ("stage", "pk"),
}


class Asked(NamedTuple):
    """What a list of alerts shows; "" means any."""

    state: str = OPEN
    modality: str = ""
    rule: str = ""
    system: str = ""
    assignee: str = ""
    order: str = "-raised"


def asked(given: Mapping[str, str]) -> Asked:
    """Return what an address asks for; what cannot be read asks for nothing."""
    state = given.get("state", OPEN)
    order = given.get("order", "")
    return Asked(
        state if state in ("", OPEN, "all", *Alert.State.values) else OPEN,
        given.get("modality", "").upper(),
        _number(given.get("rule", "")),
        _number(given.get("system", "")),
        _person(given.get("assignee", "")),
        order if order.removeprefix("-") in ORDERS else "-raised",
    )


def _number(text: str) -> str:
    return text if text.isdecimal() and len(text) < 18 else ""


def _person(text: str) -> str:
    return text if text in (NOBODY, MINE) else _number(text)


def found(wanted: Asked, user_id: int) -> "QuerySet[Alert]":
    """Return the alerts asked for, in order; `user_id` is who `me` is."""
    every = Alert.objects.select_related("rule", "assignee", "study__system")
    conditions: dict[str, Any] = {}
    if wanted.state in Alert.State.values:
        conditions["state"] = wanted.state
    if wanted.modality:
        conditions["study__modality"] = wanted.modality
    if wanted.rule:
        conditions["rule_id"] = wanted.rule
    if wanted.system:
        conditions["study__system_id"] = wanted.system
    if wanted.assignee == NOBODY:
        conditions["assignee"] = None
    elif wanted.assignee:
        conditions["assignee_id"] = user_id if wanted.assignee == MINE else wanted.assignee
    chosen = every.filter(**conditions)
    if wanted.state == OPEN:
        chosen = chosen.exclude(state=Alert.State.CLOSED)
    return _ordered(chosen, wanted.order)


def _ordered(chosen: "QuerySet[Alert]", order: str) -> "QuerySet[Alert]":
    name = order.removeprefix("-")
    if name == "share":
        share = F("value") / F("level")
        apart = Case(When(level=0, then=Value(0.0)), default=share, output_field=FloatField())
        chosen = chosen.annotate(share=apart)
    if name == "state":
        steps = [When(state=state, then=Value(n)) for n, state in enumerate(Alert.State.values)]
        chosen = chosen.annotate(stage=Case(*steps))
    sign = "-" if order.startswith("-") else ""
    return chosen.order_by(*(f"{sign}{path}" for path in ORDERS[name]))


def new_ones() -> int:
    """Return how many alerts nobody has looked at."""
    return Alert.objects.filter(state=Alert.State.NEW).count()
