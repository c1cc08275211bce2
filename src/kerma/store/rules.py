"""Everything a site has decided that a save depends on, read in one statement."""

from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

from kerma.records import StudyRecord


class Rules(NamedTuple):
    """The decisions, unpacked."""

    name: str = "drop"
    patient_id: str = "drop"
    birth_date: str = "drop"
    accession_number: str = "store"
    id_patterns: tuple[str, ...] = ()
    name_patterns: tuple[str, ...] = ()
    untrusted_models: frozenset[str] = frozenset()
    options: tuple[tuple[str, Any], ...] = ()
    names_stamp: str = ""
    """What the mapping of standard names is known by, see `kerma.store.names`; "" without any."""

    def option(self, name: str, default: bool) -> bool:
        """Return a yes-or-no option of the site."""
        return bool(dict(self.options).get(name, default))

    def trusts_observer_uid(self, record: StudyRecord) -> bool:
        """Return whether the record's device observer UID names the device.

        Some models write the Study Instance UID there, a new one for each examination.
        """
        uid = observer_uid(record)
        untrusted = self.untrusted_models | settings.KERMA_UNTRUSTED_OBSERVER_MODELS
        return (
            uid != ""
            and uid != record.study.study_instance_uid
            and untrusted.isdisjoint((record.model, record.device.model))
        )


def observer_uid(record: StudyRecord) -> str:
    """Return the device observer UID, from wherever the record has it."""
    if record.device.device_observer_uid or record.observer is None:
        return record.device.device_observer_uid
    return record.observer.device_observer_uid


_QUERY = """
SELECT 'policy', name || ' ' || patient_id || ' ' || birth_date || ' ' || accession_number
  FROM store_identitypolicy WHERE id = 1
UNION ALL SELECT target, pattern FROM store_notpatientpattern
UNION ALL SELECT 'untrusted', model FROM store_untrustedobservermodel
UNION ALL SELECT 'options', CAST("values" AS TEXT) FROM store_siteoptions WHERE id = 1
"""


def load(cursor: CursorWrapper | None = None) -> Rules:
    """Return the rules as they are now; defaults where nothing was decided."""
    cursor = cursor or connection.cursor()
    cursor.execute(_QUERY)
    return _unpack(tuple(sorted(cursor.fetchall())))


@lru_cache(maxsize=8)
def _unpack(found: tuple[tuple[str, str], ...]) -> Rules:
    by_kind: dict[str, list[str]] = {}
    for kind, value in found:
        by_kind.setdefault(kind, []).append(value)
    policy = by_kind.get("policy", ["drop drop drop store"])[0].split()
    options = msgspec.json.decode(by_kind.get("options", ["{}"])[0])
    name, patient_id, birth_date, accession_number = policy
    return Rules(
        name=name,
        patient_id=patient_id,
        birth_date=birth_date,
        accession_number=accession_number,
        id_patterns=_folded(by_kind.get("id", [])),
        name_patterns=_folded(by_kind.get("name", [])),
        untrusted_models=frozenset(by_kind.get("untrusted", [])),
        options=tuple(options.items()),
        names_stamp=options.get("names_stamp", ""),
    )


def _folded(patterns: list[str]) -> tuple[str, ...]:
    """Return the patterns in lower case, each once, in alphabetical order."""
    return tuple(sorted({pattern.lower() for pattern in patterns}))
