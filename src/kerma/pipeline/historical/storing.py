"""One entry in, its study stored; the same again changes nothing, another is not mixed with it."""

from typing import NamedTuple

import msgspec
from django.db import transaction

from kerma.dicom import ct_dose_report, tags
from kerma.dicom.files import read_bytes
from kerma.dicom.made_here import DoseSource
from kerma.errors import KermaError
from kerma.pipeline.historical.entry import Entry, complete, record_of
from kerma.pipeline.ingest import ingest_file
from kerma.pipeline.keep import discard
from kerma.records import Device as Scanner
from kerma.store import identity, image_studies
from kerma.store.models import Device, HistoricalDoses, HistoricalStudy, Source, Study
from kerma.store.withdraw import withdraw

CAME_BY = "historical doses"
MANUAL = DoseSource.MANUAL.value

BELIEVED_MORE = "a report or a dose screen of this study is stored, which is believed more"
SAME_ACCESSION = "a study of this day with this accession number is stored from a report"
OTHERS_ENTERED = (
    "other values are entered for this study already; correct or undo these, or choose to replace "
    "what was entered before"
)


class Stored(NamedTuple):
    """What became of an entry."""

    outcome: str
    """`stored`, `replaced`, `repeated` or `refused`."""
    reason: str = ""
    study_instance_uid: str = ""


@transaction.atomic
def store(entry: Entry, doses: HistoricalDoses, comment: str, *, replaces: bool = False) -> Stored:
    """Store an entry under a set of doses, as a report of Kerma's making.

    Parameters
    ----------
    comment
        How it was entered; part of the report.
    replaces
        Whether values entered before for this study go.
    """
    try:
        entry = complete(entry)
    except KermaError as error:
        return Stored("refused", str(error).rstrip("."))
    uid, content = entry.study_instance_uid, identity.hashed(msgspec.json.encode(entry).decode())
    before = list(_entered(uid))
    if any(one.content_hash == content for one in before):
        return Stored("repeated", study_instance_uid=uid)
    reason = _better(entry) or (OTHERS_ENTERED if before and not replaces else "")
    if reason:
        return Stored("refused", reason, uid)
    data = ct_dose_report.write(record_of(entry, comment), DoseSource.MANUAL)
    file = read_bytes(data)
    outcome = ingest_file(file, data, f"doses {doses.pk}", CAME_BY)
    if outcome.outcome == "refused":
        return Stored("refused", outcome.reason.rstrip("."), uid)
    sop = file.data_set.first(tags.SOPInstanceUID)
    HistoricalStudy.objects.update_or_create(
        study_instance_uid=uid,
        sop_instance_uid=sop,
        defaults={"doses": doses, "content_hash": content},
    )
    for one in before:
        take_out(one, unless=sop)
    return Stored("replaced" if before else "stored", study_instance_uid=uid)


def take_out(one: HistoricalStudy, *, unless: str = "") -> bool:
    """Remove a study's values, unless their report is this very one; return whether there were."""
    if one.sop_instance_uid == unless:
        return False
    one.delete()
    return withdraw(one.study_instance_uid, one.sop_instance_uid, discard)


def _entered(uid: str) -> list[HistoricalStudy]:
    """Return what is entered for a study and still stored."""
    found = HistoricalStudy.objects.filter(study_instance_uid=uid)
    sops = Source.objects.filter(study_instance_uid=uid).values("sop_instance_uid")
    return list(found.filter(sop_instance_uid__in=sops))


def _better(entry: Entry) -> str:
    """Return why an entry is not needed, "" if it is."""
    uid = entry.study_instance_uid
    if image_studies.is_reported(uid, besides=(MANUAL,)):
        return BELIEVED_MORE
    return SAME_ACCESSION if entry.accession_number and _is_there(entry) else ""


def _is_there(entry: Entry) -> bool:
    """Return whether another CT study of the day has the accession number, from something else.

    By the index of accession numbers alone: of several conditions SQLite may choose the index of
    all CT studies.
    """
    accession = entry.accession_number
    hashes = identity.searched(accession)
    same = Study.objects.filter(
        accession_number__in=(accession, *hashes), study_date=entry.study_date
    ).values_list(
        "accession_number", "accession_number_hashed", "study_instance_uid", "modality", "kinds"
    )
    return any(
        stored in (hashes if is_hashed else (accession,))
        and uid != entry.study_instance_uid
        and modality == "CT"
        and kinds != MANUAL
        for stored, is_hashed, uid, modality, kinds in same
    )


_IDENTITY = Device.IDENTITY


def scanner(said: Scanner) -> Scanner:
    """Return the stored scanner that this is without doubt, with all it says; else as said."""
    given = {f"{name}__iexact": value for name in _IDENTITY if (value := getattr(said, name))}
    if not given:
        return said
    found = list(Device.objects.filter(**given).order_by("-pk")[:_LOOKED_AT])
    if not found or len({device.system_id for device in found}) > 1:
        return said
    return of_device(found[0])


_LOOKED_AT = 50


def of_device(device: Device) -> Scanner:
    """Return a stored device as a record says it."""
    return Scanner(**{name: getattr(device, name) for name in _IDENTITY})
