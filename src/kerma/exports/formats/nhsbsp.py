"""Exposures of mammography as the dose database of the NHS Breast Screening Programme takes them.

The view codes are those of the National Co-ordinating Centre for the Physics of Mammography: OB for
the medio-lateral oblique, for the others the codes of the ACR (PS3.16 CID 4014).
"""

import csv
import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from kerma.dicom.codes import key
from kerma.exports.base import Format, Made, Plan, Progress, add
from kerma.exports.reading import Data
from kerma.exports.spreadsheet import guarded
from kerma.exports.whole_studies import Values, whole_studies
from kerma.query.materials import symbol

HEADINGS = (
    "Survey number", "Patient number", "View code", "kV", "Anode", "Filter", "Thickness", "mAs",
    "large cassette used", "auto/man", "Auto mode", "Density setting", "Age", "Comment",
    "AEC density mode",
)  # fmt: skip
"""Columns of the database, in its order."""

SURVEY = 1
"""To be changed by the user where a site has several surveys."""

LEFT_OUT = (
    "scout", "postclip", "prefire", "biopsy", "postfire", "stereo", "specimen", "artefact",
)  # fmt: skip
"""Words of protocols and views that are no part of an examination."""

_VIEWS = {
    "399162004": "CC", "399368009": "OB", "399260004": "ML", "399352003": "LM", "399099002": "LMO",
    "399196006": "FB", "399188001": "SIO", "441555000": "ISO", "399265009": "XCC",
    "399192008": "XCCL", "399101009": "XCCM",
}  # fmt: skip
"""SNOMED CT code of PS3.16 CID 4014 -> view code."""

_NAMED_VIEWS = {
    "cranio-caudal": "CC",
    "medio-lateral oblique": "OB",
    "medio-lateral": "ML",
    "latero-medial": "LM",
    "latero-medial oblique": "LMO",
    "caudo-cranial (from below)": "FB",
    "superolateral to inferomedial oblique": "SIO",
    "inferomedial to superolateral oblique": "ISO",
    "cranio-caudal exaggerated": "XCC",
    "cranio-caudal exaggerated laterally": "XCCL",
    "cranio-caudal exaggerated medially": "XCCM",
}
"""The same by the meaning, where the code is not known."""

_EVENT = (
    "laterality", "view", "view_code", "acquisition_protocol", "kvp", "anode_target", "filters",
    "compressed_thickness_mm", "exposure_mas", "exposure_control_mode",
)  # fmt: skip


def write(plan: Plan, data: Data, out: BinaryIO, progress: Progress) -> Made:
    """Write a row for each exposure that belongs to an examination."""
    text = io.TextIOWrapper(out, "utf-8", errors="replace", newline="")
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    rows = events = 0
    for study in whole_studies(data, ("age_years",), _EVENT, progress):
        lines = list(_lines(study.number, study.values["age_years"], study.events))
        writer.writerows(lines)
        rows += len(lines)
        events += len(study.events)
    text.flush()
    text.detach()
    left = events - rows
    note = (
        f"Left out: {left} of {events} exposures, because they are biopsies, specimens, "
        "stereotactic or test exposures, or their side, view, anode or filter is not said."
    )
    return Made(len(data.ids), rows, (note,) if left else ())


def _lines(patient: int, age: float | None, events: list[Values]) -> Iterator[list[Any]]:
    taken: set[str] = set()
    for event in events:
        view = view_code(event)
        anode, filters = symbol(event["anode_target"]), event["filters"] or []
        if not (view and anode and filters and filters[0].get("material")):
            continue
        mode = event["exposure_control_mode"]
        yield [
            SURVEY,
            patient,
            guarded(_unique(view, taken)),
            event["kvp"],
            guarded(anode),
            guarded(symbol(filters[0]["material"])),
            event["compressed_thickness_mm"],
            event["exposure_mas"],
            None,
            _automatic(mode),
            guarded(mode) if mode else None,
            None,
            age,
            None,
            None,
        ]


def view_code(event: Values) -> str:
    """Return side and view, "LCC" for the left cranio-caudal; "" for what is not to be exported."""
    side: str = event["laterality"][:1].upper()
    view: str = event["view"]
    words = f"{event['acquisition_protocol']} {view}".lower()
    if side not in {"L", "R"} or not view or any(word in words for word in LEFT_OUT):
        return ""
    known = _VIEWS.get(key(event["view_code"], "SRT").value) or _NAMED_VIEWS.get(view.lower())
    return side + (known or view)


def _unique(view: str, taken: set[str]) -> str:
    """Return the view code; a further exposure of one view is LCC2, and so on."""
    code, number = view, 1
    while code in taken:
        number += 1
        code = f"{view}{number}"
    taken.add(code)
    return code


def _automatic(mode: str) -> str | None:
    upper = mode.upper()
    return "AUTO" if "AUTO" in upper else "MANUAL" if "MAN" in upper else None


add(
    Format(
        name="nhsbsp",
        title="NHSBSP dose survey",
        suffix=".csv",
        modalities=frozenset({"MG"}),
        write=write,
        explanation="Mammography of the UK breast screening programme: a row for each exposure "
        "with the view codes of the national centre; patients numbered from 1.",
        streams=True,
        identity=False,
        order=200,
    )
)
