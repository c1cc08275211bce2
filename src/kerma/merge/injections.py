"""Injections that NM and PET images describe: one of each, however many images show it."""

import datetime as dt
from collections.abc import Iterable, Sequence

from kerma.merge.fields import fill
from kerma.merge.nuclides import nuclide
from kerma.records import Administration, StudyRecord
from kerma.records.base import Record

SAME_START_S = 60.0
"""Starts that differ by less are one start, rounded differently."""

SAME_ACTIVITY = 0.005
"""Relative difference of the activity between images of one administration."""

_DAY_S = 86400.0


class Shot(Record, frozen=True):
    """One administration as one image gives it."""

    record: StudyRecord
    event: Administration

    @property
    def sop_instance_uid(self) -> str:
        """SOP Instance UID of the image."""
        return self.record.study.sop_instance_uid


class Injection(Record, frozen=True):
    """One administration with the images of it, the one that says most first."""

    shots: tuple[Shot, ...]

    @property
    def event(self) -> Administration:
        """The administration, its fields filled from all images."""
        return fill(self.shots[0].event, (shot.event for shot in self.shots[1:]))


def injections(records: Iterable[StudyRecord]) -> tuple[Injection, ...]:
    """Return the administrations of the images, by start.

    One administration event UID is one administration; else the same radionuclide, activity
    and start are, where what one image does not say agrees with anything. Two items of one
    image are two administrations, unless they are alike in every field.
    """
    found: list[list[Shot]] = []
    for shot in sorted(_shots(records), key=_most_said_first):
        same = _with_same_uid(shot, found) or _first_like(shot, found)
        if same is None:
            found.append([shot])
        else:
            same.append(shot)
    ordered = sorted(found, key=lambda shots: _by_start(shots[0]))
    return tuple(Injection(shots=tuple(shots)) for shots in ordered)


def _shots(records: Iterable[StudyRecord]) -> list[Shot]:
    shots = []
    for record in records:
        kept: list[Administration] = []
        for event in record.events:
            if isinstance(event, Administration) and event not in kept:
                kept.append(event)
        shots += [Shot(record=record, event=event) for event in kept]
    return shots


def _most_said_first(shot: Shot) -> tuple[object, ...]:
    event = shot.event
    unsaid = (moment(event) is None) + (event.administered_activity_mbq is None)
    return unsaid, moment(event) is None, _by_start(shot)


def _by_start(shot: Shot) -> tuple[object, ...]:
    event = shot.event
    start = event.start.replace(tzinfo=None).isoformat() if event.start else "~"
    time = event.start_time or dt.time.max
    activity = event.administered_activity_mbq or 0.0
    return start, time, activity, event.administration_event_uid, shot.sop_instance_uid


def _with_same_uid(shot: Shot, found: Sequence[list[Shot]]) -> list[Shot] | None:
    uid = shot.event.administration_event_uid
    for shots in found:
        if uid and any(other.event.administration_event_uid == uid for other in shots):
            return shots
    return None


def _first_like(shot: Shot, found: Sequence[list[Shot]]) -> list[Shot] | None:
    for shots in found:
        from_same_image = any(o.sop_instance_uid == shot.sop_instance_uid for o in shots)
        if not from_same_image and _alike(shot.event, shots[0].event):
            return shots
    return None


def _alike(one: Administration, other: Administration) -> bool:
    same_nuclide = is_same_nuclide(one, other)
    near = activity_difference(one, other)
    gap = start_gap_s(one, other)
    if same_nuclide is False or (near is not None and near > SAME_ACTIVITY):
        return False
    if gap is not None and gap > SAME_START_S:
        return False
    return bool(same_nuclide) or (near is not None and gap is not None)


def is_same_nuclide(one: Administration, other: Administration) -> bool | None:
    """Whether both are of one radionuclide, else one agent; None where there is no telling."""
    mine, its = nuclide_of(one), nuclide_of(other)
    if mine and its:
        return mine == its
    for name in ("radionuclide_code", "radiopharmaceutical_agent", "radiopharmaceutical"):
        said = _folded(getattr(one, name))
        if said and said == _folded(getattr(other, name)):
            return True
    return None


def nuclide_of(event: Administration) -> str:
    """Return the radionuclide, read from the agent where it is not given itself."""
    texts = (event.radionuclide, event.radiopharmaceutical_agent, event.radiopharmaceutical)
    return next(filter(None, map(nuclide, texts)), "")


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def activity_difference(one: Administration, other: Administration) -> float | None:
    """Return the relative difference of the administered activities, None if one is not said."""
    mine, its = one.administered_activity_mbq, other.administered_activity_mbq
    if mine is None or its is None:
        return None
    largest = max(abs(mine), abs(its))
    return abs(mine - its) / largest if largest else 0.0


def start_gap_s(one: Administration, other: Administration) -> float | None:
    """Return the time between the starts in s, None if one is not said.

    Where one of the two gives only a time of day, times of day are compared.
    """
    mine, its = moment(one), moment(other)
    if mine is None or its is None:
        return None
    if isinstance(mine, dt.datetime) and isinstance(its, dt.datetime):
        return abs((mine - its).total_seconds())
    gap = abs(_seconds(mine) - _seconds(its))
    return min(gap, _DAY_S - gap)


def moment(event: Administration) -> dt.datetime | dt.time | None:
    """Return the start as local date and time, or the time alone where only that is said."""
    if event.start is not None:
        return event.start.replace(tzinfo=None)
    return event.start_time


def _seconds(of: dt.datetime | dt.time) -> float:
    return of.hour * 3600 + of.minute * 60 + of.second + of.microsecond / 1e6
