"""Header of any object in; study header, device, patient and observer of the record out."""

import datetime as dt
import re

from kerma.dicom import sr, tags
from kerma.dicom.codes import Key, dcm
from kerma.dicom.content import ContentItem
from kerma.dicom.dataset import DataSet
from kerma.records import Code, Device, Observer, Patient, StudyHeader

_DEVICE_OBSERVER_UID = dcm("121012")
_DEVICE_OBSERVER_NAME = dcm("121013")
_DEVICE_OBSERVER_MANUFACTURER = dcm("121014")
_DEVICE_OBSERVER_MODEL = dcm("121015")
_DEVICE_OBSERVER_SERIAL = dcm("121016")
_DEVICE_OBSERVER_LOCATION = dcm("121017")


def study_header(header: DataSet) -> StudyHeader:
    """Return the attributes of study, series and instance (PS3.3 C.7.2, C.7.3, C.12.1)."""
    requested, requested_code = _requested_procedure(header)
    return StudyHeader(
        study_instance_uid=header.first(tags.StudyInstanceUID),
        series_instance_uid=header.first(tags.SeriesInstanceUID),
        sop_instance_uid=header.first(tags.SOPInstanceUID),
        sop_class_uid=header.first(tags.SOPClassUID),
        accession_number=_accession_number(header),
        study_date=header.date(tags.StudyDate) or _acquisition_date(header),
        study_time=header.time(tags.StudyTime) or _acquisition_time(header),
        content_date=header.date(tags.ContentDate),
        content_time=header.time(tags.ContentTime),
        timezone_offset_from_utc=header.first(tags.TimezoneOffsetFromUTC),
        study_id=header.text(tags.StudyID),
        study_description=header.text(tags.StudyDescription),
        series_description=header.text(tags.SeriesDescription),
        series_number=header.integer(tags.SeriesNumber),
        instance_number=header.integer(tags.InstanceNumber),
        requested_procedure=requested,
        requested_procedure_code=requested_code,
        procedure_code=header.code(tags.ProcedureCodeSequence),
        performed_procedure_code=_performed_code(header),
        performed_procedure_step_description=header.text(tags.PerformedProcedureStepDescription),
        protocol_name=header.text(tags.ProtocolName),
        institution=header.text(tags.InstitutionName),
        institution_address=header.text(tags.InstitutionAddress),
        department=header.text(tags.InstitutionalDepartmentName),
        station_name=header.text(tags.StationName),
        software_versions=header.text(tags.SoftwareVersions),
        device_serial_number=header.text(tags.DeviceSerialNumber),
        gantry_id=header.text(tags.GantryID),
        performing_physician=header.text(tags.PerformingPhysicianName),
        reading_physician=header.text(tags.NameOfPhysiciansReadingStudy),
        referring_physician=header.text(tags.ReferringPhysicianName),
        requesting_physician=_requesting_physician(header),
        physician_of_record=header.text(tags.PhysiciansOfRecord),
        operator=header.text(tags.OperatorsName),
        date_of_last_calibration=_iso_dates(header),
        patient_identity_removed=header.first(tags.PatientIdentityRemoved),
        completion_flag=header.first(tags.CompletionFlag),
        verification_flag=header.first(tags.VerificationFlag),
        comment=header.text(tags.StudyComments),
    )


def device(header: DataSet, observer_uid: str = "") -> Device:
    """Return the identity of the equipment (PS3.3 C.7.5.1)."""
    return Device(
        manufacturer=header.text(tags.Manufacturer),
        institution=header.text(tags.InstitutionName),
        station_name=header.text(tags.StationName),
        department=header.text(tags.InstitutionalDepartmentName),
        model=header.text(tags.ManufacturerModelName),
        serial_number=header.text(tags.DeviceSerialNumber),
        software_versions=header.text(tags.SoftwareVersions),
        gantry_id=header.text(tags.GantryID),
        device_observer_uid=observer_uid,
    )


