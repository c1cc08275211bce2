"""Which exposures the documents of a study describe, each once, and which documents say the same.

A document here is any source but an image: report, dose screen, value by hand. A *cumulative*
document holds every event of an earlier one and supersedes it; a *continued* one holds none
and adds; others overlap.
"""

from collections import Counter
from collections.abc import Sequence

import msgspec

from kerma.merge.fields import fill
from kerma.merge.kinds import IMAGE, is_made_here, only_estimates, tier
from kerma.merge.sums import fits_within
from kerma.records import Administration, Event, ProjectionEvent, StudyRecord
from kerma.records.base import Record

Identity = tuple[str, ...]

_encode = msgspec.json.Encoder(order="deterministic").encode


class Document(Record, frozen=True):
    """A source with the identities of its events, in their order."""

    record: StudyRecord
    events: tuple[Event, ...]
    """Without the events the object repeats."""
    identities: tuple[Identity, ...]


class Union(Record, frozen=True):
    """The documents of one study taken together."""

    events: tuple[Event, ...]
    identities: tuple[Identity, ...]
    active: tuple[Document, ...]
    superseded: tuple[Document, ...]
    notes: tuple[str, ...] = ()


def event_uid(event: Event) -> str:
    """Return the UID of the irradiation or administration event, "" where there is none."""
    if isinstance(event, Administration):
        return event.administration_event_uid
    return event.irradiation_event_uid


def without_repeats(record: StudyRecord) -> tuple[Event, ...]:
    """Return the events of one document without those it lists twice over, word for word.

    Equal events without a UID are kept: two equal localisers are two exposures.
    """
    events = record.events
    uids = [uid for event in events if (uid := event_uid(event))]
    if len(set(uids)) == len(uids):
        return events
    kept: list[Event] = []
    for event in events:
        if not event_uid(event) or event not in kept:
            kept.append(event)
    return events if len(kept) == len(events) else tuple(kept)


def event_keys(record: StudyRecord) -> tuple[str, ...]:
    """Return a key for each event of a merged record, unique within the study.

    The event's UID (with the plane of a biplane system, which may use one UID for both), else
    the SOP Instance UID of the image, else the number of the event; counted where repeated.
    """
    keys = []
    seen: Counter[str] = Counter()
    for number, event in enumerate(record.events, start=1):
        key = " ".join(filter(None, (event_uid(event), _plane(event)))) if event_uid(event) else ""
        if not key:
            key = getattr(event, "image_uid", "") or f"#{number}"
        seen[key] += 1
        keys.append(key if seen[key] == 1 else f"{key} {seen[key]}")
    return tuple(keys)


def as_document(record: StudyRecord) -> Document:
    """Return the record with an identity for each of its events.

    An event without UID is known by all that is said of it, so that the events of a
    cumulative document are found in the later one.
    """
    events = without_repeats(record)
    seen: Counter[Identity] = Counter()
    identities = []
    for event in events:
        uid = event_uid(event)
        what = ("uid", uid, _plane(event)) if uid else ("content", _encode(event).decode())
        seen[what] += 1
        identities.append((*what, str(seen[what])))
    return Document(record=record, events=events, identities=tuple(identities))


def unite(records: Sequence[StudyRecord], *, imaged: bool) -> Union:
    """Return the events of all documents, each once; later content wins field by field.

    Parameters
    ----------
    records
        Documents in canonical order.
    imaged
        Whether images describe exposures too; they are believed more than dose screens and
        values by hand.
    """
    telling = [record for record in records if not only_estimates(record)]
    ordered = sorted(telling or ([] if imaged else records), key=lambda record: -tier(record))
    counted, left_out = _part_by_trust([as_document(record) for record in ordered], imaged)
    contained = _superseded(counted)
    active = tuple(d for n, d in enumerate(counted) if n not in contained)
    superseded = tuple(d for n, d in enumerate(counted) if n in contained)
    found = _each_once(counted, contained)
    return Union(
        events=tuple(found.values()),
        identities=tuple(found),
        active=active,
        superseded=(*superseded, *left_out),
        notes=(_note(left_out),) if left_out else (),
    )


def own_identity(document: Document, ordinal: int) -> Identity:
    """Return the identity of an event among all sources that count: without UID, its place."""
    identity = document.identities[ordinal]
    if identity[0] == "uid":
        return identity
    study = document.record.study
    place = study.sop_instance_uid or document.record.kind
    return ("place", place, *identity[1:], str(ordinal))


def _plane(event: Event) -> str:
    """Return the plane of a biplane system: both may use one irradiation event UID."""
    plane = event.acquisition_plane if isinstance(event, ProjectionEvent) else ""
    return plane if plane.casefold() in {"plane a", "plane b"} else ""


def _part_by_trust(
    documents: list[Document], imaged: bool
) -> tuple[list[Document], list[Document]]:
    """Part the documents that count from those whose exposures a better kind of source reports.

    A document that gives no event UID, or UIDs that Kerma made up, cannot be compared event by
    event; beside a source of a better kind it is taken to describe the same exposures.
    """
    best = min((tier(document.record) for document in documents), default=IMAGE)
    best = min(best, IMAGE) if imaged else best
    counted: list[Document] = []
    left_out: list[Document] = []
    for document in documents:
        uids = [uid for event in document.events if (uid := event_uid(event))]
        anonymous = is_made_here(document.record) or not uids
        beside_better = tier(document.record) > best
        (left_out if anonymous and beside_better else counted).append(document)
    return counted, left_out


def _note(left_out: list[Document]) -> str:
    kinds = ", ".join(sorted({document.record.kind for document in left_out}))
    return (
        f"{len(left_out)} further source(s) ({kinds}) were taken to describe the exposures that a "
        "better source gives."
    )


def _superseded(documents: list[Document]) -> set[int]:
    """Return the numbers of the documents all of whose events another one holds too."""
    sets = [frozenset(document.identities) for document in documents]
    return {
        n
        for n, mine in enumerate(sets)
        for m, other in enumerate(sets)
        if m != n
        and (
            _is_within(mine, other, later=m > n)
            if mine
            else _totals_are_within(documents[n], documents[m], later=m > n)
        )
    }


def _is_within(mine: frozenset[Identity], other: frozenset[Identity], *, later: bool) -> bool:
    return mine < other or (later and mine == other)


def _totals_are_within(mine: Document, other: Document, *, later: bool) -> bool:
    """Whether a document without events accumulates no more than `other` does.

    It is then an earlier state of `other`, or repeats its totals.
    """
    within = fits_within(mine.record.totals, other.record.totals)
    if later:
        return within
    return within and bool(other.events) and fits_within(other.record.totals, mine.record.totals)


def _each_once(documents: list[Document], superseded: set[int]) -> dict[Identity, Event]:
    """Return identity -> event, in the order of the documents that count."""
    said: dict[Identity, list[Event]] = {}
    active = [n for n in range(len(documents)) if n not in superseded]
    for n in active:
        for ordinal in range(len(documents[n].events)):
            said[own_identity(documents[n], ordinal)] = []
    for document in documents:
        for ordinal, event in enumerate(document.events):
            identity = own_identity(document, ordinal)
            if identity in said:
                said[identity].append(event)
    return {identity: _fill_backwards(events) for identity, events in said.items()}


def _fill_backwards(events: list[Event]) -> Event:
    """Return the last event, what it does not say taken from the ones before."""
    last = events[-1]
    if len(events) == 1:
        return last
    return fill(last, [e for e in reversed(events[:-1]) if type(e) is type(last)])
