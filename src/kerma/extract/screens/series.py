"""Headers of CT images in, what each acquisition among them says out."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from kerma.dicom import tags
from kerma.dicom.dataset import DataSet
from kerma.extract.ct_image_facts import ImageFacts, facts_of
from kerma.extract.screens.tolerances import tolerance
from kerma.records.base import Record

T = TypeVar("T")


class Series(Record, frozen=True):
    """One acquisition, by the images made from it; None and "" where they do not say or differ."""

    series_numbers: tuple[int, ...] = ()
    acquisition: int | None = None
    protocol: str = ""
    body_part: str = ""
    started: str = ""
    """ISO 8601; of the first image that is at hand."""
    ended: str = ""
    """Of the last one."""
    is_localiser: bool = False
    mode: str = ""
    """`spiral`, `sequenced` or `stationary`."""
    first_mm: float | None = None
    last_mm: float | None = None
    """Places of the outermost images along the table; None if fewer than two are at hand."""
    kvp: float | None = None
    rotation_s: float | None = None
    pitch: float | None = None
    single_mm: float | None = None
    total_mm: float | None = None
    modulation: str = ""


class _Image(Record, frozen=True):
    facts: ImageFacts
    body_part: str
    rotation_s: float | None


def series_of(headers: Iterable[DataSet]) -> tuple[Series, ...]:
    """Return the acquisitions in the order in which they were made.

    Series with one acquisition number are reconstructions of one acquisition, if they agree on
    what does not depend on reconstruction. Derived images, e.g. reformats, are left out.
    """
    groups: dict[object, list[_Image]] = {}
    for header in headers:
        for image in _images(header):
            groups.setdefault(_key(image.facts), []).append(image)
    found = (_series(group) for group in groups.values())
    return tuple(sorted(found, key=lambda one: (one.started, one.series_numbers)))


def _images(header: DataSet) -> list[_Image]:
    if header.first(tags.ImageType).upper() == "DERIVED":
        return []
    part = header.text(tags.BodyPartExamined)
    turn_s = _turn_s(header)
    return [
        _Image(facts=facts, body_part=part, rotation_s=facts.rotation_s or turn_s)
        for facts in facts_of(header)
        if "SECONDARY" not in facts.kind
    ]


def _turn_s(header: DataSet) -> float | None:
    """Return the exposure time of an image where it is that of one rotation: Toshiba's is.

    Others give the time of the whole scan in the same attribute.
    """
    milliseconds = header.number(tags.ExposureTime)
    maker = header.text(tags.Manufacturer).casefold()
    if milliseconds is None or not ("toshiba" in maker or "canon" in maker):
        return None
    seconds = milliseconds / 1000
    return seconds if 0 < seconds <= tolerance("longest_turn_s") else None


def _key(facts: ImageFacts) -> object:
    """Return what images of one acquisition have in common."""
    if facts.events:
        return facts.events
    localiser = _is_localiser(facts)
    if facts.acquisition is None:
        return facts.series
    return facts.acquisition, facts.kvp, facts.pitch, facts.protocol, localiser


def _is_localiser(facts: ImageFacts) -> bool:
    return "LOCALIZER" in facts.kind or facts.mode == "localiser"


def _series(group: Sequence[_Image]) -> Series:
    every = [image.facts for image in group]
    times = sorted(facts.started for facts in every if facts.started)
    places = sorted({facts.z_mm for facts in every if facts.z_mm is not None})
    has_range = len(places) > 1
    return Series(
        series_numbers=tuple(
            sorted({f.series_number for f in every if f.series_number is not None})
        ),
        acquisition=_same(facts.acquisition for facts in every),
        protocol=_same(facts.protocol for facts in every) or "",
        body_part=_same(image.body_part for image in group) or "",
        started=times[0] if times else "",
        ended=times[-1] if times else "",
        is_localiser=_is_localiser(every[0]),
        mode=_same(facts.mode for facts in every) or "",
        first_mm=places[0] if has_range else None,
        last_mm=places[-1] if has_range else None,
        kvp=_same(facts.kvp for facts in every),
        rotation_s=_same(image.rotation_s for image in group),
        pitch=_same(facts.pitch for facts in every),
        single_mm=_same(facts.single_mm for facts in every),
        total_mm=_same(facts.total_mm for facts in every),
        modulation=_same(facts.modulation for facts in every) or "",
    )


def _same(values: Iterable[T]) -> T | None:
    """Return the one value there is; None if there is none, or if there are several."""
    found = {value for value in values if value not in (None, "")}
    return found.pop() if len(found) == 1 else None
