"""CT dose reports (PS3.16 TID 10011)."""

from pydicom.dataset import Dataset
from pydicom.uid import XRayRadiationDoseSRStorage

from kerma.demo.objects import header
from kerma.demo.terms import term
from kerma.dicom.ct_report_rows import accumulated, parameters, period
from kerma.dicom.write import (
    code,
    container,
    dcm,
    document,
    has_concept_mod,
    num,
    pname,
    related,
    text,
    uidref,
)
from kerma.records import CtEvent, DoseCheck, StudyRecord

SOP_CLASS = str(XRayRadiationDoseSRStorage)


def write(record: StudyRecord, old: bool) -> Dataset:
    """Return the report; codes are SNOMED-RT where `old`."""
    return document(
        container(
            dcm("113701", "X-Ray Radiation Dose Report"),
            header.procedure_reported(record, old),
            *header.observer(record),
            *period(record.start_of_irradiation, record.end_of_irradiation),
            header.scope(record),
            accumulated(record.totals.events_declared, record.totals.dlp_mgycm),
            *[_event(event, old) for event in record.events if isinstance(event, CtEvent)],
            *header.source_of_dose_information(record),
            template="10011",
        ),
        **header.attributes(record),
    )


def _event(event: CtEvent, old: bool) -> Dataset:
    """Return one acquisition (TID 10013)."""
    region, context = event.target_region, event.procedure_context
    modulation = event.modulation_type
    return container(
        dcm("113819", "CT Acquisition"),
        text(dcm("125203", "Acquisition Protocol"), event.acquisition_protocol),
        code(dcm("123014", "Target Region"), term(region, old)),
        code(dcm("113820", "CT Acquisition Type"), term(event.acquisition_type, old)),
        code(term("Procedure Context", old), term(context, old)) if context else None,
        uidref(dcm("113769", "Irradiation Event UID"), event.irradiation_event_uid),
        parameters(event),
        _dose(event, old),
        text(dcm("113842", "X-Ray Modulation Type"), modulation) if modulation else None,
        header.irradiating_device(
            event.device_manufacturer, event.device_model, event.device_serial_number
        ),
        template="10013",
    )


def _dose(event: CtEvent, old: bool) -> Dataset:
    ssde_mgy = event.ssde_mgy
    return container(
        dcm("113829", "CT Dose"),
        num(dcm("113830", "Mean CTDIvol"), event.ctdivol_mgy, "mGy"),
        code(dcm("113835", "CTDIw Phantom Type"), term(event.phantom_type)),
        num(dcm("113838", "DLP"), event.dlp_mgycm, "mGy.cm"),
        _size_specific(event, old) if ssde_mgy is not None else None,
        *(_dose_check(event.dose_check, old) if event.dose_check else []),
    )


def _size_specific(event: CtEvent, old: bool) -> Dataset:
    """Return the size-specific dose estimate with its method and the size it was made from."""
    size_mm = event.water_equivalent_diameter_mm
    method = code(term("Measurement Method", old), term(event.ssde_method))
    diameter = num(dcm("113980", "Water Equivalent Diameter"), size_mm, "mm")
    return num(
        dcm("113930", "Size Specific Dose Estimation"),
        event.ssde_mgy,
        "mGy",
        has_concept_mod(method),
        related("INFERRED FROM", diameter),
    )


def _dose_check(check: DoseCheck, old: bool) -> list[Dataset]:
    """Return alert and notification details (TID 10015)."""
    alert_mgy = check.ctdivol_alert_value_mgy
    estimate_mgy = check.accumulated_ctdivol_forward_estimate_mgy
    reason, person = check.alert_reason, check.alert_person_name
    alert = container(
        dcm("113900", "Dose Check Alert Details"),
        _yes_no("113901", "DLP Alert Value Configured", check.dlp_alert_configured, old),
        _yes_no("113902", "CTDIvol Alert Value Configured", check.ctdivol_alert_configured, old),
        num(dcm("113904", "CTDIvol Alert Value"), alert_mgy, "mGy"),
        num(dcm("113906", "Accumulated CTDIvol Forward Estimate"), estimate_mgy, "mGy")
        if estimate_mgy is not None
        else None,
        text(dcm("113907", "Reason for Proceeding"), reason) if reason else None,
        _authorised_by(person) if person else None,
        template="10015",
    )
    dlp, ctdivol = check.dlp_notification_configured, check.ctdivol_notification_configured
    notification = container(
        dcm("113908", "Dose Check Notification Details"),
        _yes_no("113909", "DLP Notification Value Configured", dlp, old),
        _yes_no("113910", "CTDIvol Notification Value Configured", ctdivol, old),
    )
    return [alert, notification]


def _authorised_by(person: str) -> Dataset:
    role = code(term("Person Role in Procedure"), term("Irradiation Authorizing"))
    return pname(dcm("113870", "Person Name"), person, role)


def _yes_no(value: str, meaning: str, said: bool | None, old: bool) -> Dataset:
    return code(dcm(value, meaning), term("Yes" if said else "No", old))
