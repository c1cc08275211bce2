"""A selection in, what others rely on of every study out, in the names of the study record."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from kerma.query.conditions import ordering, studies
from kerma.query.selection import Selection

_TEXTS = (
    "study_instance_uid", "modality", "study_description", "requested_procedure",
    "accession_number", "institution", "manufacturer", "model", "station_name", "standard_name",
)  # fmt: skip

_TOTALS = (
    "dlp_mgycm", "dap_gym2", "rp_dose_gy", "fluoro_dap_gym2", "fluoro_rp_dose_gy",
    "fluoro_time_s", "acquisition_dap_gym2", "acquisition_rp_dose_gy", "acquisition_time_s",
    "radiographic_frames", "agd_left_mgy", "agd_right_mgy", "administered_activity_mbq",
    "effective_dose_msv",
)  # fmt: skip

_COUNTS = ("spiral", "sequenced", "stationary", "localiser", "free", "fluoro", "acquisition")

_OTHERS = (
    "kinds", "standard_acquisitions", "study_date", "study_time", "system__display_name",
    "number_of_events", "events_by_type", "planes", "totals_summed",
)  # fmt: skip


def summaries(selection: Selection) -> Iterator[dict[str, Any]]:
    """Return one dictionary for each study; what the objects do not say is left out."""
    paths = (*_TEXTS, *_TOTALS, *_OTHERS, *(f"{name}_events" for name in _COUNTS))
    rows = studies(selection).order_by(*ordering(selection)).values(*paths)
    return map(_summary, rows.iterator(chunk_size=2000))


def _summary(row: dict[str, Any]) -> dict[str, Any]:
    summary: dict[str, Any] = {name: row[name] for name in _TEXTS if row[name] != ""}
    summary["kinds"] = row["kinds"].splitlines()
    if row["standard_acquisitions"]:
        summary["standard_acquisitions"] = row["standard_acquisitions"].splitlines()
    summary["study_date"] = _iso(row["study_date"])
    summary["study_time"] = _iso(row["study_time"])
    summary["display_name"] = row["system__display_name"]
    summary["events"] = row["number_of_events"]
    summary["events_by_type"] = row["events_by_type"]
    counted = _COUNTS[:5] if row["modality"] == "CT" else _COUNTS[5:]
    if row["modality"] in {"CT", "RF"}:
        summary |= {name: row[f"{name}_events"] for name in counted}
    summary |= {name: row[name] for name in _TOTALS}
    if row["planes"]:
        summary["planes"] = row["planes"]
    if row["totals_summed"]:
        summary["summed"] = True
    return {name: value for name, value in summary.items() if value is not None}


def _iso(value: dt.date | dt.time | None) -> str | None:
    return None if value is None else value.isoformat()
