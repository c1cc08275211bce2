"""Exposures of a fluoroscopy study as openSkin reads them: a csv file without heading for each.

The columns and their order are those of the export for openSkin of OpenREM.
"""

import csv
import io
import zipfile
from typing import Any, BinaryIO

from kerma.exports.base import Format, Made, Plan, Progress, add
from kerma.exports.reading import Data
from kerma.exports.spreadsheet import guarded
from kerma.exports.whole_studies import Values, WholeStudy, more, scaled, whole_studies
from kerma.query.materials import symbol

COLUMNS = (
    "patient", "sex", "study_instance_uid", "(empty)", "acquisition plane", "started",
    "event type", "acquisition protocol", "reference point definition", "irradiation event UID",
    "dose area product in Gy·m²", "dose at reference point in Gy", "primary angle in degrees",
    "secondary angle in degrees", "primary end angle in degrees", "secondary end angle in degrees",
    "column angulation in degrees", "type of the copper filter", "its material",
    "its least thickness in mm", "its greatest thickness in mm", "fluoroscopy mode",
    "pulse rate per s", "number of pulses", "kVp", "tube current in mA", "exposure time in ms",
    "pulse width in ms", "exposure in µAs", "focal spot in mm", "irradiation duration in s",
    "average tube current in mA", "source to detector in mm", "source to isocentre in mm",
    "table longitudinal in mm", "table lateral in mm", "table height in mm", "target region",
    "comment",
)  # fmt: skip
"""What each column holds."""

_STUDY = ("sex", "study_instance_uid")
_EVENT = (
    "acquisition_plane", "date_time_started", "event_type", "acquisition_protocol",
    "irradiation_event_uid", "dap_gym2", "rp_dose_gy", "primary_angle_deg", "secondary_angle_deg",
    "primary_end_angle_deg", "secondary_end_angle_deg", "filters", "fluoro_mode",
    "pulse_rate_per_s", "number_of_pulses", "kvp", "tube_current_ma", "exposure_time_ms",
    "pulse_width_ms", "exposure_mas", "focal_spot_mm", "irradiation_duration_s",
    "average_tube_current_ma", "source_to_detector_mm", "source_to_isocenter_mm",
    "table_height_mm", "target_region", "comment", "more",
)  # fmt: skip


def write(plan: Plan, data: Data, out: BinaryIO, progress: Progress) -> Made:
    """Write a zip file with a csv file for each study that has events."""
    rows = empty = 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for study in whole_studies(data, _STUDY, _EVENT, progress):
            rows += len(study.events)
            empty += not study.events
            if study.events:
                packed.writestr(f"openskin-{study.id}.csv", csv_of(study))
    note = f"Studies without events, and so without a file: {empty}."
    return Made(len(data.ids), rows, (note,) if empty else ())


def write_one(plan: Plan, data: Data, out: BinaryIO, progress: Progress) -> Made:
    """Write the csv file of the only study."""
    for study in whole_studies(data, _STUDY, _EVENT, progress):
        out.write(csv_of(study))
    return Made(len(data.ids), data.events)


def csv_of(study: WholeStudy) -> bytes:
    """Return the file of a study: a row for each event, no heading."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows(map(_safe, _row(study.values, event)) for event in study.events)
    return text.getvalue().encode()


def _row(study: Values, event: Values) -> list[Any]:
    copper = _copper(event)
    return [
        "Anon",
        study["sex"],
        study["study_instance_uid"],
        None,
        event["acquisition_plane"],
        event["date_time_started"],
        event["event_type"],
        event["acquisition_protocol"],
        more(event, "reference_point_definition"),
        event["irradiation_event_uid"],
        event["dap_gym2"],
        event["rp_dose_gy"],
        event["primary_angle_deg"],
        event["secondary_angle_deg"],
        event["primary_end_angle_deg"],
        event["secondary_end_angle_deg"],
        more(event, "column_angulation_deg"),
        copper.get("type"),
        copper.get("material"),
        copper.get("thickness_min_mm"),
        copper.get("thickness_max_mm"),
        event["fluoro_mode"],
        event["pulse_rate_per_s"],
        event["number_of_pulses"],
        event["kvp"],
        event["tube_current_ma"],
        event["exposure_time_ms"],
        event["pulse_width_ms"],
        scaled(event["exposure_mas"], 1000),
        event["focal_spot_mm"],
        event["irradiation_duration_s"],
        event["average_tube_current_ma"],
        event["source_to_detector_mm"],
        event["source_to_isocenter_mm"],
        more(event, "table_longitudinal_mm"),
        more(event, "table_lateral_mm"),
        event["table_height_mm"],
        event["target_region"],
        event["comment"],
    ]


def _copper(event: Values) -> Values:
    """Return the copper filter, the last if there are several."""
    found = [one for one in event["filters"] or () if symbol(one.get("material", "")) == "Cu"]
    return found[-1] if found else {}


def _safe(value: Any) -> Any:
    """Return a text without commas, which openSkin takes for the ends of cells."""
    return guarded(value.replace(",", ";")) if isinstance(value, str) and value else value


ONE = Format(
    "openskin-study", "openSkin", ".csv", frozenset({"RF"}), write_one, identity=False, order=900
)
"""Of a single study, not listed among the formats of a list."""

add(
    Format(
        name="openskin",
        title="openSkin",
        suffix=".zip",
        modalities=frozenset({"RF"}),
        write=write,
        explanation="For the stand-alone program openSkin: a csv file for each study with the "
        "geometry and dose of every exposure.",
        streams=True,
        identity=False,
        order=210,
    )
)
