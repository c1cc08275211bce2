"""The content of a CT dose report in, its record out (PS3.16 TID 10011–10015, 1020, 1021).

Reports differ in their SOP class, and in what the device forgets or nests otherwise; the rows
are the same.
"""

from collections.abc import Iterable
from typing import TypeVar

from kerma.dicom import sr
from kerma.dicom.codes import Key, key, meaning
from kerma.dicom.content import ContentItem, numbers_of
from kerma.extract import header
from kerma.extract.base import DoseObject
from kerma.extract.concepts import common
from kerma.extract.concepts import ct as c
from kerma.merge.sums import events_by_type, exact_sum, sum_of_events
from kerma.records import CtEvent, CtSource, DoseCheck, StudyRecord, Totals

T = TypeVar("T")


def is_ct_report(root: ContentItem) -> bool:
    """Return whether a report carries CT dose: by its containers, else by the procedure reported.

    Containers come first, because devices and converters leave out title and procedure.
    """
    of_ct = bool(root.find(common.CT_ACQUISITION) or root.find(common.CT_ACCUMULATED_DOSE))
    of_projection = bool(
        root.find(common.IRRADIATION_EVENT_X_RAY_DATA) or root.find(common.ACCUMULATED_X_RAY_DOSE)
    )
    if of_ct != of_projection:
        return of_ct
    procedure = sr.code_key(root, common.PROCEDURE_REPORTED)
    return (
        root.concept == common.X_RAY_RADIATION_DOSE_REPORT
        and procedure == common.COMPUTED_TOMOGRAPHY
    )


def record_of(found: DoseObject, kind: str) -> StudyRecord:
    """Read TID 10011 CT Radiation Dose: one line here per row we keep."""
    root = found.root
    observer = header.observer(root)
    events = tuple(event_of(item) for item in _acquisitions(root))
    procedure = sr.child(root, common.PROCEDURE_REPORTED)
    return StudyRecord(
        kind=kind,
        modality="CT",
        manufacturer=found.manufacturer
        or (observer.device_observer_manufacturer if observer else ""),
        model=found.model or (observer.device_observer_model if observer else ""),
        study=header.study_header(found.header),
        device=header.device(found.header, observer.device_observer_uid if observer else ""),
        patient=header.patient(found.header),
        totals=_totals(root, events),
        events=events,
        observer=observer,
        procedure_reported=sr.meaning(root, common.PROCEDURE_REPORTED),
        scope_of_accumulation=sr.meaning(root, common.SCOPE_OF_ACCUMULATION),
        intent=sr.meaning(procedure, common.HAS_INTENT) or sr.meaning(root, common.HAS_INTENT),
        source_of_dose_information=_meanings(root, common.SOURCE_OF_DOSE_INFORMATION),
        start_of_irradiation=sr.datetime(root, c.START_OF_IRRADIATION),
        end_of_irradiation=sr.datetime(root, c.END_OF_IRRADIATION),
        report_comment=_texts(root, common.COMMENT),
    )


def event_of(item: ContentItem) -> CtEvent:
    """Read TID 10013 CT Irradiation Event Data."""
    found: dict[str, object] = {}
    for read in (_description, _parameters, _scanning_length, _dose, _size, _participants):
        found |= read(item)
    return CtEvent(**found)  # type: ignore[arg-type]


def _description(item: ContentItem) -> dict[str, object]:
    """Read rows 2–6f: what was scanned and why."""
    kind = sr.child(item, c.ACQUISITION_TYPE)
    label = sr.child(item, c.EVENT_LABEL)
    repeated = sr.child(item, c.IS_REPEATED)
    started = sr.datetime(item, common.DATE_TIME_STARTED)
    return {
        "irradiation_event_uid": sr.uid(item, common.IRRADIATION_EVENT_UID)
        or sr.uid(item, c.EVENT_UID_ELSEWHERE),
        "irradiation_event_label": label.text if label else "",
        "irradiation_event_label_type": sr.meaning(label, c.LABEL_TYPE),
        "date_time_started": started.isoformat() if started else "",
        "acquisition_protocol": sr.text(item, common.ACQUISITION_PROTOCOL),
        "target_region": sr.meaning(item, common.TARGET_REGION),
        "target_region_code": _code_value(item, common.TARGET_REGION),
        "acquisition_type": _acquisition_type(item),
        "acquisition_type_code": _code_value(item, c.ACQUISITION_TYPE),
        "reconstruction_algorithms": _meanings(kind, c.RECONSTRUCTION_ALGORITHM),
        "procedure_context": sr.meaning(item, c.PROCEDURE_CONTEXT),
        "is_repeated_acquisition": _yes_or_no(item, c.IS_REPEATED),
        "reason_for_repeating": sr.meaning(repeated, c.REASON_FOR_REPEATING),
        "modulation_type": _texts(item, c.MODULATION_TYPE),
        "comment": _texts(item, common.COMMENT),
    }


