"""Image series of a study: several images of one series are one entry."""

from collections import defaultdict
from collections.abc import Sequence

from msgspec.structs import replace

from kerma.merge.fields import distinct, fill
from kerma.records import ImageSeries, StudyRecord

_NO_NUMBER = 2**31
"""An image without instance number comes after those with one."""


def merged_series(records: Sequence[StudyRecord]) -> tuple[ImageSeries, ...]:
    """Return one entry for each Series Instance UID, by date and time of the series.

    Values that vary from image to image are those of the image with the lowest instance
    number; energy windows and rotations of all images are kept.
    """
    found = [_one(uid, [series for _, series in given]) for uid, given in _by_uid(records).items()]
    return tuple(
        sorted(found, key=lambda s: (str(s.series_date_time or "~"), s.series_instance_uid))
    )


def chosen_images(records: Sequence[StudyRecord]) -> set[str]:
    """Return the SOP Instance UIDs of the images whose values stand for their series."""
    return {given[0][0].study.sop_instance_uid for given in _by_uid(records).values()}


def _by_uid(
    records: Sequence[StudyRecord],
) -> dict[str, list[tuple[StudyRecord, ImageSeries]]]:
    """Return Series Instance UID -> the images, the one to choose first."""
    found: dict[str, list[tuple[StudyRecord, ImageSeries]]] = defaultdict(list)
    for record in sorted(records, key=_by_instance):
        for series in record.series or filter(None, [record.image]):
            uid = series.series_instance_uid or record.study.series_instance_uid
            found[uid or record.study.sop_instance_uid].append((record, series))
    return found


def _by_instance(record: StudyRecord) -> tuple[int, str]:
    number = record.study.instance_number
    return _NO_NUMBER if number is None else number, record.study.sop_instance_uid


def _one(uid: str, given: Sequence[ImageSeries]) -> ImageSeries:
    first, others = given[0], given[1:]
    if not others:
        return first
    return replace(
        fill(first, others),
        energy_windows=distinct(window for series in given for window in series.energy_windows),
        rotations=distinct(rotation for series in given for rotation in series.rotations),
    )
