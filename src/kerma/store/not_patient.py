"""Patterns that tell tests and quality assurance from patients, on names and on ids."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from kerma.records import Patient
from kerma.store.models import NotPatientPattern
from kerma.store.rules import Rules

Matched = tuple[tuple[str, ...], tuple[str, ...]]
"""Patterns met by the ids, and by the names, in lower case."""

HISTORIC = (
    *(("id", pattern) for pattern in ("*phy*", "*qa*", "*test*")),
    *(("name", pattern) for pattern in ("*phys*", "*qa*", "*test*")),
)
"""What older systems looked for. Offered on the page that edits the patterns; a new site starts
without any."""


def matched(patient: Patient, rules: Rules) -> Matched:
    """Return the patterns that the patient's ids and name meet; before the policy is applied."""
    ids = (patient.id, *patient.other_ids)
    return _met(ids, rules.id_patterns), _met([patient.name], rules.name_patterns)


def sentence(found: Iterable[Sequence[Sequence[str]]]) -> str:
    """Return the patterns of all sources of a study as one line, "" if there are none."""
    pairs = [tuple(pair) for pair in found if pair]
    ids = sorted({pattern for pair in pairs for pattern in pair[0]})
    names = sorted({pattern for pair in pairs for pattern in pair[1]})
    if not ids and not names:
        return ""
    return f"IDs: {' '.join(ids)} | Names: {' '.join(names)}"


def add_historic() -> int:
    """Add the historic patterns that are not there yet, and return how many."""
    made = 0
    for target, pattern in HISTORIC:
        _, created = NotPatientPattern.objects.get_or_create(target=target, pattern=pattern)
        made += created
    return made


def _met(values: Iterable[str], patterns: tuple[str, ...]) -> tuple[str, ...]:
    if not patterns:
        return ()
    folded = [value.lower() for value in values if value]
    return tuple(p for p in patterns if any(fnmatchcase(value, p) for value in folded))