def _acquisition_type(item: ContentItem) -> str:
    """Return the type in the standard's words, else in the object's."""
    found = sr.code_key(item, c.ACQUISITION_TYPE)
    known = c.ACQUISITION_TYPES.get(found) if found else None
    return known or sr.meaning(item, c.ACQUISITION_TYPE)


def _parameters(item: ContentItem) -> dict[str, object]:
    """Read rows 7–20: CT Acquisition Parameters and, where there is one source, its values."""
    rows = _container(item, c.PARAMETERS) or item
    sources = _sources(rows)
    one = sources[0] if len(sources) == 1 else CtSource()
    return {
        "exposure_time_s": sr.number(rows, c.EXPOSURE_TIME, "s"),
        "nominal_single_collimation_mm": sr.number(rows, c.NOMINAL_SINGLE_COLLIMATION, "mm"),
        "nominal_total_collimation_mm": sr.number(rows, c.NOMINAL_TOTAL_COLLIMATION, "mm"),
        "pitch": sr.number(rows, c.PITCH, "1"),
        "number_of_xray_sources": _count(rows, c.NUMBER_OF_SOURCES),
        "kvp": one.kvp,
        "tube_current_ma": one.tube_current_ma,
        "max_tube_current_ma": one.max_tube_current_ma,
        "rotation_time_s": one.rotation_time_s,
        "sources": sources,
    }


def _sources(rows: ContentItem) -> tuple[CtSource, ...]:
    """Read the CT X-Ray Source Parameters; some devices leave out their container."""
    containers = sr.children(rows, c.XRAY_SOURCE) or (rows,)
    found = (
        CtSource(
            source_id=sr.text(source, c.SOURCE_IDENTIFICATION),
            kvp=sr.number(source, c.KVP, "kV"),
            tube_current_ma=_mean(sr.numbers(source, c.TUBE_CURRENT, "mA")),
            max_tube_current_ma=max(sr.numbers(source, c.MAXIMUM_TUBE_CURRENT, "mA"), default=None),
            rotation_time_s=sr.number(source, c.ROTATION_TIME, "s"),
            aluminum_equivalent_mm=sr.number(source, c.ALUMINUM_EQUIVALENT, "mm"),
        )
        for source in containers
    )
    return tuple(source for source in found if source != CtSource())


def _scanning_length(item: ContentItem) -> dict[str, object]:
    """Read TID 10014 Scanning Length."""
    rows = _container(item, c.PARAMETERS) or item
    return {
        "scanning_length_mm": sr.number(rows, c.SCANNING_LENGTH, "mm"),
        "length_of_reconstructable_volume_mm": sr.number(rows, c.RECONSTRUCTABLE_VOLUME, "mm"),
        "exposed_range_mm": sr.number(rows, c.EXPOSED_RANGE, "mm"),
        "top_z_location_of_reconstructable_volume_mm": sr.number(rows, c.TOP_Z_OF_VOLUME, "mm"),
        "bottom_z_location_of_reconstructable_volume_mm": sr.number(
            rows, c.BOTTOM_Z_OF_VOLUME, "mm"
        ),
        "top_z_location_of_scanning_length_mm": sr.number(rows, c.TOP_Z_OF_SCAN, "mm"),
        "bottom_z_location_of_scanning_length_mm": sr.number(rows, c.BOTTOM_Z_OF_SCAN, "mm"),
        "frame_of_reference_uid": sr.uid(rows, c.FRAME_OF_REFERENCE),
    }


