"""Studies as rows of the UK radiography survey of 2019: single projections, or whole studies."""

from collections.abc import Sequence
from typing import Any, BinaryIO

from kerma.exports.base import Format, Made, Option, Plan, Progress, add, option
from kerma.exports.columns.projection import CGYCM2
from kerma.exports.reading import Data
from kerma.exports.whole_studies import (
    Form,
    Values,
    WholeStudy,
    joined,
    more,
    scaled,
    whole_studies,
)
from kerma.query.materials import symbol

_FEW, _MANY = 6, 20
"""Projections of a study the form has columns for: as a rule, and in skeletal surveys."""

_UNIT = "cGy·cm²"
_BEFORE_DAP = ("", "PHE Record No", "Contributor's record ID", "Exam date")
_AFTER_DAP = (
    "DAP dose units", "Protocol name", "Patient weight", "", "", "Patient age", "Sex", "Height",
)  # fmt: skip
_PROJECTION = (
    "Detector used", "Grid used", "FDD", "Filtration in mm Al", "AEC used", "kVp", "mAs",
    "Patient position", "Detector in bucky", "Other projection info",
)  # fmt: skip
_END = (
    "Additional one", "Additional two", "Additional three", "Additional four", "SNOMED CT code",
    "NICIP code", "Variation in dose collection", "Other information, comments",
)  # fmt: skip

_STUDY = (
    "study_date", "procedure", "requested_procedure", "study_description", "weight_kg",
    "age_years", "sex", "height_m", "dap_gym2", "number_of_events",
)  # fmt: skip
_EVENT = (
    "acquisition_protocol", "dap_gym2", "grid", "source_to_detector_mm", "filters",
    "exposure_control_mode", "kvp", "exposure_mas", "exposure_index", "view", "more",
)  # fmt: skip


def write_single(plan: Plan, data: Data, out: BinaryIO, progress: Progress) -> Made:
    """Write a row for each study, of its first projection."""
    with Form(out, "PHE DX 2019 Single Projection") as form:
        form.headings(0, (*_BEFORE_DAP, "Projection DAP dose", *_AFTER_DAP, *_PROJECTION, *_END))
        several = rows = 0
        for study in whole_studies(data, _STUDY, _EVENT, progress):
            if not study.events:
                continue
            rows += 1
            several += len(study.events) > 1
            first = study.events[0]
            name = _name(study.values, first["acquisition_protocol"])
            form.write(rows, [*_patient(study, rows, first["dap_gym2"], name), *_projection(first)])
    note = f"Studies with more than one projection, of which only the first is given: {several}."
    return Made(len(data.ids), rows, (note,) if several else ())


def write_study(plan: Plan, data: Data, out: BinaryIO, progress: Progress) -> Made:
    """Write a row for each study with all its projections, up to 20."""
    places = _FEW if data.most_events <= _FEW else _MANY
    with Form(out, "PHE DX 2019 Exam") as form:
        form.headings(0, _study_headings(places))
        longer = rows = 0
        for study in whole_studies(data, _STUDY, _EVENT, progress):
            if not study.events:
                continue
            rows += 1
            longer += len(study.events) > places
            form.write(rows, _study_row(study, rows, places))
    note = (
        f"Studies with more than {places} projections, of which the further are left out: {longer}."
    )
    return Made(len(data.ids), rows, (note,) if longer else ())


def _study_headings(places: int) -> list[str]:
    found = [*_BEFORE_DAP, "Study DAP dose", *_AFTER_DAP, "number of projections"]
    found += [f"Projection {number} DAP" for number in range(1, places + 1)]
    for number in range(1, places + 1):
        found += [f"Projection {number} Name", *_PROJECTION]
    return [*found, *_END]


def _study_row(study: WholeStudy, number: int, places: int) -> list[Any]:
    values = study.values
    events = study.events[:places]
    doses = [scaled(one["dap_gym2"], CGYCM2) for one in events]
    row = [*_patient(study, number, values["dap_gym2"], _name(values))]
    row += [values["number_of_events"], *doses, *[None] * (places - len(doses))]
    for event in events:
        row += [event["acquisition_protocol"], *_projection(event)]
    return row


def _patient(study: WholeStudy, number: int, dap_gym2: float | None, name: str) -> list[Any]:
    """Return columns A to M."""
    values = study.values
    return [
        None,
        number,
        study.id,
        values["study_date"],
        scaled(dap_gym2, CGYCM2),
        _UNIT,
        name,
        values["weight_kg"],
        None,
        None,
        values["age_years"],
        values["sex"],
        values["height_m"],
    ]


def _name(values: Values, protocol: str = "") -> str:
    named = (values["procedure"], values["requested_procedure"], values["study_description"])
    return joined((*named, protocol))


def _projection(event: Values) -> list[Any]:
    return [
        None,
        _grid(event),
        scaled(event["source_to_detector_mm"], 0.1),
        _filtration(event),
        event["exposure_control_mode"],
        event["kvp"],
        event["exposure_mas"],
        _position(event),
        None,
        _info(event),
    ]


def _grid(event: Values) -> str:
    distance = more(event, "grid_focal_distance_mm")
    focus = f"focal distance {distance:g} mm" if distance else ""
    return _said([*(event["grid"] or ()), focus])


def _filtration(event: Values) -> str:
    """Return every filter with its thickness in mm: "Al 1, Cu 0.2"."""
    return _said([_filter(one) for one in event["filters"] or ()])


def _filter(one: Values) -> str:
    ends = [one[end] for end in ("thickness_min_mm", "thickness_max_mm") if one.get(end)]
    thickness = f" {sum(ends) / len(ends):.4g}" if ends else ""
    return f"{symbol(one.get('material', ''))}{thickness}"


def _position(event: Values) -> str:
    return _said([
        more(event, "patient_orientation"),
        more(event, "patient_orientation_modifier"),
        more(event, "patient_table_relationship"),
    ])  # fmt: skip


def _info(event: Values) -> str:
    index = event["exposure_index"]
    return _said([f"EI: {index:.2f}" if index is not None else "", event["view"]], " ")


def _said(texts: Sequence[str | None], between: str = ", ") -> str:
    return between.join(text for text in texts if text)


_KIND = Option(
    "rows",
    "Survey",
    (("single", "Single projections"), ("study", "Studies of up to 20 projections")),
)


def write(plan: Plan, data: Data, out: BinaryIO, progress: Progress) -> Made:
    """Write the sheet that is chosen."""
    single = option(plan, _KIND) == "single"
    return (write_single if single else write_study)(plan, data, out, progress)


add(
    Format(
        name="uk-dx-2019",
        title="UK radiography survey 2019",
        suffix=".xlsx",
        modalities=frozenset({"DX"}),
        write=write,
        explanation="Rows for the sheets of Public Health England (now UKHSA): one projection, or "
        "a study with up to 20. Filter one examination first.",
        options=(_KIND,),
        identity=False,
        order=200,
    )
)
