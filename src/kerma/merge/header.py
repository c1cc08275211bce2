"""What is said of a study as a whole, taken from all of its sources.

Sources are given the one to believe most first: the ones that count, reports before images,
the latest content first. None of them puts an empty value over one that is given.
"""

import datetime as dt
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from kerma.merge.fields import R, distinct, fill
from kerma.merge.kinds import only_estimates, tier
from kerma.records import Device, StudyRecord

_OF_ONE_INSTANCE = frozenset(
    {
        "series_instance_uid",
        "sop_instance_uid",
        "sop_class_uid",
        "content_date",
        "content_time",
        "series_description",
        "series_number",
        "instance_number",
        "protocol_name",
        "completion_flag",
        "verification_flag",
        "comment",
    }
)
"""Fields of the header that belong to one object and are not filled from another."""

_NO_FILL = frozenset(
    {"study", "device", "patient", "observer", "patient_characteristics", "totals", "events"}
    | {
        "series",
        "image",
        "estimates",
        "quirks",
        "notes",
        "start_of_irradiation",
        "end_of_irradiation",
    }
)


def by_belief(records: Sequence[StudyRecord], active: frozenset[str]) -> tuple[StudyRecord, ...]:
    """Return records, given in canonical order, the one to believe most first."""

    def belief(record: StudyRecord) -> tuple[bool, int, bool]:
        is_active = record.study.sop_instance_uid in active
        return not only_estimates(record), -tier(record), is_active

    return tuple(sorted(records, key=belief)[::-1])


def merged_header(believed: Sequence[StudyRecord], records: Sequence[StudyRecord]) -> StudyRecord:
    """Return the first record, all but events, series and totals completed from the others.

    Parameters
    ----------
    believed
        The sources, the one to believe most first.
    records
        The same sources in canonical order, in which quirks and notes follow each other.
    """
    first, others = believed[0], believed[1:]
    if not others:
        return first
    return replace(
        fill(first, others, but=_NO_FILL),
        study=fill(first.study, [r.study for r in others], but=_OF_ONE_INSTANCE),
        device=_device([r.device for r in believed]),
        patient=fill(first.patient, [r.patient for r in others]),
        observer=_filled([r.observer for r in believed]),
        patient_characteristics=_filled([r.patient_characteristics for r in believed]),
        image=None,
        estimates=distinct(estimate for record in records for estimate in record.estimates),
        quirks=distinct(quirk for record in records for quirk in record.quirks),
        notes=distinct(note for record in records for note in record.notes),
        start_of_irradiation=_extreme(min, [r.start_of_irradiation for r in records]),
        end_of_irradiation=_extreme(max, [r.end_of_irradiation for r in records]),
    )


def _device(devices: Sequence[Device]) -> Device:
    """Return the first device that says who it is: eight fields of two would be a third device.

    Only the observer's UID, which images do not give, is taken from the others.
    """
    nobody = Device()
    first = next((d for d in devices if replace(d, device_observer_uid="") != nobody), devices[0])
    if first.device_observer_uid:
        return first
    uid = next((d.device_observer_uid for d in devices if d.device_observer_uid), "")
    return replace(first, device_observer_uid=uid) if uid else first


def _filled(given: Sequence[R | None]) -> R | None:
    said = [record for record in given if record is not None]
    return fill(said[0], said[1:]) if said else None


def _extreme(
    choose: Callable[..., dt.datetime], moments: Sequence[dt.datetime | None]
) -> dt.datetime | None:
    """Return the first or last moment by local time, None where none is given."""
    given = [moment for moment in moments if moment is not None]
    return choose(given, key=_local, default=None)


def _local(moment: dt.datetime) -> tuple[dt.datetime, str]:
    return moment.replace(tzinfo=None), str(moment)
