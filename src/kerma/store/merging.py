"""All sources of one Study Instance UID in, their studies and events stored out.

The rows are made equal to what `kerma.merge.merge` makes of the set of sources, so the order in
which these arrived cannot matter.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db.backends.utils import CursorWrapper

from kerma.merge import MergedStudy, merge
from kerma.merge.kinds import tier
from kerma.store import changes, counts, known_texts, models, names, size_values
from kerma.store.counts import Day
from kerma.store.event_rows import delete_events, insert_events
from kerma.store.held import Held, stored_sources
from kerma.store.names import Mapping
from kerma.store.not_patient import sentence
from kerma.store.rules import Rules
from kerma.store.sql import Table
from kerma.store.study_rows import Row, study_row

STUDIES = Table(models.Study)

_STORED = """
SELECT id, modality, equipment, system_id, date_time
  FROM store_study WHERE study_instance_uid = %s ORDER BY id
"""
_MOVE = "UPDATE store_source SET study_id = %s, state = %s WHERE id = %s"


class Stored(NamedTuple):
    """A study as it is stored."""

    study_id: int
    modality: str
    equipment: str
    day: Day


class Placement(NamedTuple):
    """Where a source belongs after merging."""

    study_id: int
    state: str
    is_new_study: bool


class Renewed(NamedTuple):
    """What became of the sources, and the change of the daily counts, still to be written."""

    placements: dict[str, Placement]
    """By SOP Instance UID."""
    changes: Counter[Day]


class _Part(NamedTuple):
    """One merged study with its sources and the stored study that it continues."""

    merged: MergedStudy
    members: list[Held]
    before: Stored | None


def stored_studies(cursor: CursorWrapper, study_instance_uid: str) -> list[Stored]:
    """Return the studies stored under this UID."""
    cursor.execute(_STORED, [study_instance_uid])
    return [
        Stored(row[0], row[1], row[2], Day(row[1], row[3], row[4].date()))
        for row in cursor.fetchall()
    ]


def merge_anew(
    cursor: CursorWrapper, uid: str, rules: Rules, held: Sequence[Held], before: Sequence[Stored]
) -> Renewed:
    """Make studies and events equal to what `held`, all sources of the UID, say together.

    The rows of the sources, and studies left without any, are the caller's to deal with.
    """
    merged = merge(
        [source.sorted_record for source in held], trusts_observer_uid=rules.trusts_observer_uid
    )
    entries = size_values.entries(cursor, uid)
    mapping = names.load(rules.names_stamp, cursor)
    renewed = Renewed({}, Counter())
    renewed.changes.subtract(study.day for study in before)
    rows = []
    for part in _parts(merged, held, before):
        row = _row(part, mapping)
        size_values.fill(row, entries)
        study_id = _write(cursor, part, row, mapping)
        renewed.placements.update(_placements(part, study_id))
        renewed.changes[Day(row["modality"], row["system_id"], row["date_time"].date())] += 1
        rows.append(row)
    known_texts.note(cursor, rows)
    changes.note(cursor, {placed.study_id for placed in renewed.placements.values()})
    return renewed


def renew(cursor: CursorWrapper, uid: str, rules: Rules) -> None:
    """Merge the stored sources of a UID anew: after a system, a source or a size has changed."""
    held = stored_sources(cursor, uid)
    renewed = merge_anew(cursor, uid, rules, held, stored_studies(cursor, uid))
    settle(cursor, uid, held, renewed)


def settle(cursor: CursorWrapper, uid: str, held: Iterable[Held], renewed: Renewed) -> None:
    """Move stored sources to where they belong, and drop the studies that are left without any."""
    moves = [
        (placed.study_id, placed.state, source.row_id)
        for source in held
        if (placed := renewed.placements[source.sop_instance_uid])[:2]
        != (source.study_id, source.state)
    ]
    if moves:
        cursor.executemany(_MOVE, moves)
    kept = {placed.study_id for placed in renewed.placements.values()}
    left = models.Study.objects.filter(study_instance_uid=uid).exclude(pk__in=kept)
    changes.note(cursor, left.values_list("pk", flat=True))
    left.delete()
    counts.add(cursor, renewed.changes)


def _parts(
    merged: Iterable[MergedStudy], held: Iterable[Held], before: Iterable[Stored]
) -> list[_Part]:
    """Return each merged study with its sources, and the stored study it keeps the row of.

    That is the one with the same key, or else one that any of its sources was in.
    """
    by_sop = {source.sop_instance_uid: source for source in held}
    free = {study.study_id: study for study in before}
    keys = {(study.modality, study.equipment): study.study_id for study in before}
    parts = []
    for study in merged:
        same = keys.get((study.record.modality, study.equipment))
        members = [by_sop[sop] for sop in study.states]
        parts.append(_Part(study, members, None if same is None else free.pop(same)))
    return [part if part.before else _continued(part, free) for part in parts]


def _continued(part: _Part, free: dict[int, Stored]) -> _Part:
    """Give `part` one of the `free` studies that its sources were in, if there is any."""
    ids = sorted({m.study_id for m in part.members if m.study_id is not None} & free.keys())
    same = [i for i in ids if free[i].modality == part.merged.record.modality]
    for study_id in (*same, *ids):
        return part._replace(before=free.pop(study_id))
    return part


def _row(part: _Part, mapping: Mapping) -> Row:
    """Return the row of a study but for its id."""
    active = _believed(part)
    kinds = dict.fromkeys(source.record.kind for source in active)
    row = study_row(part.merged.record)
    return row | {
        "equipment": part.merged.equipment,
        "system_id": active[0].placed.system_id,
        "device_id": active[0].placed.device_id,
        "kinds": "\n".join(kinds),
        "not_patient": sentence(source.not_patient for source in part.members),
        **_TO_BE_COMPUTED,
        **mapping.of_study(row),
        "updated_at": dt.datetime.now(dt.UTC),
    }


_TO_BE_COMPUTED: Row = {
    "peak_skin_dose_gy": None,
    "computed_effective_dose_msv": None,
    "computed": {},
    "period_dap_gym2": None,
    "period_rp_dose_gy": None,
    "period_exams": None,
}
"""What follows from a study once it is stored; empty until then."""


def _believed(part: _Part) -> list[Held]:
    """Return the sources in use, reports before images, in an order that does not change."""
    states = part.merged.states
    active = [m for m in part.members if states[m.sop_instance_uid] == "active"] or part.members
    return sorted(active, key=lambda m: (tier(m.record), m.sop_instance_uid))


def _write(cursor: CursorWrapper, part: _Part, row: Row, mapping: Mapping) -> int:
    """Insert or update the study and write its events; return its id."""
    if part.before is None:
        study_id = STUDIES.insert_one(cursor, row)
    else:
        study_id = part.before.study_id
        STUDIES.update(cursor, study_id, row)
        delete_events(cursor, study_id)
    insert_events(cursor, part.merged.record, study_id, row["system_id"], mapping)
    return study_id


def _placements(part: _Part, study_id: int) -> dict[str, Placement]:
    is_new = part.before is None
    return {sop: Placement(study_id, state, is_new) for sop, state in part.merged.states.items()}
