"""A study record in, the header attributes of its dose report out, by DICOM keyword."""

from typing import Any

from kerma.dicom.made_here import UNKNOWN
from kerma.records import Patient, StudyHeader, StudyRecord

_STUDY = {
    "StudyInstanceUID": "study_instance_uid",
    "StudyDate": "study_date",
    "StudyTime": "study_time",
    "TimezoneOffsetFromUTC": "timezone_offset_from_utc",
    "AccessionNumber": "accession_number",
    "StudyID": "study_id",
    "StudyDescription": "study_description",
    "SeriesDescription": "series_description",
    "ProcedureCodeSequence": "procedure_code",
    "PerformedProcedureStepDescription": "performed_procedure_step_description",
    "ReferringPhysicianName": "referring_physician",
    "PerformingPhysicianName": "performing_physician",
    "NameOfPhysiciansReadingStudy": "reading_physician",
    "PhysiciansOfRecord": "physician_of_record",
    "OperatorsName": "operator",
    "PatientIdentityRemoved": "patient_identity_removed",
}
_DEVICE = {
    "Manufacturer": "manufacturer",
    "InstitutionName": "institution",
    "StationName": "station_name",
    "InstitutionalDepartmentName": "department",
    "ManufacturerModelName": "model",
    "DeviceSerialNumber": "serial_number",
    "SoftwareVersions": "software_versions",
    "GantryID": "gantry_id",
}
_PATIENT = {
    "PatientName": "name",
    "PatientID": "id",
    "OtherPatientIDs": "other_ids",
    "PatientBirthDate": "birth_date",
    "PatientSex": "sex",
    "PatientSize": "height_m",
    "PatientWeight": "weight_kg",
}
_DEMANDED = ("Manufacturer", "ManufacturerModelName", "DeviceSerialNumber", "SoftwareVersions")
"""Type 1 in the Enhanced General Equipment Module."""
_SERIES_NUMBER = 9990
"""Above what scanners number their own series with."""


def attributes(record: StudyRecord) -> dict[str, Any]:
    """Return patient, study, series and equipment attributes; what is not known is left out."""
    study = record.study
    given: dict[str, Any] = {}
    for names, source in ((_STUDY, study), (_DEVICE, record.device), (_PATIENT, record.patient)):
        for keyword, name in names.items():
            value = getattr(source, name)
            if value or value == 0:
                given[keyword] = _several(value)
    given["Manufacturer"] = record.device.manufacturer or record.manufacturer
    for keyword in _DEMANDED:
        given[keyword] = given.get(keyword) or UNKNOWN
    given["PatientAge"] = _age(record.patient)
    given["InstitutionAddress"] = study.institution_address or None
    given["SeriesNumber"] = _SERIES_NUMBER
    given["InstanceNumber"] = 1
    given["ContentDate"] = study.content_date or study.study_date
    given["ContentTime"] = study.content_time or study.study_time
    given["ReferencedRequestSequence"] = _request(study)
    return {keyword: value for keyword, value in given.items() if value is not None}


def _several(value: Any) -> Any:
    r"""Return text of several values, joined by ``\`` in a record, as a list of them."""
    if isinstance(value, tuple):
        return list(value)
    return value.split("\\") if isinstance(value, str) and "\\" in value else value


def _age(patient: Patient) -> str | None:
    """Return the age as AS: years, or months or days for the very young.

    Where it follows from the birth date, to a tenth of a year, it is not given once more in less.
    """
    years = patient.age_years
    if years is None or not 0 <= years < 1000:
        return None
    if patient.birth_date is not None and years != int(years):
        return None
    if years >= 2:
        return f"{int(years):03d}Y"
    months = years * 12
    if years and months < 2:
        return f"{round(years * 365.25):03d}D"
    return f"{int(months + 0.01):03d}M"


def _request(study: StudyHeader) -> dict[str, Any] | None:
    """Return the request the study answers (PS3.3 C.17.2), if the record says anything of it."""
    if not (study.requested_procedure or study.requested_procedure_code):
        return None
    return {
        "StudyInstanceUID": study.study_instance_uid,
        "ReferencedStudySequence": [],
        "AccessionNumber": study.accession_number,
        "PlacerOrderNumberImagingServiceRequest": "",
        "FillerOrderNumberImagingServiceRequest": "",
        "RequestedProcedureID": "",
        "RequestedProcedureDescription": study.requested_procedure,
        "RequestedProcedureCodeSequence": study.requested_procedure_code or [],
        "RequestingPhysician": study.requesting_physician or None,
    }
