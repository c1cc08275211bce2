"""Attributes that all objects share, from a record."""

from typing import Any

from pydicom.dataset import Dataset

from kerma.demo.terms import term
from kerma.dicom.write import code, dcm, has_concept_mod, has_obs_context, related, text, uidref
from kerma.records import StudyRecord

_STUDY = {
    "SOPClassUID": "sop_class_uid",
    "SOPInstanceUID": "sop_instance_uid",
    "StudyInstanceUID": "study_instance_uid",
    "SeriesInstanceUID": "series_instance_uid",
    "StudyDate": "study_date",
    "StudyTime": "study_time",
    "ContentDate": "content_date",
    "ContentTime": "content_time",
    "AccessionNumber": "accession_number",
    "StudyID": "study_id",
    "StudyDescription": "study_description",
    "SeriesDescription": "series_description",
    "SeriesNumber": "series_number",
    "InstanceNumber": "instance_number",
    "ProcedureCodeSequence": "procedure_code",
    "ProtocolName": "protocol_name",
    "PerformingPhysicianName": "performing_physician",
    "OperatorsName": "operator",
    "ReferringPhysicianName": "referring_physician",
}
_DEVICE = {
    "Manufacturer": "manufacturer",
    "InstitutionName": "institution",
    "StationName": "station_name",
    "InstitutionalDepartmentName": "department",
    "ManufacturerModelName": "model",
    "DeviceSerialNumber": "serial_number",
    "SoftwareVersions": "software_versions",
}
_PATIENT = {
    "PatientName": "name",
    "PatientID": "id",
    "PatientBirthDate": "birth_date",
    "PatientSex": "sex",
    "PatientSize": "height_m",
    "PatientWeight": "weight_kg",
}


def attributes(record: StudyRecord) -> dict[str, Any]:
    """Return patient, study, series and equipment attributes by keyword, empty ones left out."""
    given: dict[str, Any] = {}
    for names, source in (
        (_STUDY, record.study),
        (_DEVICE, record.device),
        (_PATIENT, record.patient),
    ):
        given.update({keyword: getattr(source, name) or None for keyword, name in names.items()})
    if record.patient.age_years is not None:
        given["PatientAge"] = f"{int(record.patient.age_years):03d}Y"
    given["RequestAttributesSequence"] = {
        "RequestedProcedureDescription": record.study.requested_procedure,
        "RequestedProcedureID": record.study.accession_number,
    }
    return {keyword: value for keyword, value in given.items() if value is not None}


def observer(record: StudyRecord) -> list[Dataset]:
    """Return the device observer of a report (TID 1002, 1004)."""
    device = record.observer
    if device is None:
        return []
    rows = [
        code(dcm("121005", "Observer Type"), term("Device")),
        uidref(dcm("121012", "Device Observer UID"), device.device_observer_uid),
        text(dcm("121013", "Device Observer Name"), device.device_observer_name),
        text(dcm("121014", "Device Observer Manufacturer"), device.device_observer_manufacturer),
        text(dcm("121015", "Device Observer Model Name"), device.device_observer_model),
        text(dcm("121016", "Device Observer Serial Number"), device.device_observer_serial_number),
    ]
    return [has_obs_context(row) for row in rows]


def procedure_reported(record: StudyRecord, old: bool) -> Dataset:
    """Return the kind of procedure with its intent."""
    return has_concept_mod(
        code(
            dcm("121058", "Procedure reported"),
            term(record.procedure_reported, old),
            has_concept_mod(code(term("Has Intent", old), term(record.intent, old))),
        )
    )


def scope(record: StudyRecord) -> Dataset:
    """Return the scope of accumulation: here always the study."""
    return has_obs_context(
        code(
            dcm("113705", "Scope of Accumulation"),
            term(record.scope_of_accumulation),
            related(
                "HAS PROPERTIES",
                uidref(dcm("110180", "Study Instance UID"), record.study.study_instance_uid),
            ),
        )
    )


def irradiating_device(manufacturer: str, model: str, serial_number: str) -> Dataset | None:
    """Return the device of an event (TID 1021), None where the record does not say it."""
    if not manufacturer:
        return None
    return code(
        dcm("113876", "Device Role in Procedure"),
        term("Irradiating Device"),
        text(dcm("113878", "Device Manufacturer"), manufacturer),
        text(dcm("113879", "Device Model Name"), model),
        text(dcm("113880", "Device Serial Number"), serial_number),
    )


def source_of_dose_information(record: StudyRecord) -> list[Dataset]:
    """Return where the doses come from."""
    concept = dcm("113854", "Source of Dose Information")
    return [code(concept, term(source)) for source in record.source_of_dose_information]
