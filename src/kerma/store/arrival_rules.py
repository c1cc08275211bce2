"""The rules of arrival: what an object says of device and patient in, what to do with it out."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db.models import Count

from kerma.store import options
from kerma.store.models import Arrival, ArrivalRule

Kind = ArrivalRule.Kind
Attribute = ArrivalRule.Attribute
Decision = Arrival.Decision

_OPTIONS = ("physics_keep", "physics_import", "collect_keep")


class Traits(NamedTuple):
    """What the rules look at. An attribute with several values has a backslash in between."""

    manufacturer: str = ""
    model: str = ""
    station_name: str = ""
    software_versions: str = ""
    serial_number: str = ""
    patient: tuple[str, ...] = ()
    """Names and ids."""
    is_report: bool = False
    """Whether it is a structured report; those of any scanner are read at once."""


class Verdict(NamedTuple):
    """What to do with an object."""

    decision: str = ""
    """`ignored`, `physics`, `collected`, or "" to import it."""
    reason: str = ""
    pattern: str = ""
    also_import: bool = False


class Rule(NamedTuple):
    """One rule, ready to be compared."""

    kind: str
    attribute: str
    words: str
    """How the rule is written."""
    pattern: re.Pattern[str]
    model: re.Pattern[str] | None = None


class ArrivalRules:
    """The rules and switches as they were when loaded.

    Parameters
    ----------
    switches
        `physics_keep`, `physics_import`, `collect_keep`.
    """

    def __init__(self, rules: Iterable[Rule], switches: dict[str, bool]) -> None:
        by_kind: dict[str, list[Rule]] = {kind: [] for kind in Kind.values}
        for rule in rules:
            by_kind[rule.kind].append(rule)
        self._ignore = by_kind[Kind.IGNORE]
        self._physics = by_kind[Kind.PHYSICS] if switches["physics_keep"] else []
        self._collect = by_kind[Kind.COLLECT] if switches["collect_keep"] else []
        self._also_import = switches["physics_import"]

    def of(self, traits: Traits) -> Verdict:
        """Return what to do: the first kind with a rule that is met decides."""
        if met := _first(self._ignore, traits):
            return Verdict(Decision.IGNORED, _ignored(met), met.words)
        if met := _first(self._physics, traits):
            reason = f"The patient’s name or ID meets the pattern “{met.words}”."
            return Verdict(Decision.PHYSICS, reason, met.words, self._also_import)
        if not traits.is_report and (met := _first(self._collect, traits)):
            reason = f"{met.words} is on the list of scanners without reports."
            return Verdict(Decision.COLLECTED, reason, met.words)
        return Verdict()


NONE = ArrivalRules([], dict.fromkeys(_OPTIONS, False))
"""No rules: everything is imported."""


def load() -> ArrivalRules:
    """Return the rules as they are now."""
    switches = {name: bool(options.get(name)) for name in _OPTIONS}
    return ArrivalRules(map(compiled, ArrivalRule.objects.order_by("pk")), switches)


def compiled(row: ArrivalRule) -> Rule:
    """Return a rule ready to be compared.

    Patterns of physics studies meet any part of a value, all others the whole of it.
    """
    pattern = wildcard(row.pattern, whole=row.kind != Kind.PHYSICS)
    if row.attribute != Attribute.SCANNER:
        return Rule(row.kind, row.attribute, row.pattern, pattern)
    words = " ".join(filter(None, (row.pattern, row.model)))
    return Rule(row.kind, row.attribute, words, pattern, wildcard(row.model, whole=True))


def wildcard(text: str, *, whole: bool) -> re.Pattern[str]:
    """Return a pattern in which `*` stands for any characters and `?` for one, in any case."""
    inner = re.escape(text.strip()).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(rf"\A{inner}\Z" if whole else inner, re.IGNORECASE | re.DOTALL)


def meets(rule: Rule, traits: Traits) -> bool:
    """Return whether an object meets a rule."""
    if rule.attribute == Attribute.SCANNER:
        is_model = rule.model is not None and rule.model.search(traits.model.strip())
        return bool(is_model and rule.pattern.search(traits.manufacturer.strip()))
    if rule.attribute == Attribute.PATIENT:
        return any(rule.pattern.search(value) for value in traits.patient)
    return any(rule.pattern.search(value) for value in _values(traits, rule.attribute))


def _first(rules: Sequence[Rule], traits: Traits) -> Rule | None:
    return next((rule for rule in rules if meets(rule, traits)), None)


def _values(traits: Traits, attribute: str) -> list[str]:
    """Return the value of an attribute, and each of them where it has several; none if empty."""
    text: str = getattr(traits, attribute).strip()
    if not text:
        return []
    parts = [part.strip() for part in text.split("\\")]
    return [text, *parts] if len(parts) > 1 else parts


def _ignored(rule: Rule) -> str:
    label = Attribute(rule.attribute).label
    return f"{label} meets “{rule.words}” on the list of what is ignored."


class Met(NamedTuple):
    """How many of the latest arrivals meet each of some rules."""

    of: int
    """How many arrivals were looked at."""
    counts: list[int]


def met_by_latest(rules: Sequence[Rule], at_most: int = 10_000) -> Met:
    """Return how many of the latest arrivals meet each rule; the log knows nothing of patients."""
    latest = Arrival.objects.order_by("-arrived_at", "-pk").values("pk")[:at_most]
    names = ("manufacturer", "model", "station_name", "software_versions", "serial_number")
    devices = [
        (Traits(**{name: row[name] for name in names}), row["number"])
        for row in Arrival.objects.filter(pk__in=latest)
        .order_by()
        .values(*names)
        .annotate(number=Count("pk"))
    ]
    counts = [sum(number for traits, number in devices if meets(rule, traits)) for rule in rules]
    return Met(sum(number for _, number in devices), counts)
