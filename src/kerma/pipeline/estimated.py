"""CT images as they arrive in, estimated studies out, once nothing more comes; off until chosen.

Only headers are looked at. What each image says is noted in a small row until its study is quiet;
then the dose of the study is estimated, built as a report and imported as any other. Images that
come later renew it. A study that has a report, a dose screen or values by hand needs no estimate;
one that gets them later believes these.
"""

import hashlib
from collections.abc import Iterable, Iterator

import msgspec
from django.db import connection, transaction

from kerma.dicom import ct_dose_report, tags
from kerma.dicom.dataset import DataSet
from kerma.dicom.encode import to_file
from kerma.dicom.files import read_bytes
from kerma.dicom.made_here import DoseSource
from kerma.extract import ct_estimated_study
from kerma.extract.ct_estimate import Estimate, estimate, why_not
from kerma.extract.ct_image_facts import CT_IMAGE, ENHANCED_CT_IMAGE, ImageFacts, facts_of
from kerma.pipeline.ingest import Outcome, ingest_file
from kerma.pipeline.keep import discard
from kerma.store import image_studies, jobs, options
from kerma.store.image_studies import Notes, Place, State
from kerma.store.locks import lock_study
from kerma.store.models import ImageStudy, Task
from kerma.store.sealing import seal_text, unseal_text
from kerma.store.withdraw import withdraw

OPTION = "estimate_ct_from_images"
JOB = "estimate-doses"
CAME_BY = "CT images"

KEPT_DAYS = 30
"""Days for which headers are kept, so that late images renew an estimate."""

TOO_LATE = (
    "Images came more than {days} days after the others, whose headers are no longer kept; the "
    "estimate is that of before."
)
REPORTED = "A report, a dose screen or values by hand are stored for this study."
NO_CTDIVOL = "None of its original axial images gives CTDIvol (0018,9345)."

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[ImageFacts, ...]).decode


def wants(header: DataSet) -> bool:
    """Return whether an arriving object is an image to note, and the site wants estimates."""
    return (
        header.first(tags.SOPClassUID) in (CT_IMAGE, ENHANCED_CT_IMAGE)
        and header.first(tags.Modality) == "CT"
        and bool(options.get(OPTION))
    )


def note(header: DataSet) -> bool:
    """Note what an image says; return False if that was known, or is not needed."""
    uid = header.first(tags.StudyInstanceUID)
    sop = header.first(tags.SOPInstanceUID)
    if not uid or not sop or image_studies.is_reported(uid):
        return False
    facts = tuple(map(_shortened, facts_of(header)))
    place = _place(header)
    known = image_studies.has_head(uid, place.equipment)
    return image_studies.note(place, sop, _encode(facts), "" if known else _sealed(header))


def note_if_wanted(header: DataSet) -> None:
    """Note an image that is put aside, so that its study is estimated if nothing better comes."""
    if wants(header):
        note(header)


def _shortened(facts: ImageFacts) -> ImageFacts:
    """Return of an image that counts for nothing only why."""
    if not why_not(facts):
        return facts
    return ImageFacts(sop=facts.sop, kind=facts.kind, is_axial=facts.is_axial, mode=facts.mode)


def _place(header: DataSet) -> Place:
    names = (
        header.text(tags.Manufacturer),
        header.text(tags.ManufacturerModelName),
        header.text(tags.StationName),
        header.text(tags.DeviceSerialNumber),
    )
    return Place(
        header.first(tags.StudyInstanceUID),
        hashlib.sha256("\n".join(names).encode()).hexdigest()[:32],
        *names[:3],
        header.date(tags.StudyDate),
    )


def _sealed(header: DataSet) -> str:
    """Return the header encrypted, without the long lists of the frames."""
    head = header.copy()
    for tag in (tags.PerFrameFunctionalGroupsSequence, tags.SharedFunctionalGroupsSequence):
        head.drop(tag)
    return seal_text(to_file(head).decode("latin-1"))


