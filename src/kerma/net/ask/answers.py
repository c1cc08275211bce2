"""What a node answers to a query, as plain records: DICOM identifiers in, records out.

Nothing here trusts a node: attributes may be missing, empty, repeated or wrong.
"""

import datetime as dt
import re
import warnings
from collections.abc import Callable, Iterable
from typing import TypeVar

from pydicom import Dataset
from pydicom.multival import MultiValue

from kerma.records.base import Record

T = TypeVar("T")

_LARGEST = 2**31 - 1
_LONGEST_TEXT = 1024


class StudyAnswer(Record, frozen=True, kw_only=True):
    """A study as a node lists it."""

    study_instance_uid: str
    study_date: dt.date | None = None
    study_time: dt.time | None = None
    study_description: str = ""
    station_name: str = ""
    modalities: tuple[str, ...] = ()
    """ModalitiesInStudy; empty where the node does not say."""
    number_of_series: int | None = None


class SeriesAnswer(Record, frozen=True, kw_only=True):
    """A series as a node lists it."""

    series_instance_uid: str
    modality: str = ""
    series_number: int | None = None
    series_description: str = ""
    station_name: str = ""
    number_of_instances: int | None = None


class ImageAnswer(Record, frozen=True, kw_only=True):
    """An object as a node lists it."""

    sop_instance_uid: str
    sop_class_uid: str = ""
    instance_number: int | None = None


def studies(answers: Iterable[Dataset]) -> list[StudyAnswer]:
    """Return the studies listed, each once; what has no UID cannot be asked for and is left out."""
    return _each_once(answers, "StudyInstanceUID", _study)


def series(answers: Iterable[Dataset], study_instance_uid: str) -> list[SeriesAnswer]:
    """Return the series listed of a study, each once; those of other studies are left out."""
    within = ("StudyInstanceUID", study_instance_uid)
    return _each_once(answers, "SeriesInstanceUID", _series, within)


def images(answers: Iterable[Dataset], series_instance_uid: str) -> list[ImageAnswer]:
    """Return the objects listed of a series, each once; those of other series are left out."""
    within = ("SeriesInstanceUID", series_instance_uid)
    return _each_once(answers, "SOPInstanceUID", _image, within)


def _each_once(
    answers: Iterable[Dataset],
    keyword: str,
    read: Callable[[Dataset, str], T],
    within: tuple[str, str] | None = None,
) -> list[T]:
    """Read answers that have a UID of their own, and are not said to be within something else."""
    found: dict[str, T] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for answer in answers:
            if within is not None and _text(answer, within[0]) not in ("", within[1]):
                continue
            uid = _text(answer, keyword)
            if uid and uid not in found:
                found[uid] = read(answer, uid)
    return list(found.values())


def _study(answer: Dataset, uid: str) -> StudyAnswer:
    return StudyAnswer(
        study_instance_uid=uid,
        study_date=_date(answer),
        study_time=_time(answer),
        study_description=_text(answer, "StudyDescription"),
        station_name=_text(answer, "StationName"),
        modalities=_modalities(answer),
        number_of_series=_number(answer, "NumberOfStudyRelatedSeries"),
    )


def _series(answer: Dataset, uid: str) -> SeriesAnswer:
    return SeriesAnswer(
        series_instance_uid=uid,
        modality=_text(answer, "Modality").upper(),
        series_number=_number(answer, "SeriesNumber"),
        series_description=_text(answer, "SeriesDescription"),
        station_name=_text(answer, "StationName"),
        number_of_instances=_number(answer, "NumberOfSeriesRelatedInstances"),
    )


def _image(answer: Dataset, uid: str) -> ImageAnswer:
    return ImageAnswer(
        sop_instance_uid=uid,
        sop_class_uid=_text(answer, "SOPClassUID"),
        instance_number=_number(answer, "InstanceNumber"),
    )


def _modalities(answer: Dataset) -> tuple[str, ...]:
    """Return ModalitiesInStudy, also where a node writes them into one value."""
    parts = re.split(r"[\\/,;\s]+", _text(answer, "ModalitiesInStudy").upper())
    return tuple(dict.fromkeys(filter(None, parts)))


def _date(answer: Dataset) -> dt.date | None:
    digits = re.sub(r"\D", "", _text(answer, "StudyDate"))
    try:
        return dt.datetime.strptime(digits[:8], "%Y%m%d").date()  # noqa: DTZ007 - a date only
    except ValueError:
        return None


def _time(answer: Dataset) -> dt.time | None:
    digits = re.sub(r"\D", "", _text(answer, "StudyTime").partition(".")[0])
    parts = [int(digits[at : at + 2]) for at in range(0, min(len(digits), 6), 2)]
    try:
        return dt.time(*parts) if parts else None  # type: ignore[arg-type]
    except ValueError:
        return None


def _number(answer: Dataset, keyword: str) -> int | None:
    """Return a number; None for what is none, or cannot be a count."""
    try:
        found = int(float(_text(answer, keyword).partition("\\")[0]))
    except (ValueError, OverflowError):
        return None
    return found if 0 <= found <= _LARGEST else None


def _text(answer: Dataset, keyword: str) -> str:
    """Return a value as text, several joined by a backslash; "" for what cannot be read."""
    try:
        value = answer.get(keyword)
    except (ValueError, TypeError, AttributeError, LookupError, UnicodeError, OverflowError):
        return ""
    if value is None:
        return ""
    parts = value if isinstance(value, MultiValue | list | tuple) else [value]
    joined = "\\".join(str(part).strip(" \0") for part in parts if part is not None)
    return joined.replace("\0", "")[:_LONGEST_TEXT]
