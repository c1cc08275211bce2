"""The size of the patient by the CT images, series by series, and the event that each is of."""

from typing import Any, NamedTuple

from django.http import HttpRequest

from kerma.pipeline import computed, ct_size
from kerma.pipeline.ct_size import Match
from kerma.store import ct_sizes
from kerma.store.models import CtEvent, Study
from kerma.web import formats, study_part
from kerma.web.access import may
from kerma.web.study_part import StudyPart

_FEW = 50


class Line(NamedTuple):
    """The images of one acquisition in one series; diameters in cm."""

    series: str
    acquisition: str
    images: int
    mean: str
    least: str
    greatest: str
    middle: str
    cut_off: str
    is_cut_off: bool
    number: int
    """That of the event, 0 for none."""
    event: str
    sentence: str
    is_used: bool


def _context(request: HttpRequest, study: Study) -> dict[str, Any] | None:
    if study.modality != "CT" or not ct_sizes.of_study(study.study_instance_uid):
        return None
    events = list(CtEvent.objects.filter(study=study).order_by("ordinal"))
    found = ct_size.matches(study, computed.rotating(events))
    return {
        "lines": [_line(one) for one in found[:_FEW]],
        "left_out": max(0, len(found) - _FEW),
        "method": ", ".join(dict.fromkeys(one.size.method for one in found)),
        "administers": may(request.user, "admin"),
    }


def _line(match: Match) -> Line:
    size, event = match.size, match.event
    return Line(
        series="" if size.series_number is None else str(size.series_number),
        acquisition=size.acquisition_number,
        images=size.images,
        mean=_cm(size.mean_mm),
        least=_cm(size.minimum_mm),
        greatest=_cm(size.maximum_mm),
        middle=_cm(size.middle_mm),
        cut_off=f"{size.cut_off_share * 100:.0f}{formats.THIN}%",
        is_cut_off=size.cut_off_share > 0,
        number=0 if event is None else event.ordinal,
        event="" if event is None else event.acquisition_protocol,
        sentence=match.sentence,
        is_used=match.is_used,
    )


def _cm(diameter_mm: float | None) -> str:
    return "" if diameter_mm is None else f"{diameter_mm / 10:.1f}"


study_part.registry.add(StudyPart("ct-size", 70, "web/study_ct_size.html", _context))
