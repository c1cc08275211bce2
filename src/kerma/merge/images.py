"""Exposures that projection images describe: one of each, however many images show it.

An irradiation event UID tells. Without one, a For Processing image and the For Presentation
image made from it are known by their common acquisition (time, side, view, kV, mAs). A report
that holds the exposure supersedes its images.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby

from kerma.merge.fields import fill
from kerma.merge.sums import sum_of_events
from kerma.merge.totals import Part
from kerma.records import Event, ProjectionEvent, StudyRecord, Totals
from kerma.records.base import Record

SAME_TIME = dt.timedelta(seconds=2)
"""Start in the report and acquisition time in the image of one exposure differ by less."""

_NOT_FROM_IMAGES = frozenset(
    {
        "irradiation_event_uid",
        "image_uid",
        "presentation_intent",
        "image_type",
        "acquisition_plane",
        "event_type",
        "event_type_code",
        "reference_point_definition",
        "reference_point_definition_code",
        "dap_gym2",
        "rp_dose_gy",
        "entrance_exposure_at_rp_mgy",
        "entrance_dose_mgy",
        "agd_mgy",
        "comments_on_radiation_dose",
        "derived",
        "vendor_private",
    }
)
"""Fields of a reported event that an image must not fill: identity, and every dose."""


class Shot(Record, frozen=True):
    """One event of one image."""

    record: StudyRecord
    event: ProjectionEvent

    @property
    def image_uid(self) -> str:
        """SOP Instance UID of the image."""
        return self.event.image_uid or self.record.study.sop_instance_uid

    @property
    def totals(self) -> Totals:
        """What the image declares; of several events in one image, what the event says."""
        if len(self.record.events) == 1:
            return self.record.totals
        return Totals(
            dap_gym2=self.event.dap_gym2,
            agd_left_mgy=sum_of_events("agd_left_mgy", [self.event]),
            agd_right_mgy=sum_of_events("agd_right_mgy", [self.event]),
        )

    @property
    def raw(self) -> bool:
        """Whether the image is For Processing."""
        return self.event.presentation_intent.strip().casefold() == "for processing"


class Exposure(Record, frozen=True):
    """One exposure with the images of it, the one to believe most first."""

    shots: tuple[Shot, ...]

    @property
    def event(self) -> ProjectionEvent:
        """The event, its fields filled from all images."""
        return fill(self.shots[0].event, [shot.event for shot in self.shots[1:]])

    @property
    def part(self) -> Part:
        """The exposure as a part of the totals."""
        totals = [shot.totals for shot in self.shots]
        return Part(events=(self.event,), totals=(fill(totals[0], totals[1:]),))


class Matched(Record, frozen=True):
    """Reported events completed from images, and the exposures that no report holds."""

    events: tuple[Event, ...]
    further: tuple[Exposure, ...]
    notes: tuple[str, ...] = ()


def exposures(records: Iterable[StudyRecord]) -> tuple[Exposure, ...]:
    """Return the exposures of the images, by time, then SOP Instance UID."""
    shots = [
        Shot(record=record, event=event)
        for record in records
        for event in record.events
        if isinstance(event, ProjectionEvent)
    ]
    found = [Exposure(shots=tuple(sorted(group, key=_belief))) for group in _grouped(shots)]
    return tuple(sorted(found, key=lambda exposure: _by_time(exposure.shots[0])))


def _belief(shot: Shot) -> tuple[bool, str]:
    return not shot.raw, shot.image_uid


def _by_time(shot: Shot) -> tuple[str, str]:
    started = _naive(shot.event.date_time_started)
    return started.isoformat() if started else "~", shot.image_uid


def _naive(moment: dt.datetime | None) -> dt.datetime | None:
    """Return the local time: one device writes zones in reports but not in images."""
    return moment and moment.replace(tzinfo=None)


def _grouped(shots: Sequence[Shot]) -> list[list[Shot]]:
    """Return the shots of each exposure."""
    by_uid: dict[str, list[Shot]] = defaultdict(list)
    alone: list[list[Shot]] = []
    for shot in shots:
        if shot.event.irradiation_event_uid:
            by_uid[shot.event.irradiation_event_uid].append(shot)
        else:
            alone.append([shot])
    groups = [*by_uid.values(), *alone]
    groups.sort(key=lambda group: min(map(_belief, group)))
    groups.sort(key=lambda group: repr(_acquisition(group[0])))
    return [
        exposure
        for acquisition, same in groupby(groups, key=lambda group: _acquisition(group[0]))
        for exposure in (_paired(list(same)) if acquisition else same)
    ]


def _acquisition(shot: Shot) -> tuple[object, ...] | None:
    """Return what the two images of one exposure have in common, None if no time is given."""
    event = shot.event
    if event.date_time_started is None:
        return None
    side, view = event.laterality.casefold(), event.view_code or event.view.casefold()
    return event.date_time_started, side, view, event.kvp, event.exposure_mas


def _paired(groups: list[list[Shot]]) -> list[list[Shot]]:
    """Join presentation images of one acquisition to its raw images: one exposure each.

    Groups with different irradiation event UIDs stay apart, and so do presentation images
    without any raw image: they may be repeats.
    """
    raw = [group for group in groups if any(shot.raw for shot in group)]
    shown = [group for group in groups if not any(shot.raw for shot in group)]
    if not raw:
        return groups
    pairs = [list(group) for group in raw]
    apart = []
    for number, group in enumerate(shown):
        target = pairs[number % len(pairs)]
        if _has_uid(group) and _has_uid(target):
            apart.append(group)
        elif group[0].event.presentation_intent:
            target.extend(group)
        else:
            apart.append(group)
    return [*pairs, *apart]


def _has_uid(group: Iterable[Shot]) -> bool:
    return any(shot.event.irradiation_event_uid for shot in group)


def match(
    exposures: Sequence[Exposure], events: tuple[Event, ...], reports: Sequence[StudyRecord]
) -> Matched:
    """Part the exposures that the reports hold from further ones.

    An exposure is reported when an event of a report has its irradiation event UID, names its
    image, or began within two seconds of it. One without irradiation event UID counts as
    reported too where the report accumulates the whole study, or where there is no time to
    compare.
    """
    finder = _Finder(events)
    seen: dict[int, list[Exposure]] = defaultdict(list)
    further, assumed = [], 0
    for exposure in exposures:
        number = finder.find(exposure)
        if number is not None:
            seen[number].append(exposure)
        elif _counts_as_reported(exposure, events, reports):
            assumed += 1
        else:
            further.append(exposure)
    completed = tuple(_complete(event, seen.get(n, [])) for n, event in enumerate(events))
    return Matched(events=completed, further=tuple(further), notes=_notes(assumed))


class _Finder:
    """Finds the reported event of an exposure."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.by_uid: dict[str, int] = {}
        self.by_image: dict[str, int] = {}
        self.by_time: list[tuple[dt.datetime, int]] = []
        for number, event in enumerate(events):
            if not isinstance(event, ProjectionEvent):
                continue
            if event.irradiation_event_uid:
                self.by_uid.setdefault(event.irradiation_event_uid, number)
            for image_uid in event.acquired_image_uids:
                self.by_image.setdefault(image_uid, number)
            if started := _naive(event.date_time_started):
                self.by_time.append((started, number))

    def find(self, exposure: Exposure) -> int | None:
        """Return the number of the event, None if no report holds it."""
        for shot in exposure.shots:
            for found in (
                self.by_uid.get(shot.event.irradiation_event_uid),
                self.by_image.get(shot.image_uid),
            ):
                if found is not None:
                    return found
        return self._nearest(exposure)

    def _nearest(self, exposure: Exposure) -> int | None:
        started = _naive(exposure.event.date_time_started)
        if started is None or not self.by_time:
            return None
        gap, number = min((abs(moment - started), number) for moment, number in self.by_time)
        return number if gap <= SAME_TIME else None


def _counts_as_reported(
    exposure: Exposure, events: Sequence[Event], reports: Sequence[StudyRecord]
) -> bool:
    if not reports or exposure.event.irradiation_event_uid:
        return False
    if any(r.scope_of_accumulation.strip().casefold() == "study" for r in reports):
        return True
    timed = any(isinstance(e, ProjectionEvent) and e.date_time_started for e in events)
    return exposure.event.date_time_started is None or not timed


def _notes(assumed: int) -> tuple[str, ...]:
    if not assumed:
        return ()
    return (
        f"{assumed} exposure(s) known from images without irradiation event UID were taken "
        "to be among those of the report.",
    )


def _complete(event: Event, seen: Sequence[Exposure]) -> Event:
    """Return a reported event, what it does not say taken from its images, but no dose."""
    if not seen or not isinstance(event, ProjectionEvent):
        return event
    return fill(event, [exposure.event for exposure in seen], but=_NOT_FROM_IMAGES)
