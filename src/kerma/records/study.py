"""One study as one DICOM object describes it, and its JSON form.

The JSON is the contract others rely on: fields are named in it as here.
"""

import datetime as dt

import msgspec

from kerma.records.base import Record
from kerma.records.codes import Code
from kerma.records.ct import CtEvent
from kerma.records.nuclear import Administration, ImageSeries, PatientCharacteristics
from kerma.records.projection import ProjectionEvent

Event = CtEvent | ProjectionEvent | Administration


class StudyHeader(Record, frozen=True):
    """Attributes of the study, series and instance the object belongs to."""

    study_instance_uid: str = ""
    series_instance_uid: str = ""
    sop_instance_uid: str = ""
    sop_class_uid: str = ""
    accession_number: str = ""
    study_date: dt.date | None = None
    study_time: dt.time | None = None
    content_date: dt.date | None = None
    content_time: dt.time | None = None
    timezone_offset_from_utc: str = ""
    study_id: str = ""
    study_description: str = ""
    series_description: str = ""
    series_number: int | None = None
    instance_number: int | None = None
    requested_procedure: str = ""
    requested_procedure_code: Code | None = None
    procedure_code: Code | None = None
    performed_procedure_code: Code | None = None
    performed_procedure_step_description: str = ""
    protocol_name: str = ""
    institution: str = ""
    institution_address: str = ""
    department: str = ""
    station_name: str = ""
    software_versions: str = ""
    device_serial_number: str = ""
    gantry_id: str = ""
    performing_physician: str = ""
    reading_physician: str = ""
    referring_physician: str = ""
    requesting_physician: str = ""
    physician_of_record: str = ""
    operator: str = ""
    date_of_last_calibration: str = ""
    patient_identity_removed: str = ""
    completion_flag: str = ""
    verification_flag: str = ""
    comment: str = ""
    protocol_file_name: str = ""


class Device(Record, frozen=True):
    """The exact identity of the equipment: eight attributes and the observer's UID."""

    manufacturer: str = ""
    institution: str = ""
    station_name: str = ""
    department: str = ""
    model: str = ""
    serial_number: str = ""
    software_versions: str = ""
    gantry_id: str = ""
    device_observer_uid: str = ""


class Observer(Record, frozen=True):
    """The device observer of a report (TID 1004)."""

    device_observer_uid: str = ""
    device_observer_name: str = ""
    device_observer_manufacturer: str = ""
    device_observer_model: str = ""
    device_observer_serial_number: str = ""
    device_observer_location: str = ""


class Patient(Record, frozen=True):
    """The patient before the site's identity policy is applied."""

    name: str = ""
    id: str = ""
    other_ids: tuple[str, ...] = ()
    birth_date: dt.date | None = None
    sex: str = ""
    age_years: float | None = None
    height_m: float | None = None
    weight_kg: float | None = None


class Calibration(Record, frozen=True):
    """Calibration of a dose meter (TID 10002)."""

    date_time: dt.datetime | None = None
    factor: float | None = None
    uncertainty_percent: float | None = None
    responsible_party: str = ""
    protocol: str = ""
    device: str = ""


class Totals(Record, frozen=True):
    """Accumulated values as declared, with `…_sum_of_events_…` where events give the same.

    Biplane totals are the sum of `planes`, each of which is a `Totals` with its `plane`.
    """

    plane: str = ""
    events: int | None = None
    """Number of events read."""
    events_declared: int | None = None
    events_by_type: dict[str, int] = {}
    dlp_mgycm: float | None = None
    dlp_sum_of_events_mgycm: float | None = None
    dap_gym2: float | None = None
    dap_sum_of_events_gym2: float | None = None
    rp_dose_gy: float | None = None
    rp_dose_sum_of_events_gy: float | None = None
    fluoro_dap_gym2: float | None = None
    fluoro_rp_dose_gy: float | None = None
    fluoro_time_s: float | None = None
    acquisition_dap_gym2: float | None = None
    acquisition_rp_dose_gy: float | None = None
    acquisition_time_s: float | None = None
    radiographic_frames: float | None = None
    reference_point_definition: str = ""
    number_of_planes: int | None = None
    patient_position: str = ""
    agd_left_mgy: float | None = None
    agd_right_mgy: float | None = None
    agd_left_sum_of_events_mgy: float | None = None
    agd_right_sum_of_events_mgy: float | None = None
    administered_activity_mbq: float | None = None
    effective_dose_msv: float | None = None
    calibration: Calibration | None = None
    planes: tuple["Totals", ...] = ()
    summed: bool | None = None
    """True where sources overlap, so that totals are sums of events and not as declared."""


class DoseEstimate(Record, frozen=True):
    """One dose that somebody estimated for the patient, not the device (TID 10031–10034)."""

    name: str = ""
    quantity: str = ""
    """Meaning of the concept, e.g. Mean Absorbed Radiation Dose (CID 10061, 10062)."""
    organ: str = ""
    organ_code: str = ""
    laterality: str = ""
    dose_mgy: float | None = None
    dose_msv: float | None = None
    """One of the two, by the unit of the report."""
    representations: tuple[str, ...] = ()
    """Kinds of maps and images the report refers to, e.g. Skin Dose Map."""
    patient_model: str = ""
    radiation_transport_model: str = ""
    method_types: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    reports_used: tuple[str, ...] = ()
    """SOP Instance UIDs of the reports the estimate was made from."""
    events_used: tuple[str, ...] = ()
    """Irradiation event UIDs; empty where all events of the reports were used."""
    comment: str = ""


class StudyRecord(Record, frozen=True):
    """One study, as one DICOM object (or, after merging, several) describes it."""

    kind: str
    modality: str
    manufacturer: str = ""
    model: str = ""
    study: StudyHeader = StudyHeader()
    device: Device = Device()
    patient: Patient = Patient()
    totals: Totals = Totals()
    events: tuple[Event, ...] = ()
    series: tuple[ImageSeries, ...] = ()
    image: ImageSeries | None = None
    """The one series an NM or PET image describes; it is in `series` too."""
    patient_characteristics: PatientCharacteristics | None = None
    observer: Observer | None = None
    procedure_reported: str = ""
    scope_of_accumulation: str = ""
    intent: str = ""
    source_of_dose_information: tuple[str, ...] = ()
    start_of_irradiation: dt.datetime | None = None
    end_of_irradiation: dt.datetime | None = None
    report_comment: str = ""
    dose_comments: str = ""
    """Free text on radiation dose, e.g. Comments on Radiation Dose (0040,0310)."""
    estimates: tuple[DoseEstimate, ...] = ()
    quirks: tuple[str, ...] = ()
    """Names of the repairs applied before reading."""
    notes: tuple[str, ...] = ()
    """What was left out or assumed while reading, in full sentences."""


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(StudyRecord)


def to_json(record: StudyRecord) -> bytes:
    """Return the record as one JSON object in UTF-8, unset fields left out."""
    return _encoder.encode(record)


def from_json(data: bytes) -> StudyRecord:
    """Return the record that `to_json` wrote."""
    return _decoder.decode(data)