def _dose(item: ContentItem) -> dict[str, object]:
    """Read rows 21–29: CT Dose, absent for most localisers."""
    rows = _container(item, c.DOSE) or item
    effective = sr.child(rows, c.EFFECTIVE_DOSE)
    return {
        "ctdivol_mgy": sr.number(rows, c.MEAN_CTDIVOL, "mGy"),
        "dlp_mgycm": sr.number(rows, c.DLP, "mGy.cm"),
        "phantom_type": sr.meaning(rows, c.PHANTOM_TYPE),
        "phantom_type_code": _code_value(rows, c.PHANTOM_TYPE),
        "ctdi_freeair_calculation_factor_mgy_per_mas": sr.number(
            rows, c.CTDI_FREEAIR_FACTOR, "mGy/mA.s"
        ),
        "mean_ctdi_freeair_mgy": sr.number(rows, c.MEAN_CTDI_FREEAIR, "mGy"),
        "effective_dose_msv": sr.number(rows, c.EFFECTIVE_DOSE, "mSv"),
        "effective_dose_method": sr.meaning(effective, c.MEASUREMENT_METHOD),
        "effective_dose_conversion_factor_msv_per_mgycm": sr.number(
            effective, c.EFFECTIVE_DOSE_FACTOR, "mSv/mGy.cm"
        ),
        "dose_check": _dose_check(rows),
    }


def _size(item: ContentItem) -> dict[str, object]:
    """Read the size specific dose estimate and the patient's size it rests on (row 30)."""
    rows = _container(item, c.DOSE) or item
    estimate = sr.child(rows, c.SSDE)
    near = [estimate, rows, item]
    diameter = _first(sr.child(place, c.WATER_EQUIVALENT_DIAMETER) for place in near)
    return {
        "ssde_mgy": sr.number(rows, c.SSDE, "mGy"),
        "ssde_method": sr.meaning(estimate, c.MEASUREMENT_METHOD),
        "water_equivalent_diameter_mm": _first(
            sr.number(place, c.WATER_EQUIVALENT_DIAMETER, "mm") for place in near
        ),
        "water_equivalent_diameter_method": sr.meaning(diameter, c.MEASUREMENT_METHOD),
        "measured_lateral_dimension_mm": sr.number(estimate, c.LATERAL_DIMENSION, "mm"),
        "measured_ap_dimension_mm": sr.number(estimate, c.AP_DIMENSION, "mm"),
        "derived_effective_diameter_mm": sr.number(estimate, c.EFFECTIVE_DIAMETER, "mm"),
    }


def _dose_check(rows: ContentItem) -> DoseCheck | None:
    """Read TID 10015 CT Dose Check Details."""
    alert, notice = _container(rows, c.ALERT), _container(rows, c.NOTIFICATION)
    if alert is None and notice is None:
        return None
    agreed, noted = sr.child(alert, common.PERSON_NAME), sr.child(notice, common.PERSON_NAME)
    return DoseCheck(
        dlp_alert_configured=_yes_or_no(alert, c.DLP_ALERT_CONFIGURED),
        ctdivol_alert_configured=_yes_or_no(alert, c.CTDIVOL_ALERT_CONFIGURED),
        dlp_alert_value_mgycm=sr.number(alert, c.DLP_ALERT_VALUE, "mGy.cm"),
        ctdivol_alert_value_mgy=sr.number(alert, c.CTDIVOL_ALERT_VALUE, "mGy"),
        accumulated_dlp_forward_estimate_mgycm=sr.number(
            alert, c.ACCUMULATED_DLP_ESTIMATE, "mGy.cm"
        ),
        accumulated_ctdivol_forward_estimate_mgy=sr.number(
            alert, c.ACCUMULATED_CTDIVOL_ESTIMATE, "mGy"
        ),
        alert_reason=sr.text(alert, c.REASON_FOR_PROCEEDING),
        alert_person_name=agreed.text if agreed else "",
        alert_person_role=sr.meaning(agreed, common.PERSON_ROLE_IN_PROCEDURE),
        dlp_notification_configured=_yes_or_no(notice, c.DLP_NOTIFICATION_CONFIGURED),
        ctdivol_notification_configured=_yes_or_no(notice, c.CTDIVOL_NOTIFICATION_CONFIGURED),
        dlp_notification_value_mgycm=sr.number(notice, c.DLP_NOTIFICATION_VALUE, "mGy.cm"),
        ctdivol_notification_value_mgy=sr.number(notice, c.CTDIVOL_NOTIFICATION_VALUE, "mGy"),
        dlp_forward_estimate_mgycm=sr.number(notice, c.DLP_ESTIMATE, "mGy.cm"),
        ctdivol_forward_estimate_mgy=sr.number(notice, c.CTDIVOL_ESTIMATE, "mGy"),
        notification_reason=sr.text(notice, c.REASON_FOR_PROCEEDING),
        notification_person_name=noted.text if noted else "",
        notification_person_role=sr.meaning(noted, common.PERSON_ROLE_IN_PROCEDURE),
    )


