"""The sources of each study: one study is a Study Instance UID, a modality and an equipment.

Sources that hold one exposure belong together whatever else they say: an image goes where the
report of its exposure is, and a report of a combined system that has become fluoroscopy takes
along the radiography it held before.
"""

from collections import defaultdict
from collections.abc import Sequence

from kerma.merge.equipment import Trust, identity, keys_of, partition, preferred
from kerma.merge.events import event_uid
from kerma.merge.kinds import is_image, only_estimates
from kerma.records import ProjectionEvent, StudyRecord
from kerma.records.base import Record

_PROJECTION = ("RF", "DX", "MG")
"""Modalities whose images and reports may be of one exposure; the first named wins."""


class Group(Record, frozen=True):
    """The sources of one study."""

    study_instance_uid: str
    modality: str
    equipment: str
    records: tuple[StudyRecord, ...]
    """In canonical order."""


def groups(records: Sequence[StudyRecord], trusts: Trust) -> tuple[Group, ...]:
    """Return the studies that `records`, given in canonical order, belong to."""
    families: dict[tuple[str, str], list[StudyRecord]] = defaultdict(list)
    for record in records:
        modality = "projection" if record.modality in _PROJECTION else record.modality
        families[record.study.study_instance_uid, modality].append(record)
    found = [group for family in families.values() for group in _groups_of_family(family, trusts)]
    return tuple(sorted(found, key=lambda g: (g.study_instance_uid, g.modality, g.equipment)))


def _groups_of_family(records: list[StudyRecord], trusts: Trust) -> list[Group]:
    """Part the records of one Study Instance UID and one family of modalities."""
    identities = [identity(record, trusted=trusts(record)) for record in records]
    equipment = partition(identities)
    keys = keys_of(identities, equipment)
    members: dict[tuple[str, str], list[int]] = defaultdict(list)
    for numbers in _Links(records, equipment).classes():
        key = preferred(keys[equipment[n]] for n in _makers(records, numbers))
        members[_modality([records[n] for n in numbers]), key] += numbers
    return [
        Group(
            study_instance_uid=records[0].study.study_instance_uid,
            modality=modality,
            equipment=key,
            records=tuple(records[n] for n in sorted(numbers)),
        )
        for (modality, key), numbers in members.items()
    ]


def _makers(records: Sequence[StudyRecord], numbers: Sequence[int]) -> Sequence[int]:
    """Return the sources whose equipment made the exposures, as far as there are any.

    Images may pass through a workstation, and doses are estimated by other software.
    """
    documents = [n for n in numbers if not is_image(records[n]) and not only_estimates(records[n])]
    return documents or [n for n in numbers if is_image(records[n])] or numbers


def _modality(records: Sequence[StudyRecord]) -> str:
    """Return the modality of a study: that of its reports if it has any, RF before DX."""
    reported = {record.modality for record in records if not is_image(record)}
    said = reported or {record.modality for record in records}
    return min(said, key=lambda m: (_PROJECTION.index(m) if m in _PROJECTION else 9, m))


class _Links:
    """Joins records step by step; at the end each class is one study."""

    def __init__(self, records: Sequence[StudyRecord], equipment: Sequence[int]) -> None:
        self.records = records
        self.equipment = equipment
        self.parent = list(range(len(records)))
        self.images = [n for n, record in enumerate(records) if is_image(record)]
        self.documents = [n for n, record in enumerate(records) if not is_image(record)]

    def classes(self) -> list[list[int]]:
        """Return the numbers of the records of each study."""
        self._join_documents()
        free = self._join_images_to_their_reports()
        self._join_images(free)
        found: dict[int, list[int]] = defaultdict(list)
        for number in range(len(self.records)):
            found[self._root(number)].append(number)
        return list(found.values())

    def _root(self, number: int) -> int:
        while self.parent[number] != number:
            self.parent[number] = self.parent[self.parent[number]]
            number = self.parent[number]
        return number

    def _join(self, one: int, other: int) -> None:
        low, high = sorted((self._root(one), self._root(other)))
        self.parent[high] = low

    def _join_documents(self) -> None:
        """Join documents of one equipment and modality, and those that share an event."""
        first: dict[object, int] = {}
        for number in self.documents:
            place = (self.equipment[number], self.records[number].modality)
            self._join(number, first.setdefault(place, number))
            for uid in _uids(self.records[number]):
                self._join(number, first.setdefault(uid, number))
        self._join_estimates(first)

    def _join_estimates(self, events: dict[object, int]) -> None:
        """Join each estimate of the patient's dose to the reports and events it was made from."""
        reports = {_sop(self.records[number]): number for number in self.documents}
        for number in self.documents:
            for estimate in self.records[number].estimates:
                used = [reports[uid] for uid in estimate.reports_used if uid in reports]
                used += [events[uid] for uid in estimate.events_used if uid in events]
                for other in used:
                    self._join(number, other)

    def _join_images_to_their_reports(self) -> list[int]:
        """Join each image to the report that holds its exposure; return the images left."""
        reported: dict[str, int] = {}
        for number in self.documents:
            record = self.records[number]
            for uid in (*_uids(record), *_images_named(record)):
                reported.setdefault(uid, number)
        for number in self.images:
            uids = _uids(self.records[number])
            if uids and (own := reported.get(_sop(self.records[number]))) is not None:
                for uid in uids:
                    reported.setdefault(uid, own)
        free = []
        for number in self.images:
            record = self.records[number]
            named = [reported[u] for u in (*_uids(record), _sop(record)) if u in reported]
            if named:
                self._join(number, named[0])
            else:
                free.append(number)
        return free

    def _join_images(self, images: Sequence[int]) -> None:
        """Join images of one equipment, and those of one exposure, to the report if there is one.

        Images of a system whose only report is fluoroscopy go there rather than make a study of
        radiography; so the other way about.
        """
        reports: dict[int, dict[str, int]] = defaultdict(dict)
        for number in self.documents:
            reports[self.equipment[number]].setdefault(self.records[number].modality, number)
        first: dict[object, int] = {}
        for number in images:
            record, equipment = self.records[number], self.equipment[number]
            target = _report_for(record.modality, reports[equipment])
            place = (equipment, record.modality)
            self._join(number, first.setdefault(place, number) if target is None else target)
            for uid in _uids(record):
                self._join(number, first.setdefault(uid, number))


def _report_for(modality: str, reports: dict[str, int]) -> int | None:
    """Return the report of the same equipment an image goes with, None if there is none."""
    if modality in reports:
        return reports[modality]
    if modality in {"RF", "DX"} and len(reports.keys() & {"RF", "DX"}) == 1:
        return reports.get("RF", reports.get("DX"))
    return None


def _uids(record: StudyRecord) -> list[str]:
    """Return the UIDs of the irradiation or administration events."""
    return [uid for event in record.events if (uid := event_uid(event))]


def _images_named(record: StudyRecord) -> list[str]:
    """Return the SOP Instance UIDs of the images a report says were acquired."""
    events = (event for event in record.events if isinstance(event, ProjectionEvent))
    return [uid for event in events for uid in event.acquired_image_uids]


def _sop(record: StudyRecord) -> str:
    return record.study.sop_instance_uid
