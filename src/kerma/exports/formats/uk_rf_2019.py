"""Studies as rows of the UK survey of 2019 on fluoroscopy and interventional radiology."""

from collections.abc import Sequence
from typing import Any, BinaryIO

from kerma.exports.base import Format, Made, Plan, Progress, add
from kerma.exports.reading import Data
from kerma.exports.whole_studies import (
    Form,
    Values,
    WholeStudy,
    distinct,
    joined,
    more,
    whole_studies,
)
from kerma.query.materials import symbol

_UNITS = ("", "", "", "", "", "Gy·m²", "", "seconds", "Gy")
_UNITS_ROW, _FIRST_ROW = 3, 6
"""Counted from 0: the units stand in row 4, the studies from row 7 on."""
_HEADINGS_ROW = 2
_HEADINGS = (
    "", "Record", "Contributor's record", "Exam date", "DAP, total", "DAP, fluoroscopy",
    "DAP, acquisition", "Fluoroscopy time", "Dose at reference point, total",
    "Dose at reference point, fluoroscopy", "Dose at reference point, acquisition",
    "Examination", "Patient weight (kg)", "", "Patient age (years)", "Sex", "Height (m)",
    "Fluoroscopy protocols", "Fluoroscopy mode", "Fluoroscopy frame rate (per s)",
    "Acquisition frame rate (per s)", "Number of acquisitions", "Grid", "AEC used",
    "Patient position", "Digital subtraction", "Circular field of view",
    "Rectangular field of view", "Diagonal field of view", "Filtration automatic", "Copper filter",
    "Aluminium filter", *[""] * 10, "Frame rates",
)  # fmt: skip
"""In our words: no source gives those of the form, whose order the columns have."""
_SEVERAL = "Multiple rates"

_STUDY = (
    "study_date", "dap_gym2", "fluoro_dap_gym2", "acquisition_dap_gym2", "fluoro_time_s",
    "rp_dose_gy", "fluoro_rp_dose_gy", "acquisition_rp_dose_gy", "procedure",
    "requested_procedure", "study_description", "weight_kg", "age_years", "sex", "height_m",
)  # fmt: skip
_EVENT = (
    "event_type", "event_type_code", "acquisition_protocol", "fluoro_mode", "pulse_rate_per_s",
    "grid", "collimated_field_area_m2", "collimated_field_width_mm", "collimated_field_height_mm",
    "field_of_view_mm", "filters", "more",
)  # fmt: skip


def write(plan: Plan, data: Data, out: BinaryIO, progress: Progress) -> Made:
    """Write a row for each study."""
    with Form(out, "PHE IR-Fluoro") as form:
        form.headings(_HEADINGS_ROW, _HEADINGS)
        form.headings(_UNITS_ROW, _UNITS)
        for study in whole_studies(data, _STUDY, _EVENT, progress):
            form.write(_FIRST_ROW - 1 + study.number, _row(study))
    return Made(len(data.ids), len(data.ids))


def _row(study: WholeStudy) -> list[Any]:
    values, events = study.values, study.events
    acquisitions = [one for one in events if _is_acquisition(one)]
    fluoroscopy = [one for one in events if not _is_acquisition(one)]
    seen = _rates(fluoroscopy)
    taken = _rates(acquisitions, without="Single shot")
    return [
        None,
        study.number,
        study.id,
        *(values[name] for name in _STUDY[:8]),
        joined([values[name] for name in _STUDY[8:11]]),
        values["weight_kg"],
        None,
        values["age_years"],
        values["sex"],
        values["height_m"],
        joined([one["acquisition_protocol"] for one in fluoroscopy]),
        joined([one["fluoro_mode"] for one in fluoroscopy]),
        _rate(seen),
        _rate(taken),
        len(acquisitions),
        joined([grid for one in events for grid in one["grid"] or ()]),
        None,
        joined([_position(one) for one in events]),
        None,
        None,
        _rectangle(events),
        _fields(events),
        None,
        _thickness(events, "Cu"),
        _thickness(events, "Al"),
        *[None] * 10,
        " ".join(filter(None, (_all("Fluoro", seen), _all("Acquisition", taken)))),
    ]


def _is_acquisition(event: Values) -> bool:
    """Return whether an event is no fluoroscopy: stationary, stepping or rotational acquisition."""
    code: str = event["event_type_code"]
    return code.startswith("11361") if code else "Acquisition" in event["event_type"]


def _rates(events: Sequence[Values], without: str = "") -> list[str | float]:
    """Return the different pulse rates; `without` names events that have none."""
    found: list[str | float] = sorted(distinct([one["pulse_rate_per_s"] for one in events]))
    if without and any(one["pulse_rate_per_s"] is None for one in events):
        found.insert(0, without)
    return found


def _rate(rates: list[str | float]) -> str | float | None:
    if len(rates) > 1:
        return _SEVERAL
    return rates[0] if rates else None


def _all(kind: str, rates: list[str | float]) -> str:
    if len(rates) < 2:
        return ""
    words = (rate if isinstance(rate, str) else f"{rate:.1f}" for rate in rates)
    return f"{kind}: {' | '.join(words)} fps."


def _position(event: Values) -> str:
    said = (
        more(event, "patient_table_relationship"),
        more(event, "patient_orientation"),
        more(event, "patient_orientation_modifier"),
    )
    return ", ".join(filter(None, said))


def _rectangle(events: Sequence[Values]) -> str:
    """Return the least and the greatest of area, width and height."""
    measures = (
        ("Area", "collimated_field_area_m2", 1.0, "m²"),
        ("Width", "collimated_field_width_mm", 1e-3, "m"),
        ("Height", "collimated_field_height_mm", 1e-3, "m"),
    )
    said = []
    for name, column, factor, unit in measures:
        found = [one[column] * factor for one in events if one[column]]
        if found:
            said.append(f"{name} {min(found):.4f} to {max(found):.4f} {unit}")
    return ", ".join(said)


def _fields(events: Sequence[Values]) -> str:
    sizes = distinct([size for one in events for size in one["field_of_view_mm"] or ()])
    return ", ".join(f"{size:g}" for size in sizes) + " mm" if sizes else ""


def _thickness(events: Sequence[Values], material: str) -> str:
    """Return the thickness of all filters of a material, "0.1 - 0.9 mm"."""
    filters = [one for event in events for one in event["filters"] or ()]
    found = [
        one["thickness_max_mm"]
        for one in filters
        if one.get("thickness_max_mm") and symbol(one.get("material", "")) == material
    ]
    return f"{min(found):.2g} - {max(found):.2g} mm" if found else ""


add(
    Format(
        name="uk-rf-2019",
        title="UK fluoroscopy survey 2019",
        suffix=".xlsx",
        modalities=frozenset({"RF"}),
        write=write,
        explanation="Rows for the sheet of Public Health England (now UKHSA) on fluoroscopy and "
        "interventional radiology. Filter one examination first.",
        identity=False,
        order=200,
    )
)
