"""One arrival in, what became of it out: read, hand to who wants it, or to the quarantine."""

from functools import cache

from kerma.dicom import tags
from kerma.dicom.dataset import DataSet
from kerma.dicom.files import DicomFile, read_bytes
from kerma.dicom.lean import Bytes
from kerma.errors import KermaError, NoDose
from kerma.extract import EXTRACTOR_VERSION
from kerma.pipeline import consumers as _consumers
from kerma.pipeline.find import Arrival, UnreadablePath, readable
from kerma.pipeline.kinds import kind_of
from kerma.records.base import Record
from kerma.registry import load_all
from kerma.store import consumers, ledger, quarantine
from kerma.store.arrival import Came, ObjectFacts, Saved
from kerma.store.keeping import UNUSED


class Outcome(Record, frozen=True):
    """What became of one object; a line of the report of `kerma import`."""

    path: str
    outcome: str
    """`imported`, `merged`, `duplicate`, `skipped` or `refused`."""
    reason: str = ""
    study_instance_uid: str = ""
    modality: str = ""
    kind: str = ""
    """Name of its kind, see `kerma.store.keeping`; `unused` for an object without dose."""
    is_collected: bool = False
    """Whether it waits for the others of its study; at the end of a batch these are read."""


def ingest(arrival: Arrival, came_by: str = "import") -> Outcome:
    """Import one object, whole or not at all; whatever cannot be used goes to the quarantine.

    Parameters
    ----------
    arrival
        Where the object is.
    came_by
        The way it came, for the ledger: `import`, `upload` and so on.
    """
    try:
        with arrival.open() as data:
            return _ingest(arrival, data, came_by)
    except UnreadablePath as error:
        return Outcome(path=arrival.name, outcome="refused", reason=str(error))
    except KermaError as error:
        return refuse(b"", error, arrival.name, came_by)


def _ingest(arrival: Arrival, data: Bytes, came_by: str) -> Outcome:
    try:
        file = read_bytes(data)
    except KermaError as error:
        return refuse(data, error, arrival.name, came_by)
    return ingest_file(file, data, arrival.name, came_by)


def ingest_file(
    file: DicomFile, data: Bytes, name: str, came_by: str, came: Came | None = None
) -> Outcome:
    """Import an object that has been read; as `ingest`.

    Parameters
    ----------
    data
        Its bytes, for the quarantine.
    name
        How to name it to a person.
    came
        What the log of arrivals says of it, in the transaction that stores it.
    """
    facts = facts_of(file, came_by, came)
    modality = _modality(file.data_set)
    try:
        saved = offer(file, facts)
    except KermaError as error:
        return refuse(data, error, name, came_by, facts, modality)
    is_unused = saved.outcome == "skipped" and not saved.is_collected
    return Outcome(
        path=name,
        outcome=saved.outcome,
        reason=saved.reason,
        study_instance_uid=facts.study_instance_uid,
        modality=saved.modality or modality,
        kind=UNUSED if is_unused else kind_of(file.data_set).name,
        is_collected=saved.is_collected,
    )


def refuse(
    data: Bytes,
    error: KermaError,
    name: str,
    came_by: str,
    facts: ObjectFacts | None = None,
    modality: str = "",
) -> Outcome:
    """Put an object that cannot be used into quarantine."""
    quarantine.put(data, error, came_by=came_by, origin=readable(name), facts=facts)
    return Outcome(
        path=name,
        outcome="refused",
        reason=str(error),
        study_instance_uid=facts.study_instance_uid if facts else "",
        modality=modality,
    )


def offer(file: DicomFile, facts: ObjectFacts) -> Saved:
    """Hand an object to every consumer that wants it; return what the first did.

    Raises
    ------
    KermaError
        If the first that wants it must refuse it.
    """
    header = file.data_set
    taken: list[Saved] = []
    for consumer in _consumers_in_order():
        if consumer.wants(header):
            try:
                taken.append(consumer.take(file, facts))
            except NoDose as error:
                taken.append(Saved(outcome="skipped", reason=str(error)))
                ledger.note(facts, consumer.name, taken[-1])
    return taken[0] if taken else Saved(outcome="skipped", reason="Nothing here wants this object.")


@cache
def _consumers_in_order() -> list[consumers.Consumer]:
    """Return the consumers; found at first use, since some import what they make themselves."""
    load_all(_consumers)
    return consumers.in_order()


def _modality(header: DataSet) -> str:
    """Return Kerma's modality for an object that was not read; "" if it cannot be told."""
    said = header.first(tags.Modality)
    return {"CR": "DX", "PX": "DX", "PT": "NM", "XA": "RF", "SR": ""}.get(said, said)


def facts_of(file: DicomFile, came_by: str, came: Came | None = None) -> ObjectFacts:
    """Return what the ledger keeps of an object. To be asked before a quirk repairs it."""
    header = file.data_set
    return ObjectFacts(
        sop_instance_uid=header.first(tags.SOPInstanceUID),
        study_instance_uid=header.first(tags.StudyInstanceUID),
        series_instance_uid=header.first(tags.SeriesInstanceUID),
        sop_class_uid=header.first(tags.SOPClassUID),
        content_hash=file.digest(),
        came_by=came_by,
        extractor_version=str(EXTRACTOR_VERSION),
        came=came,
    )
