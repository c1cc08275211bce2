"""Dose reports and what a registry such as the ACR Dose Index Registry maps them by.

The registry takes reports without identity and maps the name of the examination, for CT to a code
of the RadLex Playbook, for fluoroscopy and radiography to a name of its own. The list of this set
holds the names of the site with their codes. Its layout is Kerma's; the registry states none.
"""

import datetime as dt
from collections.abc import Iterator
from functools import partial
from typing import Any, BinaryIO, NamedTuple

from kerma.exports.base import Format, Made, Plan, Progress, add
from kerma.exports.reading import Data
from kerma.pipeline.report_sets import (
    FULL,
    NAMED,
    PSEUDONYMS,
    SHIFTED,
    OneStudy,
    Row,
    checked,
    dates,
    devices,
    write_set,
)
from kerma.store.models import StandardName

_OPTIONS = (dates(FULL, SHIFTED), devices(NAMED, PSEUDONYMS))
_HEADINGS = (
    "File", "Patient", "Study Instance UID", "SOP Instance UID", "Modality", "Study date",
    "Age (years)", "Sex", "Height (m)", "Mass (kg)", "Institution", "Station name",
    "Manufacturer", "Model name", "Study description", "Requested procedure", "Procedure",
    "Standard name", "RadLex Playbook ID", "LOINC code", "Number of events",
)  # fmt: skip
_DOSES = {
    "CT": (("DLP (mGy.cm)", "dlp_mgycm"), ("Largest CTDIvol (mGy)", "ctdivol_max_mgy")),
    "RF": (
        ("DAP (Gy.m2)", "dap_gym2"),
        ("Dose at reference point (Gy)", "rp_dose_gy"),
        ("Fluoroscopy time (s)", "fluoro_time_s"),
    ),
    "DX": (("DAP (Gy.m2)", "dap_gym2"),),
    "NM": (("Administered activity (MBq)", "administered_activity_mbq"),),
}
"""Modality -> heading and column of its totals."""
_COLUMNS = (
    "study_date", "age_years", "sex", "height_m", "weight_kg", "institution", "station_name",
    "manufacturer", "model", "study_description", "requested_procedure", "procedure",
    "standard_name", "number_of_events",
)  # fmt: skip
_OLDEST_YEARS = 90


class _Codes(NamedTuple):
    radlex: str = ""
    loinc: str = ""


def write(plan: Plan, data: Data, out: BinaryIO, progress: Progress) -> Made:
    """Write the reports, and the list with names, codes and totals."""
    plan = checked(plan, _OPTIONS)
    doses = _DOSES[plan.modality]
    columns = (*_COLUMNS, *(column for _, column in doses))
    headings = (*_HEADINGS, *(heading for heading, _ in doses))
    named = plan.options["devices"] == NAMED[0]
    rows = partial(_rows, codes=_codes(plan.modality), named=named, doses=dict(doses))
    return write_set(plan, data, out, progress, columns, headings, rows)


def _codes(modality: str) -> dict[str, _Codes]:
    names = StandardName.objects.filter(modality=modality, level=StandardName.Level.STUDY)
    return {
        name: _Codes(radlex, loinc)
        for name, radlex, loinc in names.values_list("name", "radlex_code", "loinc_code")
    }


def _rows(
    study: OneStudy, *, codes: dict[str, _Codes], named: bool, doses: dict[str, str]
) -> Iterator[Row]:
    values = study.values
    code = codes.get(values["standard_name"], _Codes())
    for one in study.reports:
        yield (
            one.file,
            one.patient,
            one.study_uid,
            one.sop_uid,
            one.kind.split()[0],
            _day(values["study_date"], study.days_back),
            _age(values["age_years"]),
            values["sex"],
            values["height_m"],
            values["weight_kg"],
            values["institution"] if named else None,
            values["station_name"] if named else None,
            values["manufacturer"],
            values["model"],
            values["study_description"],
            values["requested_procedure"],
            values["procedure"],
            values["standard_name"],
            code.radlex,
            code.loinc,
            values["number_of_events"],
            *(values[column] for column in doses.values()),
        )


def _day(day: dt.date | None, days_back: int) -> Any:
    return None if day is None else (day - dt.timedelta(days=days_back)).isoformat()


def _age(years: float | None) -> float | None:
    return None if years is None else min(years, float(_OLDEST_YEARS))


add(
    Format(
        name="acr-dir",
        title="Registry set (ACR DIR)",
        suffix=".zip",
        modalities=frozenset(_DOSES),
        write=write,
        explanation="De-identified reports for a dose index registry, with a list of study "
        "descriptions, standard names, RadLex and LOINC codes and totals.",
        options=_OPTIONS,
        identity=False,
        order=310,
    )
)
