"""The totals of several sources taken together.

Sources that share no exposure are *parts* whose declared totals are added; overlapping sources
are one part whose totals are the sums of its events.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from kerma.merge.events import Document, Identity, Union, own_identity
from kerma.merge.fields import fill
from kerma.merge.sums import (
    ADDED,
    SUMS_OF_EVENTS,
    concerns_any,
    events_by_type,
    exact_sum,
    sum_of_events,
)
from kerma.records import Event, ProjectionEvent, Totals
from kerma.records.base import Record

_UNSAID = Totals()


class Part(Record, frozen=True):
    """Events that no other part holds, and the totals their source declares for them."""

    events: tuple[Event, ...]
    totals: tuple[Totals, ...]
    """One: as declared. Several: of overlapping sources, the one to believe most last."""


def parts_of(union: Union) -> tuple[Part, ...]:
    """Return the documents that count, those that share exposures taken together."""
    merged = dict(zip(union.identities, union.events, strict=True))
    parts = []
    for documents in _overlapping(union.active):
        identities = dict.fromkeys(i for document in documents for i in _identities(document))
        events = tuple(merged[identity] for identity in identities)
        parts.append(Part(events=events, totals=tuple(d.record.totals for d in documents)))
    return tuple(parts)


def _identities(document: Document) -> tuple[Identity, ...]:
    return tuple(own_identity(document, n) for n in range(len(document.events)))


def _overlapping(documents: Sequence[Document]) -> list[list[Document]]:
    """Return the documents in groups that share events, directly or through others."""
    groups: list[tuple[set[Identity], list[int]]] = []
    for number, document in enumerate(documents):
        identities, members = set(_identities(document)), [number]
        apart = []
        for group in groups:
            if group[0].isdisjoint(identities):
                apart.append(group)
            else:
                identities |= group[0]
                members += group[1]
        groups = [*apart, (identities, members)]
    in_order = sorted(sorted(members) for _, members in groups)
    return [[documents[n] for n in members] for members in in_order]


def total(parts: Sequence[Part], events: tuple[Event, ...]) -> Totals:
    """Return the totals of all parts; `events` are those of the merged study.

    One source alone keeps its totals as declared. `summed` is True wherever a total is not
    the sum of what the sources declare.
    """
    if len(parts) == 1 and len(parts[0].totals) == 1:
        return declared(parts[0].totals[0], events)
    if not parts:
        return declared(_UNSAID, events)
    values, summed = _add(parts)
    sums = {name: sum_of_events(of, events) for name, of in SUMS_OF_EVENTS.items()}
    return replace(
        _description([t for part in reversed(parts) for t in reversed(part.totals)]),
        events=len(events),
        events_declared=_declared_number(parts),
        events_by_type=events_by_type(events),
        planes=_planes(parts),
        summed=summed or None,
        **values,
        **sums,
    )


def declared(totals: Totals, events: tuple[Event, ...]) -> Totals:
    """Return totals as declared, with the number of events that there are."""
    if totals.events == len(events):
        return totals
    return replace(totals, events=len(events), events_by_type=events_by_type(events))


def _add(parts: Sequence[Part]) -> tuple[dict[str, float | None], bool]:
    """Return total -> value, and whether any value is not as declared.

    A total that no source declares stays unsaid; the sum of events stands beside it.
    """
    values: dict[str, float | None] = {}
    summed = any(len(p.totals) > 1 or any(t.summed for t in p.totals) for p in parts)
    for name in ADDED:
        if all(getattr(t, name) is None for part in parts for t in part.totals):
            values[name] = None
            continue
        said = [_of_part(name, part) for part in parts]
        values[name] = exact_sum([value for value in said if value is not None])
        summed = summed or any(_is_silent(name, part) for part in parts)
    return values, summed


def _is_silent(name: str, part: Part) -> bool:
    """Whether the source declares no such total although it has events of that kind."""
    unsaid = all(getattr(totals, name) is None for totals in part.totals)
    return unsaid and concerns_any(name, part.events)


def _of_part(name: str, part: Part) -> float | None:
    """Return what one part adds: as declared if one source says it, else the sum of its events.

    Where no event of overlapping sources says it, their largest total: there was that much.
    """
    said = [value for t in part.totals if (value := getattr(t, name)) is not None]
    if said and len(part.totals) == 1:
        return float(said[0])
    of_events = sum_of_events(name, part.events)
    return max(said, default=None) if of_events is None else of_events


def _declared_number(parts: Sequence[Part]) -> int | None:
    """Return the number of events declared, None unless every part declares one."""
    numbers = [p.totals[0].events_declared for p in parts if len(p.totals) == 1]
    said = [number for number in numbers if number is not None]
    return sum(said) if len(said) == len(parts) else None


def _description(latest: Sequence[Totals]) -> Totals:
    """Return what is said of the totals as a whole, the latest first; no values yet."""
    of_all = fill(latest[0], latest[1:])
    planes = [t.number_of_planes for t in latest if t.number_of_planes is not None]
    return Totals(
        plane=of_all.plane,
        reference_point_definition=of_all.reference_point_definition,
        patient_position=of_all.patient_position,
        calibration=of_all.calibration,
        number_of_planes=max(planes, default=None),
    )


def _planes(parts: Sequence[Part]) -> tuple[Totals, ...]:
    """Return the totals of each plane of a biplane system that any source declares."""
    names = sorted({plane.plane for part in parts for t in part.totals for plane in t.planes})
    return tuple(_plane(name, parts) for name in names)


def _plane(name: str, parts: Sequence[Part]) -> Totals:
    of_plane = []
    for part in parts:
        events = tuple(event for event in part.events if _is_in(name, event))
        totals = tuple(plane for t in part.totals for plane in t.planes if plane.plane == name)
        if totals:
            unsure = len(part.totals) > 1 and len(totals) == 1
            of_plane.append(Part(events=events, totals=(*totals, _UNSAID) if unsure else totals))
        elif events:
            of_plane.append(Part(events=events, totals=(_UNSAID,)))
    events = tuple(event for part in of_plane for event in part.events)
    return replace(total(of_plane, events), plane=name)


def _is_in(name: str, event: Event) -> bool:
    """Whether the event was made in the plane; "A" and "Plane A" are one."""
    if not isinstance(event, ProjectionEvent) or not event.acquisition_plane:
        return False
    return event.acquisition_plane.split()[-1].casefold() == (name.split() or [""])[-1].casefold()