def _participants(item: ContentItem) -> dict[str, object]:
    """Read the irradiating device (TID 1021) and who administered the radiation (TID 1020)."""
    device = _with_role(item, common.DEVICE_ROLE_IN_PROCEDURE, c.IRRADIATING_DEVICE)
    operators = [
        person.text
        for person in sr.children(item, common.PERSON_NAME)
        if sr.code_key(person, common.PERSON_ROLE_IN_PROCEDURE) == common.IRRADIATION_ADMINISTERING
    ]
    return {
        "device_manufacturer": sr.text(device, common.DEVICE_MANUFACTURER),
        "device_model": sr.text(device, common.DEVICE_MODEL_NAME),
        "device_serial_number": sr.text(device, common.DEVICE_SERIAL_NUMBER),
        "device_observer_uid": sr.uid(device, common.DEVICE_OBSERVER_UID),
        "operator": "\\".join(operators),
    }


def _with_role(item: ContentItem, concept: Key, role: Key) -> ContentItem | None:
    rows = sr.children(item, concept)
    for row in rows:
        code = row.code
        if code is not None and key(code.value, code.scheme) == role:
            return row
    return rows[0] if rows else None


def _totals(root: ContentItem, events: tuple[CtEvent, ...]) -> Totals:
    """Read TID 10012 CT Accumulated Dose Data."""
    rows = _container(root, common.CT_ACCUMULATED_DOSE)
    return Totals(
        events=len(events),
        events_declared=_count(rows, c.TOTAL_NUMBER_OF_EVENTS),
        events_by_type=events_by_type(events),
        dlp_mgycm=_dlp_total(rows),
        dlp_sum_of_events_mgycm=sum_of_events("dlp_mgycm", events),
        effective_dose_msv=sr.number(rows, c.EFFECTIVE_DOSE_TOTAL, "mSv"),
    )


def _dlp_total(rows: ContentItem | None) -> float | None:
    """Return the total; where only totals per phantom are given, their sum."""
    totals = sr.children(rows, c.DLP_TOTAL)
    parts = [*totals, *sr.children(rows, c.DLP_SUB_TOTAL)]
    whole = [row for row in totals if not row.find(c.PHANTOM_TYPE)]
    by_phantom = {_code_value(row, c.PHANTOM_TYPE): row for row in reversed(parts)}
    chosen = whole[:1] or by_phantom.values()
    said = (sr.number_of(row, "mGy.cm") for row in chosen)
    return exact_sum([value for value in said if value is not None])


def _acquisitions(root: ContentItem) -> list[ContentItem]:
    """Return the event containers, wherever the device nests them."""
    at_root = root.find(common.CT_ACQUISITION)
    if at_root:
        return at_root
    return [item for item in root.walk() if item.concept == common.CT_ACQUISITION]


def _container(item: ContentItem | None, concept: Key) -> ContentItem | None:
    """Return a container directly below `item`, or one level deeper where a device nests it so."""
    if item is None:
        return None
    direct = item.find(concept)
    if direct:
        return direct[0]
    return _first(sr.child(child, concept) for child in item.children)


def _texts(item: ContentItem, concept: Key) -> str:
    """Return the texts of all rows of a concept, a line each, none twice."""
    return "\n".join(dict.fromkeys(row.text for row in item.find(concept) if row.text))


def _meanings(item: ContentItem | None, concept: Key) -> tuple[str, ...]:
    found = (meaning(row.code) or row.text for row in sr.children(item, concept))
    return tuple(filter(None, found))


def _code_value(item: ContentItem, concept: Key) -> str:
    found = sr.code(item, concept)
    return found.value if found else ""


def _yes_or_no(item: ContentItem | None, concept: Key) -> bool | None:
    found = sr.code_key(item, concept)
    return None if found not in (c.YES, c.NO) else found == c.YES


_LARGEST_COUNT = 100_000
"""More events or X-ray sources than any study has: such a number is an error of the device."""


def _count(item: ContentItem | None, concept: Key) -> int | None:
    """Return a number of things; whatever a device writes as its unit, it has none."""
    for row in sr.children(item, concept):
        for value in (value for measured in row.measured for value in numbers_of(measured)):
            if 0 <= value <= _LARGEST_COUNT:
                return int(value)
            row.notes.append(f"{meaning(row.concept_code)} cannot be right; left out.")
    return None


def _mean(values: tuple[float, ...]) -> float | None:
    """Return the mean without zeros, as for values per pulse; zero where all are."""
    said = [value for value in values if value] or list(values)
    return sum(said) / len(said) if said else None


def _first(found: Iterable[T | None]) -> T | None:
    return next((value for value in found if value is not None), None)
