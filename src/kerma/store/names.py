"""Texts of studies and events in, their standard names out: the mapping of a site, compiled.

Compared is without regard to upper and lower case and to white space: devices and people pad and
capitalise as they like. Of several rules that fit, that with the smallest precedence holds; among
equals exact texts come before patterns, then the study description before the requested procedure
before the procedure, then the name that is first in the alphabet.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper

from kerma.store.models import StandardName, StandardNameRule
from kerma.store.name_patterns import compiled, matches

STUDY_FIELDS = ("study_description", "requested_procedure", "procedure")
"""Fields of a study that lead to a name, in their order."""
ACQUISITION_FIELD = "acquisition_protocol"
FIELDS = (*STUDY_FIELDS, ACQUISITION_FIELD)

WITH_ACQUISITIONS = ("CT", "RF", "DX", "MG")
"""Modalities whose events have an acquisition protocol."""

_REMEMBERED = 50_000


class Rule(NamedTuple):
    """One text that leads to a name."""

    modality: str
    field: str
    kind: str
    """`exact` or `regex`."""
    pattern: str
    precedence: int
    name: str

    @property
    def order(self) -> tuple[Any, ...]:
        """Return what decides between rules that fit: the smallest holds."""
        is_pattern = self.kind == StandardNameRule.Kind.REGEX
        field = FIELDS.index(self.field)
        return (self.precedence, is_pattern, field, self.name.casefold(), self.name)


def fold(text: str) -> str:
    """Return the text as it is compared."""
    return _in_one_line(text).casefold()


def _in_one_line(text: str) -> str:
    """Return the text without white space at its ends, and with single spaces in it."""
    return " ".join(text.split())


class _OfField:
    """The rules of one field of one modality, the one that holds first."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        ordered = sorted(rules, key=lambda rule: rule.order)
        self._exact: dict[str, Rule] = {}
        for rule in ordered:
            if rule.kind == StandardNameRule.Kind.EXACT:
                self._exact.setdefault(fold(rule.pattern), rule)
        self._patterns = [
            (rule, compiled(rule.pattern))
            for rule in ordered
            if rule.kind == StandardNameRule.Kind.REGEX
        ]

    def find(self, text: str) -> Rule | None:
        """Return the rule that holds for a text, None if none fits."""
        line = _in_one_line(text)
        if not line:
            return None
        exact = self._exact.get(line.casefold())
        for rule, pattern in self._patterns:
            if exact is not None and exact.order < rule.order:
                return exact
            if matches(pattern, line):
                return rule
        return exact


class Mapping:
    """All rules of a site. It remembers texts, of which there are few, so it is quick."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        by_field: dict[tuple[str, str], list[Rule]] = {}
        for rule in rules:
            by_field.setdefault((rule.modality, rule.field), []).append(rule)
        self._fields = {key: _OfField(found) for key, found in by_field.items()}
        self._known: dict[tuple[str, ...], str] = {}

    def study(self, modality: str, *texts: str) -> str:
        """Return the standard name of a study by its texts in the order of `STUDY_FIELDS`."""
        if not self._fields:
            return ""
        key = (modality, *texts)
        name = self._known.get(key)
        if name is None:
            found = (
                self._fields[modality, field].find(text)
                for field, text in zip(STUDY_FIELDS, texts, strict=True)
                if (modality, field) in self._fields
            )
            name = self._remember(key, [rule for rule in found if rule is not None])
        return name

    def of_study(self, row: dict[str, Any]) -> dict[str, str]:
        """Return the columns of a study that hold standard names."""
        modality = row["modality"]
        return {
            "standard_name": self.study(modality, *(row[field] for field in STUDY_FIELDS)),
            "standard_acquisitions": self.acquisitions(modality, row["acquisition_protocols"]),
        }

    def acquisition(self, modality: str, protocol: str) -> str:
        """Return the standard name of an acquisition."""
        rules = self._fields.get((modality, ACQUISITION_FIELD))
        if rules is None:
            return ""
        key = (modality, protocol)
        name = self._known.get(key)
        if name is None:
            found = rules.find(protocol)
            name = self._remember(key, [] if found is None else [found])
        return name

    def acquisitions(self, modality: str, protocols: str) -> str:
        """Return the distinct names of acquisition protocols that are given one a line."""
        if (modality, ACQUISITION_FIELD) not in self._fields:
            return ""
        names = (self.acquisition(modality, line) for line in protocols.split("\n"))
        return "\n".join(dict.fromkeys(name for name in names if name))

    def _remember(self, key: tuple[str, ...], found: list[Rule]) -> str:
        name = min(found, key=lambda rule: rule.order).name if found else ""
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        self._known[key] = name
        return name


NONE = Mapping(())

_QUERY = f"""
SELECT n.modality, r.field, r.kind, r.pattern, r.precedence, n.name
  FROM {StandardNameRule._meta.db_table} r
  JOIN {StandardName._meta.db_table} n ON n.id = r.standard_name_id
"""
_loaded: dict[str, Mapping] = {}


def load(stamp: str, cursor: CursorWrapper | None = None) -> Mapping:
    """Return the mapping that `stamp` (`Rules.names_stamp`) stands for, read once a process."""
    if not stamp:
        return NONE
    found = _loaded.get(stamp)
    if found is None:
        found = read(cursor)
        if len(_loaded) > 3:
            _loaded.clear()
        _loaded[stamp] = found
    return found


def read(cursor: CursorWrapper | None = None) -> Mapping:
    """Return the mapping as it is in the database now."""
    cursor = cursor or connection.cursor()
    cursor.execute(_QUERY)
    return Mapping(Rule(*row) for row in cursor.fetchall())
