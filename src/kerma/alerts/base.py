"""What a kind of alert rule is: its settings declared, a study in, what it found out."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from kerma.registry import Registry
from kerma.store.models import Study

ALL = ("CT", "RF", "DX", "MG", "NM")
"""Every modality there is."""

Settings = Mapping[str, Any]
"""As `kerma.alerts.settings.read` returns them."""

SLACK = 1e-9
"""Share by which a value may miss its level, or another value, by rounding alone."""


class Field(NamedTuple):
    """One setting.

    `kind` is how it is given: `quantity` (one of the modality's), `level` (a number in the unit of
    the quantity), `number`, `whole`, `choice`, `text`.
    """

    name: str
    label: str
    kind: str
    help: str = ""
    unit: str = ""
    default: Any = None
    least: float | None = None
    """The value must be greater than this, or equal if `kind` is `whole`."""
    most: float | None = None
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    only: tuple[str, ...] = ()
    """The quantities to choose from; () for all of the modality."""


class Found(NamedTuple):
    """What a rule makes of a study, over the level or not; in the unit stored."""

    quantity: str
    value: float
    level: float
    is_over: bool
    severity: float
    """Grows as it gets worse: the value itself, where only high values alert."""
    details: dict[str, Any]
    """How it was found: `method`, and what else the page of the alert shows."""


class Kind(NamedTuple):
    """One kind of rule.

    `judge` returns None where the study does not give what is needed. `words` says what the rule
    does. `sums_up` tells that it adds up the studies of a patient, so that later ones are judged
    anew. `check` returns sentences by name of a setting, for what must fit together.
    """

    name: str
    label: str
    order: int
    about: str
    modalities: tuple[str, ...]
    fields: tuple[Field, ...]
    judge: Callable[[Study, Settings], Found | None]
    words: Callable[[str, Settings], str]
    sums_up: bool = False
    check: Callable[[Settings], dict[str, str]] = lambda settings: {}


kinds: Registry[Kind] = Registry("kind of alert rule")
add = kinds.add


def is_over(value: float, level: float) -> bool:
    """Return whether a value is at or over its level."""
    return value >= level * (1 - SLACK)


def high(quantity: str, value: float, level: float, **details: Any) -> Found:
    """Return what was found where high values alert, from the level on."""
    return Found(quantity, value, level, is_over(value, level), value, details)
