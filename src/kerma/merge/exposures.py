"""CT and projection X-ray: documents and images of one study taken together."""

from collections.abc import Sequence

from kerma.merge.events import unite
from kerma.merge.images import Exposure, exposures, match
from kerma.merge.kinds import is_image
from kerma.merge.result import Merged
from kerma.merge.sums import declares
from kerma.merge.totals import parts_of, total
from kerma.records import StudyRecord


def merge_exposures(records: Sequence[StudyRecord]) -> Merged:
    """Return each exposure once, given the sources in canonical order.

    Beside a report that lists no events images tell the exposures, but its totals stand.
    """
    images = [record for record in records if is_image(record)]
    documents = [record for record in records if not is_image(record)]
    union = unite(documents, imaged=any(record.events for record in images))
    reports = [document.record for document in union.active] if union.events else []
    matched = match(exposures(images), union.events, reports)
    events = (*matched.events, *(exposure.event for exposure in matched.further))
    parts = parts_of(union)
    if union.events or not any(declares(part.totals[0]) for part in parts):
        parts = (*parts, *(exposure.part for exposure in matched.further))
    states = {document.record.study.sop_instance_uid: "superseded" for document in union.superseded}
    return Merged(
        events=events,
        totals=total(parts, events),
        states=states | _states_of_images(images, matched.further),
        notes=(*union.notes, *matched.notes),
    )


def _states_of_images(images: Sequence[StudyRecord], further: Sequence[Exposure]) -> dict[str, str]:
    """Return the images that do not count: reported ones, and second images of an exposure."""
    counting = {exposure.shots[0].record.study.sop_instance_uid for exposure in further}
    return {
        image.study.sop_instance_uid: "superseded"
        for image in images
        if image.events and image.study.sop_instance_uid not in counting
    }