def patient(header: DataSet) -> Patient:
    """Return the patient (PS3.3 C.7.1.1, C.7.2.2)."""
    return Patient(
        name=header.text(tags.PatientName),
        id=header.text(tags.PatientID),
        other_ids=tuple(header.strings(tags.OtherPatientIDs)),
        birth_date=header.date(tags.PatientBirthDate),
        sex=header.first(tags.PatientSex),
        age_years=_age_years(header),
        height_m=header.number(tags.PatientSize) or None,
        weight_kg=header.number(tags.PatientWeight) or None,
    )


def observer(root: ContentItem) -> Observer | None:
    """Return the device observer (TID 1002, 1004), None if the report names none."""
    found = Observer(
        device_observer_uid=sr.uid(root, _DEVICE_OBSERVER_UID),
        device_observer_name=sr.text(root, _DEVICE_OBSERVER_NAME),
        device_observer_manufacturer=sr.text(root, _DEVICE_OBSERVER_MANUFACTURER),
        device_observer_model=sr.text(root, _DEVICE_OBSERVER_MODEL),
        device_observer_serial_number=sr.text(root, _DEVICE_OBSERVER_SERIAL),
        device_observer_location=sr.text(root, _DEVICE_OBSERVER_LOCATION),
    )
    return found if found != Observer() else None


def procedure_reported(root: ContentItem) -> Key | None:
    """Return what the report is about: (121058, DCM, "Procedure reported")."""
    return sr.code_key(root, dcm("121058"))


def _accession_number(header: DataSet) -> str:
    found = header.text(tags.AccessionNumber)
    if found:
        return found
    request = header.item(tags.ReferencedRequestSequence) or header.item(
        tags.RequestAttributesSequence
    )
    return request.text(tags.AccessionNumber) if request else ""


def _requested_procedure(header: DataSet) -> tuple[str, Code | None]:
    """Return description and code, from the instance, its request or the request's code."""
    code = header.code(tags.RequestedProcedureCodeSequence)
    words = header.text(tags.RequestedProcedureDescription)
    for sequence in (tags.RequestAttributesSequence, tags.ReferencedRequestSequence):
        for request in header.items(sequence):
            words = words or request.text(tags.RequestedProcedureDescription)
            code = code or request.code(tags.RequestedProcedureCodeSequence)
    return words or (code.meaning if code else ""), code


def _performed_code(header: DataSet) -> Code | None:
    return header.code(tags.PerformedProcedureCodeSequence) or header.code(
        tags.PerformedProtocolCodeSequence
    )


def _requesting_physician(header: DataSet) -> str:
    found = header.text(tags.RequestingPhysician)
    request = header.item(tags.ReferencedRequestSequence)
    return found or (request.text(tags.RequestingPhysician) if request else "")


def _acquisition_date(header: DataSet) -> dt.date | None:
    """Return the earliest date the object has, where the study date is missing."""
    for tag in (tags.SeriesDate, tags.AcquisitionDate, tags.ContentDate):
        found = header.date(tag)
        if found:
            header.notes.append("There is no study date; a later date of the object is taken.")
            return found
    return None


def _acquisition_time(header: DataSet) -> dt.time | None:
    for tag in (tags.SeriesTime, tags.AcquisitionTime, tags.ContentTime):
        found = header.time(tag)
        if found:
            return found
    return None


def _iso_dates(header: DataSet) -> str:
    found = header.date(tags.DateOfLastCalibration)
    return found.isoformat() if found else ""


_AGE = re.compile(r"(\d{1,3})([DWMY])")
_OLDEST = 120.0
"""Years; birth dates like 1899-12-30 and 1858-11-17 are the zero of some calendar."""
_YEARS = {"D": 1 / 365.25, "W": 7 / 365.25, "M": 1 / 12, "Y": 1.0}


def _age_years(header: DataSet) -> float | None:
    """Return Patient's Age (AS), else the age at the study by birth date, in years."""
    match = _AGE.fullmatch(header.first(tags.PatientAge))
    if match:
        return round(int(match[1]) * _YEARS[match[2]], 4)
    born, studied = header.date(tags.PatientBirthDate), header.date(tags.StudyDate)
    if born is None or studied is None or born > studied:
        return None
    years = round((studied - born).days / 365.25, 1)
    if years > _OLDEST:
        header.notes.append("The birth date cannot be right; no age is worked out from it.")
        return None
    return years
