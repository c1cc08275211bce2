"""Studies as rows of the UK CT dose surveys of 2019: PHE for adults, IPEM and PHE for children.

The rows below the heading are pasted into the survey's own workbook: from row 150 on for adults,
from row 152 on for children.
"""

from typing import Any, BinaryIO

from kerma.exports.base import Format, Made, Option, Plan, Progress, add, option
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

_PATIENT = ("Patient No", "Age (yrs)", "Weight (kg)", "Height (cm)")
_SERIES = (
    "Imaged length", "Start position", "End position", "kV", "CTDI phantom", "Scan FOV (mm)",
    "CTDIvol (mGy)*", "DLP (mGy.cm)*",
)  # fmt: skip
_AT_FIRST = 4
"""Series that the form has columns for before the total; further ones follow the comments."""
_END = ("Total DLP* (whole scan) mGy.cm", "Patient comments")
_HEADINGS = (*_PATIENT, *(_SERIES * _AT_FIRST), *_END)

_FORM = Option(
    "form",
    "Survey",
    (("adult", "Adults: paste at row 150"), ("paediatric", "Children: paste at row 152")),
    "Paste the rows below the heading into the sheet of the protocol.",
)
_ADULT_YEARS = 16
"""Age from which a patient belongs into the survey of adults."""
_LOCALISER = "Constant Angle Acquisition"
_PHANTOMS = {"113690": "16 cm", "113691": "32 cm"}
"""Code of the CTDI phantom (PS3.16 CID 4052) -> its diameter."""

_STUDY = ("age_years", "weight_kg", "height_m", "dlp_mgycm")
_EVENT = (
    "acquisition_type", "scanning_length_mm", "kvp", "phantom_type", "ctdivol_mgy", "dlp_mgycm",
    "more",
)  # fmt: skip


def write(plan: Plan, data: Data, out: BinaryIO, progress: Progress) -> Made:
    """Write a row for each study, its series without localisers to the right."""
    adults = option(plan, _FORM) == "adult"
    with Form(out, "PHE CT 2019" if adults else "IPEM PHE paediatric CT 2019") as form:
        form.headings(0, _HEADINGS)
        other = 0
        for study in whole_studies(data, _STUDY, _EVENT, progress):
            age = study.values["age_years"]
            other += age is not None and (age >= _ADULT_YEARS) != adults
            form.write(study.number, _row(study))
    return Made(len(data.ids), len(data.ids), _notes(other, adults=adults))


def _row(study: WholeStudy) -> list[Any]:
    values = study.values
    series = [one for one in study.events if one["acquisition_type"] != _LOCALISER]
    types = joined([one["acquisition_type"] or "unknown type" for one in series])
    cells = [_series(one) for one in series]
    blank: list[Any] = [None] * len(_SERIES)
    first = cells[:_AT_FIRST] + [blank] * (_AT_FIRST - len(cells))
    return [
        study.number,
        values["age_years"],
        values["weight_kg"],
        scaled(values["height_m"], 100),
        *(cell for one in first for cell in one),
        values["dlp_mgycm"],
        f"Series types: {types}" if types else None,
        *(cell for one in cells[_AT_FIRST:] for cell in one),
    ]


def _series(event: Values) -> list[Any]:
    return [
        event["scanning_length_mm"],
        more(event, "bottom_z_location_of_scanning_length_mm"),
        more(event, "top_z_location_of_scanning_length_mm"),
        _kv(event),
        _PHANTOMS.get(more(event, "phantom_type_code") or "", event["phantom_type"]),
        None,
        event["ctdivol_mgy"],
        event["dlp_mgycm"],
    ]


def _kv(event: Values) -> float | str | None:
    """Return the tube voltage; of two tubes both, "140 | 100"."""
    tubes = [one["kvp"] for one in more(event, "sources") or () if one.get("kvp") is not None]
    if len(tubes) > 1:
        return " | ".join(f"{kvp:g}" for kvp in tubes)
    kvp: float | None = event["kvp"]
    return kvp


def _notes(other: int, *, adults: bool) -> tuple[str, ...]:
    if not other:
        return ()
    ages = "younger than 16 years" if adults else "of 16 years and older"
    return (f"Patients {ages}, who belong into the other survey: {other}.",)


add(
    Format(
        name="uk-ct-2019",
        title="UK CT survey 2019",
        suffix=".xlsx",
        modalities=frozenset({"CT"}),
        write=write,
        explanation="Rows for the sheets of Public Health England (now UKHSA) and, for children, "
        "of IPEM. Filter one protocol of one scanner first. Localisers are left out.",
        options=(_FORM,),
        identity=False,
        order=200,
    )
)
