"""The filters there are: one line each; their names are those of addresses and commands."""

from typing import NamedTuple

CGYCM2 = 1e-6
"""Gy·m² per cGy·cm²."""


class Filter(NamedTuple):
    """One filter.

    `kind` is how its value is read and compared: `text` (case-insensitive contains), `from`,
    `until` (dates), `min`, `max`, `count` (a number, `some` or `none`), `test` (`include` or
    `exclude`), `identity` (for the pid group, exact where stored as a hash), `hashable` (the same
    for everybody), `system` (its number), `behind` (part of a chart, see `kerma.query.behind`;
    `path` is the modality).
    `chip` gathers the two ends of a range. The value times `factor` is as stored. `event_path`
    is the value of the events that one single event must have within both ends.
    """

    name: str
    kind: str
    heading: str
    path: str
    chip: str = ""
    unit: str = ""
    factor: float = 1.0
    event_path: str = ""
    also: str = ""
    """A second place where the text may stand."""


def _range(
    name: str, heading: str, path: str, unit: str, factor: float = 1.0
) -> tuple[Filter, Filter]:
    """Return both ends of a range."""
    return (
        Filter(f"{name}_min", "min", heading, path, name, unit, factor),
        Filter(f"{name}_max", "max", heading, path, name, unit, factor),
    )


def _event_range(
    name: str, heading: str, path: str, event_path: str, unit: str, factor: float = 1.0
) -> tuple[Filter, Filter]:
    """Return both ends of a range that one single event must meet.

    The study's least and greatest value rule out most studies before events are looked at.
    """
    least, greatest = path.format("min"), path.format("max")
    return (
        Filter(f"{name}_min", "min", heading, greatest, name, unit, factor, event_path),
        Filter(f"{name}_max", "max", heading, least, name, unit, factor, event_path),
    )


_COMMON = (
    Filter("date_from", "from", "Date", "study_date", "date"),
    Filter("date_until", "until", "Date", "study_date", "date"),
    Filter("study_description", "text", "Study description", "study_description"),
    Filter("requested_procedure", "text", "Requested procedure", "requested_procedure"),
    Filter("procedure", "text", "Procedure", "procedure"),
    Filter("acquisition_protocol", "text", "Acquisition protocol", "acquisition_protocols"),
    Filter("display_name", "text", "Display name", "system__display_name"),
    Filter("system", "system", "System", "system"),
    Filter("station_name", "text", "Station name", "station_name"),
    Filter("manufacturer", "text", "Manufacturer", "manufacturer"),
    Filter("model", "text", "Model", "model"),
    Filter("institution", "text", "Institution", "institution"),
    Filter("accession_number", "hashable", "Accession number", "accession_number"),
    Filter("physician", "text", "Physician", "physician"),
    *_range("age", "Age", "age_years", "years"),
    *_range("weight", "Mass", "weight_kg", "kg"),
    Filter("test_data", "test", "Test data", "not_patient"),
    Filter("standard_name", "text", "Standard name", "standard_name", also="standard_acquisitions"),
    Filter("patient_name", "identity", "Patient name", "patient_name"),
    Filter("patient_id", "identity", "Patient ID", "patient_id"),
)

_EVENTS = Filter("events", "count", "Number of events", "number_of_events")

_CT = (
    *_range("dlp", "DLP", "dlp_mgycm", "mGy·cm"),
    _EVENTS,
    Filter("spiral", "count", "Spiral events", "spiral_events"),
    Filter("sequenced", "count", "Sequenced events", "sequenced_events"),
    Filter("stationary", "count", "Stationary events", "stationary_events"),
    Filter("localiser", "count", "Localisers", "localiser_events"),
)

_PROJECTION = (
    *_range("dap", "DAP", "dap_gym2", "cGy·cm²", CGYCM2),
    *_event_range("acquisition_dap", "Acquisition DAP", "event_dap_{}_gym2", "dap_gym2",
                  "cGy·cm²", CGYCM2),
    _EVENTS,
)  # fmt: skip

_MG = (
    Filter("view_code", "text", "View", "view_codes", also="views"),
    Filter("exposure_control_mode", "text", "Exposure control mode", "exposure_control_modes"),
    *_event_range("thickness", "Breast thickness", "thickness_{}_mm", "compressed_thickness_mm",
                  "mm"),
)  # fmt: skip

_NM = (
    Filter("radiopharmaceutical", "text", "Radiopharmaceutical", "radiopharmaceuticals"),
    Filter("radionuclide", "text", "Radionuclide", "radionuclides"),
    *_range("activity", "Administered activity", "administered_activity_mbq", "MBq"),
    _EVENTS,
)


def _behind(modality: str) -> Filter:
    """Return the filter by a part of a chart."""
    return Filter("behind", "behind", "Part of a chart", modality)


_FILTERS = {
    "CT": (*_COMMON, *_CT, _behind("CT")),
    "RF": (*_COMMON, *_PROJECTION, _behind("RF")),
    "DX": (*_COMMON, *_PROJECTION, _behind("DX")),
    "MG": (*_COMMON, *_PROJECTION, *_MG, _behind("MG")),
    "NM": (*_COMMON, *_NM, _behind("NM")),
    "": (*_COMMON, *_CT, *_PROJECTION, *_MG, *_NM),
}


def filters_of(modality: str, *, identity: bool) -> dict[str, Filter]:
    """Return the filters of a modality by name, "" for all; those of identity only for pid."""
    return {one.name: one for one in _FILTERS[modality] if identity or one.kind != "identity"}
