"""The sources of one study as they are held in memory while they are merged."""

from typing import Any, NamedTuple

import msgspec
from django.db.backends.utils import CursorWrapper
from msgspec.structs import replace

from kerma.merge import modality_by_content
from kerma.records import StudyRecord
from kerma.store.devices import Placed
from kerma.store.packing import unpack

PROJECTION = frozenset({"RF", "DX", "MG"})
"""Modalities between which an administrator may move the studies of a system."""


class Held(NamedTuple):
    """One source: a row of the table of sources, or about to become one."""

    row_id: int | None
    study_id: int | None
    sop_instance_uid: str
    content_hash: str
    state: str
    not_patient: list[list[str]]
    placed: Placed
    record: StudyRecord
    """As read, after the identity policy."""

    @property
    def sorted_record(self) -> StudyRecord:
        """The record with the modality that the administrators want for its system."""
        modality = modality_of(self.record, self.placed.user_defined_modality)
        if modality == self.record.modality:
            return self.record
        return replace(self.record, modality=modality)


def modality_of(record: StudyRecord, user_defined: str) -> str:
    """Return the modality of a record from a system with this user-defined modality."""
    if record.modality in PROJECTION and user_defined in PROJECTION:
        return user_defined
    if user_defined == "Dual":
        return modality_by_content(record)
    return record.modality


_SOURCES = """
SELECT s.id, s.study_id, s.sop_instance_uid, s.content_hash, s.state, s.not_patient,
       s.record, s.device_id, d.system_id, y.user_defined_modality
  FROM store_source s
  JOIN store_device d ON d.id = s.device_id
  JOIN store_system y ON y.id = d.system_id
 WHERE s.study_instance_uid = %s
 ORDER BY s.sop_instance_uid
"""


def stored_sources(cursor: CursorWrapper, study_instance_uid: str) -> list[Held]:
    """Return the stored sources of all studies with this UID."""
    cursor.execute(_SOURCES, [study_instance_uid])
    return [_held(row) for row in cursor.fetchall()]


def _held(row: tuple[Any, ...]) -> Held:
    row_id, study_id, sop, content_hash, state, patterns, record, *placed = row
    return Held(
        row_id=row_id,
        study_id=study_id,
        sop_instance_uid=sop,
        content_hash=content_hash,
        state=state,
        not_patient=msgspec.json.decode(patterns),
        placed=Placed(*placed),
        record=unpack(record),
    )
