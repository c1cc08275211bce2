"""The doses of a study beside the reference levels of its standard name."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.http import HttpRequest

from kerma.query.reference_levels import Reference, levels_for
from kerma.query.reference_levels.lookup import band_of_study, references
from kerma.query.reference_levels.quantities import OF_LEVEL
from kerma.query.reference_levels.typical import LOCALISER, phantom_cm
from kerma.store.models import CtEvent, ProjectionEvent, Study
from kerma.web import formats, study_part
from kerma.web.study_part import StudyPart

_COLUMNS = {
    "dlp_mgycm": "dlp_mgycm",
    "dap_gym2": "dap_gym2",
    "rp_dose_gy": "rp_dose_gy",
    "fluoro_time_s": "fluoro_time_s",
    "agd_mgy": "agd_max_mgy",
    "administered_activity_mbq": "administered_activity_mbq",
}
"""Quantity -> column of the study."""


class Line(NamedTuple):
    """One value beside one level."""

    heading: str
    event: str
    """Number and standard name of the event; "" for the whole study."""
    value: str
    unit: str
    level: str
    label: str
    procedure: str
    source: str
    ratio: str
    fill: float
    tick: float
    is_over: bool


def _context(request: HttpRequest, study: Study) -> dict[str, Any] | None:
    lines = [*_of_study(study), *_of_events(study)]
    if not lines:
        return None
    return {"lines": lines[:_MOST], "more": max(len(lines) - _MOST, 0), "name": study.standard_name}


_MOST = 30


def _of_study(study: Study) -> Iterable[Line]:
    levels = levels_for(study)
    return _lines(study, levels) if levels else ()


def _of_events(study: Study) -> Iterable[Line]:
    """Return the values of single events beside the levels of their standard names."""
    quantities = OF_LEVEL.get((study.modality, "acquisition"), ())
    if not study.standard_acquisitions or not quantities:
        return
    names = study.standard_acquisitions.splitlines()
    found = references(study.modality, "acquisition", names, study.study_date)
    band = band_of_study(study)
    if not any(one.band == band for ones in found.values() for one in ones):
        return
    model = CtEvent if study.modality == "CT" else ProjectionEvent
    for event in model._default_manager.filter(study=study, standard_name__in=found):
        phantom = phantom_cm(event.phantom_type) if isinstance(event, CtEvent) else None
        for one in found[event.standard_name]:
            value = getattr(event, one.quantity, None) if one.quantity in quantities else None
            if value is not None and one.band == band and one.fits(phantom):
                yield _line(one, value, f"{event.ordinal}: {event.standard_name}")


def _lines(study: Study, levels: Iterable[Reference]) -> Iterable[Line]:
    main, mixed = _main_scan(study) if study.modality == "CT" else (None, False)
    for one in levels:
        if one.quantity == "ctdivol_mgy":
            value = main.ctdivol_mgy if main is not None else None
        else:
            value = getattr(study, _COLUMNS[one.quantity])
        phantom = phantom_cm(main.phantom_type) if main is not None else None
        if value is None or not one.fits(phantom) or (mixed and one.quantity == "dlp_mgycm"):
            continue
        yield _line(one, value)


def _main_scan(study: Study) -> tuple[CtEvent | None, bool]:
    """Return the event with the greatest DLP, and whether events are on both phantoms."""
    events = list(CtEvent.objects.filter(study=study).exclude(acquisition_type=LOCALISER))
    phantoms = {phantom_cm(event.phantom_type) for event in events} - {None}
    with_dose = [event for event in events if event.ctdivol_mgy is not None]
    main = max(with_dose, key=lambda event: event.dlp_mgycm or 0.0, default=None)
    return main, len(phantoms) > 1


def _line(one: Reference, value: float, event: str = "") -> Line:
    ratio = value / one.value
    top = max(ratio, 1.0) * 1.1
    return Line(
        heading=one.of.heading,
        event=event,
        value=formats.number(value * one.of.factor),
        unit=one.unit,
        level=formats.number(one.shown),
        label=one.label,
        procedure=one.procedure,
        source=one.source,
        ratio=f"{ratio:.2f}",
        fill=ratio / top,
        tick=1 / top,
        is_over=ratio > 1,
    )


study_part.registry.add(StudyPart("levels", 20, "web/study_levels.html", _context))
