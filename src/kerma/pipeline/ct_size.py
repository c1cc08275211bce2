"""CT images in, the size of the patient kept, and found again for the events of a report.

Nothing of the pixels is kept. Which events the images are of is told by the irradiation event UID,
or because there is only one; it is never guessed.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kerma.dicom import ct_pixels, tags
from kerma.dicom.ct_pixels import CtSlice, NoSize
from kerma.dicom.dataset import DataSet
from kerma.dosimetry import image_size
from kerma.dosimetry.image_size import Placed, SeriesSize
from kerma.dosimetry.size_specific import ImageSize
from kerma.store import ct_sizes, options
from kerma.store.ct_sizes import Place, Section, Summary
from kerma.store.models import CtEvent, CtImageSize, Study

OPTION = "ct_size_from_images"

APART_MM = 10.0
"""About how far apart the images are that are measured on arrival."""

BY_UID = "The images name this irradiation event."
ONLY_ONE = "The images name no irradiation event; this is the only acquisition with rotating tube."


class Measured(NamedTuple):
    """One image, measured."""

    place: Place
    sop_instance_uid: str
    series_number: int | None
    section: Placed


def measure(data: bytes) -> Measured:
    """Return the size of the patient in one image, from the bytes of its file.

    Raises
    ------
    NoSize
        If the image cannot be measured.
    """
    image = ct_pixels.read(data)
    found = image_size.section(image.hu, image.spacing_mm, image.padded)
    if found is None:
        raise NoSize("There is no patient in the image, only air or thin parts.")
    placed = Placed(image.position_mm, round(found.diameter_mm, 2), found.is_cut_off)
    return Measured(_place(image), image.sop_instance_uid, image.series_number, placed)


def _place(image: CtSlice) -> Place:
    """Return where an image belongs; step and shoot may count every step as an acquisition."""
    acquisition = "" if image.irradiation_event_uid else image.acquisition_number
    return Place(
        image.study_instance_uid,
        image.series_instance_uid,
        image.irradiation_event_uid,
        acquisition,
    )


def wants(header: DataSet) -> bool:
    """Return whether an arriving object is an image to measure, and the site wants it measured."""
    return (
        header.first(tags.SOPClassUID) == ct_pixels.CT_IMAGE
        and tags.Rows in header
        and is_sample(header.integer(tags.InstanceNumber), header.number(tags.SliceThickness))
        and bool(options.get(OPTION))
    )


def is_sample(instance_number: int | None, thickness_mm: float | None) -> bool:
    """Return whether an image is one of those that are measured: about one in 10 mm.

    It depends on the image alone, so that the same are measured whatever the order of arrival: of
    images of d mm every nth by instance number, n = 10 / d rounded down. Those that do not say are
    all measured.
    """
    if instance_number is None or thickness_mm is None or not thickness_mm > 0.1:
        return True
    return (instance_number - 1) % max(1, int(APART_MM / thickness_mm)) == 0


def keep(measured: Measured) -> bool:
    """Store what an image shows; return False if it was stored."""
    one = measured.section
    return ct_sizes.add(
        measured.place,
        measured.sop_instance_uid,
        (one.position_mm, one.diameter_mm, one.is_cut_off),
        method=image_size.METHOD,
        series_number=measured.series_number,
        summarise=_summary,
        tells=bool(options.get("compute_ssde")),
    )


def is_kept(header: DataSet) -> bool:
    """Return whether an image was measured, without reading its pixels."""
    uids = header.strings(tags.IrradiationEventUID)
    event = uids[0] if len(uids) == 1 else ""
    acquisition = "" if event else header.first(tags.AcquisitionNumber)
    place = Place(
        header.first(tags.StudyInstanceUID),
        header.first(tags.SeriesInstanceUID),
        event,
        acquisition,
    )
    return ct_sizes.has(place, header.first(tags.SOPInstanceUID), image_size.METHOD)


def _summary(sections: Iterable[Section]) -> Summary:
    found = image_size.summary(Placed(*one) for one in sections)
    assert found is not None
    return Summary(*found)


def series(images: Iterable[Measured]) -> list[tuple[Place, int | None, SeriesSize]]:
    """Return measured images put together, without storing anything, in the order given."""
    groups: dict[Place, dict[str, Measured]] = {}
    for one in images:
        groups.setdefault(one.place, {})[one.sop_instance_uid] = one
    found = []
    for place, members in groups.items():
        size = image_size.summary(one.section for one in members.values())
        if size is not None:
            found.append((place, next(iter(members.values())).series_number, size))
    return found


class Match(NamedTuple):
    """A stored row, and the event that its images are of."""

    size: CtImageSize
    event: CtEvent | None
    sentence: str
    """How one knows, or why one does not."""
    is_used: bool
    """Whether it is the one that stands for the event."""


def matches(study: Study, scans: Sequence[CtEvent]) -> list[Match]:
    """Return what is known of the images of a study.

    Parameters
    ----------
    scans
        The events of the study with a rotating tube.
    """
    rows = ct_sizes.of_study(study.study_instance_uid)
    if not rows:
        return []
    by_uid = {one.irradiation_event_uid: one for one in scans if one.irradiation_event_uid}
    only, why_not = _only(study, rows, scans)
    found = [_match(row, by_uid, only, why_not) for row in rows]
    best: dict[int, int] = {}
    for one in sorted(found, key=_good, reverse=True):
        if one.event is not None:
            best.setdefault(one.event.pk, one.size.pk)
    return [
        one._replace(is_used=one.event is not None and best[one.event.pk] == one.size.pk)
        for one in found
    ]


def _match(
    row: CtImageSize, by_uid: dict[str, CtEvent], only: CtEvent | None, why_not: str
) -> Match:
    if row.irradiation_event_uid:
        event = by_uid.get(row.irradiation_event_uid)
        sentence = BY_UID if event else "The images name an irradiation event of no report here."
        return Match(row, event, sentence, False)
    return Match(row, only, ONLY_ONE if only else why_not, False)


def _only(
    study: Study, rows: Sequence[CtImageSize], scans: Sequence[CtEvent]
) -> tuple[CtEvent | None, str]:
    """Return the event that images without a UID must be of, or why they could be of another."""
    unnamed = "The images name no irradiation event, and "
    same = Study.objects.filter(study_instance_uid=study.study_instance_uid, modality="CT")
    if len(scans) != 1:
        return None, f"{unnamed}the report has {len(scans)} acquisitions with rotating tube."
    if any(row.irradiation_event_uid for row in rows):
        return None, f"{unnamed}other images of the study do."
    if len({row.acquisition_number for row in rows}) > 1:
        return None, f"{unnamed}they are of several acquisitions, the report is of one."
    if same.count() > 1:
        return None, f"{unnamed}two scanners have reported under this study."
    return scans[0], ""


def _good(match: Match) -> tuple[float, int]:
    """Return a key by which the best is the greatest: least cut off, then most images."""
    return (-match.size.cut_off_share, match.size.images)


def sizes(study: Study, scans: Sequence[CtEvent]) -> dict[int, ImageSize]:
    """Return the sizes by images of the events, by the number of the event."""
    return {
        one.event.pk: ImageSize(
            images=one.size.images,
            mean_mm=one.size.mean_mm,
            minimum_mm=one.size.minimum_mm,
            maximum_mm=one.size.maximum_mm,
            cut_off_share=one.size.cut_off_share,
            matched=one.sentence,
        )
        for one in matches(study, scans)
        if one.event is not None and one.is_used
    }