def complete_due() -> int:
    """Ask a worker to estimate the studies that are quiet; return how many wait."""
    due = image_studies.quiet(options.get("collect_minutes"))
    asked = Task.objects.filter(job=JOB, state__in=(Task.State.QUEUED, Task.State.RUNNING))
    if due and not asked.exists():
        jobs.enqueue(JOB, "Estimate doses from CT images")
    return len(due)


def finish(study_instance_uids: Iterable[str]) -> Iterator[Outcome]:
    """Estimate those of these studies whose images were noted, at the end of an import."""
    uids = list(study_instance_uids)
    for start in range(0, len(uids), _AT_ONCE):
        for study in image_studies.collecting(uids[start : start + _AT_ONCE]):
            yield make(study)


_AT_ONCE = 200


def make(study: ImageStudy) -> Outcome:
    """Estimate the dose of a study anew; whole or not at all, and harmless to repeat."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            lock_study(cursor, f"images {study.study_instance_uid}")
        notes = image_studies.notes_of(study)
        if not study.sealed_head:
            return _too_late(study, notes)
        if image_studies.is_reported(study.study_instance_uid):
            return _without(study, notes, State.NOT_NEEDED, [REPORTED])
        found = estimate(facts for packed in set(notes.facts) for facts in _decode(packed))
        if not found.has_ctdivol:
            return _without(study, notes, State.NONE, [NO_CTDIVOL])
        if found.doubts or not found.events:
            return _without(study, notes, State.DOUBT, found.doubts)
        return _stored(study, notes, found)


def _stored(study: ImageStudy, notes: Notes, found: Estimate) -> Outcome:
    """Import the report of an estimate, and take the one of before out."""
    record = ct_estimated_study.record_of(_head(study), found)
    data = ct_dose_report.write(record, DoseSource.IMAGES)
    file = read_bytes(data)
    sop, before = file.data_set.first(tags.SOPInstanceUID), study.sop_instance_uid
    outcome = ingest_file(file, data, f"images of study {study.pk}", CAME_BY)
    if before and before != sop:
        withdraw(study.study_instance_uid, before, discard)
    image_studies.settle(study, notes, State.STORED, found.notes, sop)
    return outcome


def _without(study: ImageStudy, notes: Notes, state: str, reasons: Iterable[str]) -> Outcome:
    """Keep why there is no estimate; one made of fewer images goes."""
    told = list(reasons)
    if study.sop_instance_uid and state != State.NOT_NEEDED:
        withdraw(study.study_instance_uid, study.sop_instance_uid, discard)
    kept = study.sop_instance_uid if state == State.NOT_NEEDED else ""
    image_studies.settle(study, notes, state, told, kept)
    return Outcome(
        path=study.study_instance_uid,
        outcome="skipped",
        reason=" ".join(("No dose is estimated from the images.", *told)),
        study_instance_uid=study.study_instance_uid,
        modality="CT",
    )


def _too_late(study: ImageStudy, notes: Notes) -> Outcome:
    reason = TOO_LATE.format(days=KEPT_DAYS)
    state = State.STORED if study.sop_instance_uid else State.DOUBT
    image_studies.settle(study, notes._replace(facts=[]), state, [reason], study.sop_instance_uid)
    return Outcome(
        path=study.study_instance_uid,
        outcome="skipped",
        reason=reason,
        study_instance_uid=study.study_instance_uid,
        modality="CT",
    )


def _head(study: ImageStudy) -> DataSet:
    return read_bytes(unseal_text(study.sealed_head).encode("latin-1")).data_set


def headers_in(data: Iterable[DataSet]) -> Iterator[tuple[DataSet, Estimate]]:
    """Yield one header of each study and scanner among these, and what is estimated of it.

    Nothing is stored.
    """
    heads: dict[tuple[str, str], DataSet] = {}
    facts: dict[tuple[str, str], list[ImageFacts]] = {}
    for header in data:
        said = facts_of(header)
        if said:
            place = _place(header)[:2]
            heads.setdefault(place, header)
            facts.setdefault(place, []).extend(map(_shortened, said))
    for place, head in heads.items():
        yield head, estimate(facts[place])
