"""A merged record in, the row of its study out."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import msgspec

from kerma.records import Administration, CtEvent, ProjectionEvent, StudyHeader, StudyRecord
from kerma.store import event_types
from kerma.store.identity import split

Row = dict[str, Any]

NO_DATE = dt.date(1, 1, 1)
"""Day of studies without a date: they sort as the oldest."""


def study_row(record: StudyRecord) -> Row:
    """Return all columns that follow from the record alone."""
    return {
        **_header(record),
        **_procedure(record),
        **_patient(record),
        **_totals(record),
        **event_types.counts(record),
        **_of_ct(record),
        **_of_projection(record),
        **_of_nuclear(record),
        "acquisition_protocols": _lines(_named("acquisition_protocol", record)),
        "target_regions": _lines(_named("target_region", record)),
    }


def _header(record: StudyRecord) -> Row:
    study, device = record.study, record.device
    return {
        "study_instance_uid": study.study_instance_uid,
        "modality": record.modality,
        "study_date": study.study_date,
        "study_time": study.study_time,
        "date_time": _date_time(record),
        "study_id": study.study_id,
        "manufacturer": record.manufacturer or device.manufacturer,
        "model": record.model or device.model,
        "institution": study.institution or device.institution,
        "department": study.department or device.department,
        "station_name": study.station_name or device.station_name,
        "physician": study.performing_physician,
        "operator": study.operator,
        "quirks": record.quirks,
        "notes": record.notes,
    }


def _procedure(record: StudyRecord) -> Row:
    study = record.study
    return {
        "study_description": study.study_description,
        "requested_procedure": study.requested_procedure,
        "procedure": study.performed_procedure_step_description or _performed(study),
        "procedure_reported": record.procedure_reported,
        "protocol_name": study.protocol_name,
        "intent": record.intent,
        "comment": _lines((record.report_comment, record.dose_comments, study.comment)),
    }


def _performed(study: StudyHeader) -> str:
    """Return the meaning of the code of the procedure."""
    code = study.performed_procedure_code or study.procedure_code
    return code.meaning if code else ""


def _date_time(record: StudyRecord) -> dt.datetime:
    """Return when the study was, as well as the record tells."""
    study = record.study
    if study.study_date:
        return dt.datetime.combine(study.study_date, study.study_time or dt.time())
    if study.content_date:
        return dt.datetime.combine(study.content_date, study.content_time or dt.time())
    if record.start_of_irradiation:
        return record.start_of_irradiation.replace(tzinfo=None)
    return dt.datetime.combine(NO_DATE, dt.time())


def _patient(record: StudyRecord) -> Row:
    patient = record.patient
    name, name_hashed = split(patient.name)
    patient_id, id_hashed = split(patient.id)
    accession, accession_hashed = split(record.study.accession_number)
    return {
        "patient_name": name,
        "patient_name_hashed": name_hashed,
        "patient_id": patient_id,
        "patient_id_hashed": id_hashed,
        "accession_number": accession,
        "accession_number_hashed": accession_hashed,
        "birth_date": patient.birth_date,
        "age_years": patient.age_years,
        "sex": patient.sex,
        "height_m": patient.height_m,
        "weight_kg": patient.weight_kg,
    }


def _totals(record: StudyRecord) -> Row:
    totals = record.totals
    left = _either(totals.agd_left_mgy, totals.agd_left_sum_of_events_mgy)
    right = _either(totals.agd_right_mgy, totals.agd_right_sum_of_events_mgy)
    return {
        "events_by_type": totals.events_by_type,
        "number_of_planes": totals.number_of_planes or len(totals.planes) or None,
        "planes": [msgspec.to_builtins(plane) for plane in totals.planes],
        "totals_summed": bool(totals.summed),
        "dlp_mgycm": _either(totals.dlp_mgycm, totals.dlp_sum_of_events_mgycm),
        "dap_gym2": _either(totals.dap_gym2, totals.dap_sum_of_events_gym2),
        "rp_dose_gy": _either(totals.rp_dose_gy, totals.rp_dose_sum_of_events_gy),
        "fluoro_dap_gym2": totals.fluoro_dap_gym2,
        "fluoro_rp_dose_gy": totals.fluoro_rp_dose_gy,
        "fluoro_time_s": totals.fluoro_time_s,
        "acquisition_dap_gym2": totals.acquisition_dap_gym2,
        "acquisition_rp_dose_gy": totals.acquisition_rp_dose_gy,
        "acquisition_time_s": totals.acquisition_time_s,
        "radiographic_frames": totals.radiographic_frames,
        "agd_left_mgy": left,
        "agd_right_mgy": right,
        "agd_max_mgy": max(_said((left, right)), default=None),
        "administered_activity_mbq": totals.administered_activity_mbq,
        "effective_dose_msv": totals.effective_dose_msv,
    }


def _of_ct(record: StudyRecord) -> Row:
    doses = _said(e.ctdivol_mgy for e in record.events if isinstance(e, CtEvent))
    return {"ctdivol_max_mgy": max(doses, default=None)}


def _of_projection(record: StudyRecord) -> Row:
    events = [e for e in record.events if isinstance(e, ProjectionEvent)]
    daps = _said(e.dap_gym2 for e in events)
    thicknesses = _said(e.compressed_thickness_mm for e in events)
    return {
        "event_dap_min_gym2": min(daps, default=None),
        "event_dap_max_gym2": max(daps, default=None),
        "thickness_min_mm": min(thicknesses, default=None),
        "thickness_max_mm": max(thicknesses, default=None),
        "view_codes": _lines(e.view_code for e in events),
        "views": _lines(e.view or e.view_position for e in events),
        "exposure_control_modes": _lines(e.exposure_control_mode for e in events),
    }


def _of_nuclear(record: StudyRecord) -> Row:
    given = [e for e in record.events if isinstance(e, Administration)]
    state = record.patient_characteristics
    return {
        "radiopharmaceuticals": _lines(
            e.radiopharmaceutical_agent or e.radiopharmaceutical for e in given
        ),
        "radionuclides": _lines(e.radionuclide for e in given),
        "series": [msgspec.to_builtins(series) for series in record.series],
        "patient_characteristics": None if state is None else msgspec.to_builtins(state),
    }


def _either(declared: float | None, summed: float | None) -> float | None:
    return summed if declared is None else declared


def _named(name: str, record: StudyRecord) -> Iterable[str]:
    """Return the texts of this name of the events; administrations have none."""
    return (getattr(event, name, "") for event in record.events)


def _said(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _lines(values: Iterable[str]) -> str:
    """Return the distinct texts, one a line, in their order."""
    return "\n".join(dict.fromkeys(value for value in values if value))
