"""Nuclear medicine: reports and images of one examination taken together.

The report wins on what both say: its administration event UID, its start and stop. Images add
administrations that no report holds, and their series.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from kerma.merge.events import unite
from kerma.merge.fields import fill
from kerma.merge.injections import (
    SAME_START_S,
    Injection,
    activity_difference,
    injections,
    is_same_nuclide,
    moment,
    start_gap_s,
)
from kerma.merge.kinds import is_image
from kerma.merge.result import Merged
from kerma.merge.series import chosen_images, merged_series
from kerma.merge.sums import sum_of_events
from kerma.merge.totals import Part, parts_of, total
from kerma.records import Administration, Event, StudyRecord, Totals
from kerma.records.base import Record

_REPORTED_START_S = 30 * 60.0
"""Start in the report and in the image of one administration differ by less; clocks do."""

_REPORTED_ACTIVITY = 0.05
"""Relative difference of the activity in the report and in the image of one administration."""

_NOT_FROM_IMAGES = frozenset({"administration_event_uid", "start", "stop", "start_time"})


class Matched(Record, frozen=True):
    """Reported administrations completed from images, and the ones that no report holds."""

    events: tuple[Event, ...]
    further: tuple[Injection, ...]
    notes: tuple[str, ...]


def merge_nuclear(records: Sequence[StudyRecord]) -> Merged:
    """Return each administration and each image series once, given sources in canonical order."""
    images = [record for record in records if is_image(record)]
    documents = [record for record in records if not is_image(record)]
    union = unite(documents, imaged=any(record.events for record in images))
    matched = _match(injections(images), union.events)
    union = replace(union, events=matched.events)
    events = (*matched.events, *(injection.event for injection in matched.further))
    parts = (*parts_of(union), *(_part(injection) for injection in matched.further))
    states = {document.record.study.sop_instance_uid: "superseded" for document in union.superseded}
    return Merged(
        events=events,
        totals=_with_activity(total(parts, events), events),
        series=merged_series(records),
        states=states | _states_of_images(images, matched.further),
        notes=(*union.notes, *matched.notes),
    )


def _part(injection: Injection) -> Part:
    """Return an administration known from images as a part of the totals."""
    record = injection.shots[0].record
    event = injection.event
    totals = record.totals if len(record.events) == 1 else Totals()
    if totals.administered_activity_mbq is None:
        totals = replace(totals, administered_activity_mbq=event.administered_activity_mbq)
    return Part(events=(event,), totals=(totals,))


def _with_activity(totals: Totals, events: tuple[Event, ...]) -> Totals:
    """Return totals with the activity that images tell where the report does not."""
    if totals.administered_activity_mbq is not None:
        return totals
    activity = sum_of_events("administered_activity_mbq", events)
    return totals if activity is None else replace(totals, administered_activity_mbq=activity)


def _states_of_images(
    images: Sequence[StudyRecord], further: Sequence[Injection]
) -> dict[str, str]:
    """Return the images that do not count: neither an administration nor a series is theirs."""
    counting = {injection.shots[0].sop_instance_uid for injection in further}
    counting |= chosen_images(images)
    return {
        image.study.sop_instance_uid: "duplicate" if image.series else "superseded"
        for image in images
        if image.study.sop_instance_uid not in counting and (image.series or image.events)
    }


def _match(found: Sequence[Injection], events: tuple[Event, ...]) -> Matched:
    """Part the injections that a report holds from further ones, the surest matches first."""
    pairs = sorted(
        (*rank, mine, its)
        for mine, injection in enumerate(found)
        for its, event in enumerate(events)
        if isinstance(event, Administration) and (rank := _rank(injection, event))
    )
    target: dict[int, int] = {}
    taken: dict[int, list[int]] = {its: [] for its in range(len(events))}
    for *_, mine, its in pairs:
        if mine not in target and all(
            not _start_apart(found[mine].event, found[other].event) for other in taken[its]
        ):
            target[mine] = its
            taken[its].append(mine)
    completed = tuple(
        _complete(event, [found[mine].event for mine in sorted(taken[its])])
        for its, event in enumerate(events)
    )
    notes = tuple(
        note for mine, its in sorted(target.items()) for note in _notes(found[mine], events[its])
    )
    further = tuple(injection for n, injection in enumerate(found) if n not in target)
    return Matched(events=completed, further=further, notes=notes)


def _rank(injection: Injection, reported: Administration) -> tuple[int, float] | None:
    """Return how surely an injection is the reported one, the surest least; None if it is not.

    The same radionuclide, and an activity within 5 % or a start within 30 minutes; the
    radionuclide alone where there is nothing else to compare.
    """
    event = injection.event
    uid = reported.administration_event_uid
    if uid and any(shot.event.administration_event_uid == uid for shot in injection.shots):
        return 0, 0.0
    same_nuclide = is_same_nuclide(event, reported)
    if same_nuclide is False:
        return None
    difference = activity_difference(event, reported)
    gap = start_gap_s(event, reported)
    near = difference is not None and difference <= _REPORTED_ACTIVITY
    if gap is not None and gap <= _REPORTED_START_S:
        return (2 if difference is not None and not near else 1), gap
    if difference is not None and near:
        return (3, difference) if gap is None else (5, gap)
    return (4, 0.0) if same_nuclide and gap is None and difference is None else None


def _start_apart(one: Administration, other: Administration) -> bool:
    """Whether two injections, both known with their start, began at different times."""
    gap = start_gap_s(one, other)
    return gap is not None and gap > SAME_START_S


def _complete(event: Event, seen: Sequence[Administration]) -> Event:
    """Return a reported administration, what it does not say taken from its images."""
    if not seen or not isinstance(event, Administration):
        return event
    but = _NOT_FROM_IMAGES if event.start else _NOT_FROM_IMAGES - {"start", "stop", "start_time"}
    return fill(event, seen, but=but)


def _notes(injection: Injection, reported: Event) -> tuple[str, ...]:
    """Return in sentences where images contradict the report."""
    if not isinstance(reported, Administration):
        return ()
    event = injection.event
    notes = []
    gap = start_gap_s(event, reported)
    if gap is not None and gap > SAME_START_S:
        notes.append(
            f"Images give {_said(event)} as the start of an administration, the report "
            f"{_said(reported)}; the report is kept."
        )
    difference = activity_difference(event, reported)
    if difference is not None and difference > _REPORTED_ACTIVITY:
        notes.append(
            f"Images give an administered activity of {event.administered_activity_mbq:g} MBq, "
            f"the report {reported.administered_activity_mbq:g} MBq; the report is kept."
        )
    return tuple(notes)


def _said(event: Administration) -> str:
    found = moment(event)
    return found.isoformat() if found else "no time"
