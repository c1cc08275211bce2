"""Values of CT exports."""

from collections.abc import Iterator
from functools import partial
from operator import attrgetter

import msgspec

from kerma.exports.columns import common
from kerma.exports.columns.base import Columns, Value
from kerma.records.ct import CtSource, DoseCheck


class _More(msgspec.Struct, frozen=True):
    """What of an event has no column of its own in the store."""

    sources: tuple[CtSource, ...] = ()
    dose_check: DoseCheck | None = None
    phantom_type_code: str = ""


_NO_SOURCE = CtSource()


def _nth_source(index: int, more: _More) -> CtSource:
    return more.sources[index] if len(more.sources) > index else _NO_SOURCE


def _source(number: int) -> tuple[Value, ...]:
    """Return the values of one X-ray source, from 1."""

    def value(heading: str, name: str, field: str, kind: str = "number") -> Value:
        return Value(
            f"S{number} {heading}", f"source_{number}_{name}", f"source {number}", kind,
            get=attrgetter(field),
        )  # fmt: skip

    return (
        value("Source name", "name", "source_id", "text"),
        value("kVp", "kvp", "kvp"),
        value("mA", "tube_current_ma", "tube_current_ma"),
        value("Maximum mA", "max_tube_current_ma", "max_tube_current_ma"),
        value("Exposure time per rotation", "rotation_time_s", "rotation_time_s"),
    )


_PHANTOMS = {"113690": "16 cm", "113691": "32 cm"}
"""CID 4052: the IEC head and body phantoms by their diameter."""


def _phantom(text: str, more: _More) -> str:
    return _PHANTOMS.get(more.phantom_type_code, text)


def dose_check_text(more: _More) -> str:
    """Return the details of TID 10015 in lines; "" where nothing was configured."""
    check = more.dose_check
    return "" if check is None else "\n".join((*_alerts(check), *_notifications(check)))


def _alerts(check: DoseCheck) -> Iterator[str]:
    if not (check.dlp_alert_configured or check.ctdivol_alert_configured):
        return
    yield "Dose check alerts:"
    yield from _level("DLP alert", "mGy.cm", check.dlp_alert_configured,
                      check.dlp_alert_value_mgycm, "an accumulated forward estimate",
                      check.accumulated_dlp_forward_estimate_mgycm)  # fmt: skip
    yield from _level("CTDIvol alert", "mGy", check.ctdivol_alert_configured,
                      check.ctdivol_alert_value_mgy, "an accumulated forward estimate",
                      check.accumulated_ctdivol_forward_estimate_mgy)  # fmt: skip
    yield from _person(check.alert_reason, check.alert_person_name)


def _notifications(check: DoseCheck) -> Iterator[str]:
    if not (check.dlp_notification_configured or check.ctdivol_notification_configured):
        return
    yield "Dose check notifications:"
    yield from _level("DLP notification", "mGy.cm", check.dlp_notification_configured,
                      check.dlp_notification_value_mgycm, "a forward estimate",
                      check.dlp_forward_estimate_mgycm)  # fmt: skip
    yield from _level("CTDIvol notification", "mGy", check.ctdivol_notification_configured,
                      check.ctdivol_notification_value_mgy, "a forward estimate",
                      check.ctdivol_forward_estimate_mgy)  # fmt: skip
    yield from _person(check.notification_reason, check.notification_person_name)


def _level(
    what: str,
    unit: str,
    configured: bool | None,
    value: float | None,
    of: str,
    estimate: float | None,
) -> Iterator[str]:
    """Return the lines of one value configured and of the estimate against it."""
    if not configured:
        return
    at = "" if value is None else f" at {round(value, 6)} {unit}"
    yield f"{what} is configured{at}"
    if estimate is not None:
        yield f"with {of} of {round(estimate, 6)} {unit}"


def _person(reason: str, name: str) -> Iterator[str]:
    if reason:
        yield f"Reason for proceeding: {reason}"
    if name:
        yield f"Person authorizing irradiation: {name}"


CT = Columns(
    study=(
        *common.leading(),
        Value("Total DLP (mGy.cm)", "dlp_mgycm", "dlp_mgycm", "number"),
        Value("Maximum CTDIvol (mGy)", "ctdivol_max_mgy", "ctdivol_max_mgy", "number", extra=True),
    ),
    event=(
        common.EVENT_NUMBER,
        Value("Acquisition protocol", "acquisition_protocol", common.PROTOCOL_PATH),
        common.STANDARD,
        Value("Acquisition type", "acquisition_type", "acquisition_type"),
        Value("Exposure time (s)", "exposure_time_s", "exposure_time_s", "number"),
        Value("Scanning length (mm)", "scanning_length_mm", "scanning_length_mm", "number"),
        Value("Slice thickness (mm)", "nominal_single_collimation_mm",
              "nominal_single_collimation_mm", "number"),
        Value("Total collimation (mm)", "nominal_total_collimation_mm",
              "nominal_total_collimation_mm", "number"),
        Value("Pitch", "pitch", "pitch", "number"),
        Value("Number of sources", "number_of_xray_sources", "number_of_xray_sources", "whole"),
        Value("CTDIvol (mGy)", "ctdivol_mgy", "ctdivol_mgy", "number"),
        Value("CTDI phantom type", "phantom_type", ("phantom_type", "more"), get=_phantom),
        Value("DLP (mGy.cm)", "event_dlp_mgycm", "dlp_mgycm", "number"),
        *_source(1),
        *_source(2),
        Value("mA modulation type", "modulation_type", "modulation_type"),
        Value("Comments", "event_comment", "comment"),
        Value("Dose check alerts", "dose_check", "more", get=dose_check_text),
        Value("Target region", "target_region", "target_region", extra=True),
        Value("SSDE (mGy)", "ssde_mgy", "ssde_mgy", "number", extra=True),
        Value("Computed SSDE (mGy)", "computed_ssde_mgy", "computed_ssde_mgy", "number",
              extra=True),
        Value("Dw (mm)", "water_equivalent_diameter_mm", "water_equivalent_diameter_mm", "number",
              extra=True),
        common.EVENT_UID,
    ),
    decoders={"more": msgspec.json.Decoder(_More)},
    views={
        "source 1": ("more", partial(_nth_source, 0)),
        "source 2": ("more", partial(_nth_source, 1)),
    },
)  # fmt: skip
