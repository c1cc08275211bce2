"""Values of fluoroscopy exports."""

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from kerma.exports.columns import common
from kerma.exports.columns.base import Columns, Value
from kerma.exports.columns.projection import (
    CGYCM2,
    DECODERS,
    derived,
    filter_materials,
    filter_thicknesses,
)
from kerma.records.study import Totals


def _of_plane(letter: str, field: str, planes: tuple[Totals, ...] | None, whole: Any) -> Any:
    """Return a total of one plane; a study of a single plane is all plane A."""
    if not planes:
        return whole if letter == "A" else None
    found = [one for one in planes if one.plane.strip().upper().endswith(letter)]
    return getattr(found[0], field) if found else None


_TOTALS = (
    ("DAP total (Gy.m^2)", "dap_gym2"),
    ("Dose RP total (Gy)", "rp_dose_gy"),
    ("Fluoro DAP total (Gy.m^2)", "fluoro_dap_gym2"),
    ("Fluoro dose RP total (Gy)", "fluoro_rp_dose_gy"),
    ("Fluoro duration total (s)", "fluoro_time_s"),
    ("Acq. DAP total (Gy.m^2)", "acquisition_dap_gym2"),
    ("Acq. dose RP total (Gy)", "acquisition_rp_dose_gy"),
    ("Acq. duration total (s)", "acquisition_time_s"),
)


def _plane(letter: str) -> tuple[Value, ...]:
    """Return the totals of one plane; the number of its events follows from the events."""
    values = [
        Value(f"{letter} {heading}", f"plane_{letter.lower()}_{field}", ("planes", field),
              "number", get=partial(_of_plane, letter, field))
        for heading, field in _TOTALS
    ]  # fmt: skip
    count = Value(f"{letter} Number of events", f"plane_{letter.lower()}_events",
                  f"{PLANE_EVENTS}{letter}", "whole")  # fmt: skip
    return (*values, count)


PLANE_EVENTS = "events of plane "
"""Path of a value that no table holds: the number of a study's events of a plane."""


def plane_of(acquisition_plane: str) -> str:
    """Return B for the second plane of a biplane system, else A."""
    return "B" if acquisition_plane.strip().upper().endswith("PLANE B") else "A"


_field_size: Callable[..., float | None] = derived("detector_field_size_mm")


def _field(sides: tuple[float, ...] | None, more: Any) -> float | None:
    """Return the nominal field of the detector in mm: its diameter or longer side."""
    return _field_size(max(sides) if sides else None, more)


RF = Columns(
    study=(
        *common.leading(physician=True),
        *_plane("A"),
        *_plane("B"),
        Value("Peak skin dose (Gy)", "peak_skin_dose_gy", "peak_skin_dose_gy", "number",
              extra=True),
    ),
    event=(
        common.EVENT_NUMBER,
        Value("Time", "date_time_started", "date_time_started", "moment"),
        Value("Type", "event_type", "event_type"),
        Value("Protocol", "acquisition_protocol", common.PROTOCOL_PATH),
        common.STANDARD,
        Value("Plane", "acquisition_plane", "acquisition_plane"),
        Value("Field size", "field_size_mm", ("field_of_view_mm", "more"), "number", get=_field),
        Value("Filter material", "filters", "filters", get=filter_materials),
        Value("Mean filter thickness (mm)", "filter_thicknesses_mm", "filters",
              get=filter_thicknesses),
        Value("kVp", "kvp", "kvp", "number"),
        Value("mA", "tube_current_ma", "tube_current_ma", "number"),
        Value("Pulse width (ms)", "pulse_width_ms", "pulse_width_ms", "number"),
        Value("Pulse rate", "pulse_rate_per_s", "pulse_rate_per_s", "number"),
        Value("Number of pulses", "number_of_pulses", "number_of_pulses", "number"),
        Value("Exposure time (ms)", "exposure_time_ms", ("exposure_time_ms", "more"), "number",
              get=derived("exposure_time_ms")),
        Value("Exposure duration (s)", "irradiation_duration_s", "irradiation_duration_s",
              "number"),
        Value("DAP (cGy.cm^2)", "dap_cgycm2", "dap_gym2", "number", CGYCM2),
        Value("Ref point dose (Gy)", "rp_dose_gy", "rp_dose_gy", "number"),
        Value("Primary angle", "primary_angle_deg", "primary_angle_deg", "number"),
        Value("Secondary angle", "secondary_angle_deg", "secondary_angle_deg", "number"),
        Value("mAs", "exposure_mas", "exposure_mas", "number", extra=True),
        Value("Target region", "target_region", "target_region", extra=True),
        common.EVENT_UID,
    ),
    decoders={
        **DECODERS,
        "planes": msgspec.json.Decoder(tuple[Totals, ...] | None),
        "field_of_view_mm": msgspec.json.Decoder(tuple[float, ...] | None),
    },
)  # fmt: skip
