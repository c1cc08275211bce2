"""Merge the records of all sources of a study; the result depends on their set alone."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from kerma.merge.equipment import Trust, identity
from kerma.merge.events import without_repeats
from kerma.merge.exposures import merge_exposures
from kerma.merge.fields import distinct
from kerma.merge.groups import Group, groups
from kerma.merge.header import by_belief, merged_header
from kerma.merge.kinds import is_image, only_estimates
from kerma.merge.nuclear import merge_nuclear
from kerma.merge.order import in_canonical_order
from kerma.merge.totals import declared
from kerma.records import Administration, StudyRecord, Totals
from kerma.records.base import Record


class MergedStudy(Record, frozen=True):
    """One study, with what has become of each source."""

    equipment: str
    """Text key of the equipment, unique within the Study Instance UID and the modality."""
    record: StudyRecord
    states: dict[str, str]
    """SOP Instance UID -> "active" (it counts), "superseded" (a better or later source holds
    its exposures) or "duplicate" (a further image that adds nothing)."""


def merge(
    records: Iterable[StudyRecord], *, trusts_observer_uid: Trust = lambda record: True
) -> tuple[MergedStudy, ...]:
    """Return one merged study for each Study Instance UID, modality and equipment.

    Parameters
    ----------
    records
        The records of all sources, in any order; the same one twice is harmless.
    trusts_observer_uid
        Whether the device observer UID in a record identifies the equipment. Some devices
        write a new one into each report.

    Returns
    -------
    tuple of MergedStudy
        By Study Instance UID, modality, equipment.
    """
    known = in_canonical_order(records)
    if len(known) == 1 and _is_simple(known[0]):
        return (_alone(known[0], trusts_observer_uid),)
    return tuple(_merged(group) for group in groups(known, trusts_observer_uid))


def _is_simple(record: StudyRecord) -> bool:
    """Whether merging the record alone cannot change it, but for events it repeats."""
    return not is_image(record) or (len(record.events) <= 1 and len(record.series) <= 1)


def _alone(record: StudyRecord, trusts: Trust) -> MergedStudy:
    """Return at once what the general way makes of a single source."""
    events = without_repeats(record)
    totals = declared(record.totals, events)
    if events is not record.events or totals is not record.totals:
        record = replace(record, events=events, totals=totals)
    return MergedStudy(
        equipment=identity(record, trusted=trusts(record)).key,
        record=record,
        states=_states([record], {}),
    )


def _merged(group: Group) -> MergedStudy:
    """Return the study that the sources of `group` describe."""
    records = group.records
    nuclear = any(isinstance(event, Administration) for r in records for event in r.events)
    merged = (
        merge_nuclear(records) if nuclear or group.modality == "NM" else merge_exposures(records)
    )
    states = _states(records, merged.states)
    active = frozenset(sop for sop, state in states.items() if state == "active")
    header = merged_header(by_belief(records, active), records)
    record = replace(
        header,
        modality=group.modality,
        events=merged.events,
        totals=_with_estimate(merged.totals, records),
        series=merged.series,
        notes=distinct((*header.notes, *merged.notes)),
    )
    return MergedStudy(equipment=group.equipment, record=record, states=states)


def _with_estimate(totals: Totals, records: Sequence[StudyRecord]) -> Totals:
    """Return totals with the effective dose that somebody estimated, where no device says one."""
    estimated = [
        record.totals.effective_dose_msv
        for record in records
        if only_estimates(record) and record.totals.effective_dose_msv is not None
    ]
    if not estimated or totals.effective_dose_msv is not None:
        return totals
    return replace(totals, effective_dose_msv=estimated[-1])


def _states(records: Iterable[StudyRecord], others: dict[str, str]) -> dict[str, str]:
    """Return SOP Instance UID -> state, sorted; "active" unless `others` says otherwise."""
    sops = sorted(record.study.sop_instance_uid for record in records)
    return {sop: others.get(sop, "active") for sop in sops if sop}
