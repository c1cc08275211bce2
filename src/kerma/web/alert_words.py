"""An alert in, its values and states as the pages write them out."""

from typing import NamedTuple

from kerma.alerts.quantities import quantity
from kerma.store.models import Alert
from kerma.web import formats

STATES = {
    Alert.State.NEW: "over",
    Alert.State.SEEN: "warn",
    Alert.State.JUSTIFIED: "notice",
    Alert.State.FOLLOWED_UP: "notice",
    Alert.State.CLOSED: "ok",
}
"""State of an alert -> how it is drawn."""

ICONS = {
    Alert.State.NEW: "over",
    Alert.State.SEEN: "search",
    Alert.State.JUSTIFIED: "notice",
    Alert.State.FOLLOWED_UP: "undo",
    Alert.State.CLOSED: "ok",
}


class Words(NamedTuple):
    """What an alert compares, in words."""

    heading: str
    value: str
    level: str
    share: str
    """Of the level, e.g. "125 %"."""
    css: str
    icon: str


def words(alert: Alert) -> Words:
    """Return an alert in words; needs its study."""
    modality, state = alert.study.modality, Alert.State(alert.state)
    share = alert.value / alert.level if alert.level else 0.0
    return Words(
        quantity(modality, alert.quantity).heading,
        shown(modality, alert.quantity, alert.value),
        shown(modality, alert.quantity, alert.level),
        formats.percent(share),
        STATES[state],
        ICONS[state],
    )


def shown(modality: str, name: str, value: float | None) -> str:
    """Return a total with its unit."""
    if value is None:
        return ""
    one = quantity(modality, name)
    return f"{formats.number(value * one.factor)}{formats.THIN}{one.unit}".strip(formats.THIN)
