"""What somebody says of one CT study of the past, its checks, and the record made of it."""

import datetime as dt
from collections.abc import Iterable

from msgspec.structs import replace

from kerma.dicom import uids
from kerma.dicom.made_here import DoseSource
from kerma.errors import KermaError
from kerma.merge.sums import events_by_type, exact_sum, sum_of_events
from kerma.records import CtEvent, Device, Patient, StudyHeader, StudyRecord, Totals
from kerma.records.base import Record
from kerma.screens import checks
from kerma.screens.reading import Doubt, Scanner, ScanRow, ScreenTable
from kerma.store import identity

SPIRAL, SEQUENCED = "Spiral Acquisition", "Sequenced Acquisition"
STATIONARY, LOCALISER = "Stationary Acquisition", "Constant Angle Acquisition"
TYPES = (SPIRAL, SEQUENCED, STATIONARY, LOCALISER)

PHANTOMS = {
    160: ("IEC Head Dosimetry Phantom", "113690"),
    320: ("IEC Body Dosimetry Phantom", "113691"),
}
"""Diameter in mm -> meaning and code (CID 4052)."""

TOTAL_ONLY = "Only the total of the study is known; it is no acquisition of its own."

_LAYOUT = "typed"
"""No layout of a screen, so that the checks go by the limits of any scanner."""

_NOT_ASKED = frozenset(("no total", "no dose"))
"""Checks of screens that do not hold for what was written down long ago."""


class Incomplete(KermaError):
    """What is said of a study does not suffice to store it."""


class Scan(Record, frozen=True):
    """One acquisition; None where nothing is known."""

    protocol: str = ""
    acquisition_type: str = ""
    kvp: float | None = None
    tube_current_ma: float | None = None
    rotation_time_s: float | None = None
    pitch: float | None = None
    collimation_mm: float | None = None
    scanning_length_mm: float | None = None
    ctdivol_mgy: float | None = None
    dlp_mgycm: float | None = None
    phantom_mm: int | None = None


class Entry(Record, frozen=True):
    """One study."""

    study_instance_uid: str = ""
    study_date: dt.date | None = None
    study_time: dt.time | None = None
    accession_number: str = ""
    study_description: str = ""
    requested_procedure: str = ""
    patient_id: str = ""
    patient_name: str = ""
    sex: str = ""
    birth_date: dt.date | None = None
    age_years: float | None = None
    height_m: float | None = None
    weight_kg: float | None = None
    device: Device = Device()
    total_dlp_mgycm: float | None = None
    scans: tuple[Scan, ...] = ()

    @property
    def is_total_only(self) -> bool:
        """Whether nothing is known of any acquisition."""
        return all(scan == Scan() for scan in self.scans)


def complete(entry: Entry) -> Entry:
    """Return the entry with a Study Instance UID, made of what names the study if it gives none.

    Raises
    ------
    Incomplete
        If there is no dose, or the study cannot be told from others.
    """
    doses = (
        entry.total_dlp_mgycm,
        *(value for s in entry.scans for value in (s.dlp_mgycm, s.ctdivol_mgy)),
    )
    if all(value is None for value in doses):
        raise Incomplete("there is no dose: neither DLP, CTDIvol nor a total")
    if entry.study_date is None:
        raise Incomplete("the study date is missing")
    if not (entry.device.manufacturer or entry.device.model or entry.device.station_name):
        raise Incomplete("the scanner is missing: manufacturer, model or station name")
    if entry.study_instance_uid:
        return entry
    return replace(entry, study_instance_uid=_made_uid(entry))


def _made_uid(entry: Entry) -> str:
    """Return a UID that follows from scanner, date and number of the study, under the site's key.

    Who knows the UID alone cannot find out the patient by trying.
    """
    named = entry.accession_number or entry.patient_id
    if not named and entry.study_time is None:
        raise Incomplete(
            "the study cannot be told from others: a Study Instance UID, an accession number, a "
            "patient ID or the time is needed"
        )
    device = entry.device
    said = (
        device.manufacturer,
        device.model,
        device.station_name,
        entry.study_date.isoformat() if entry.study_date else "",
        "" if entry.accession_number or entry.study_time is None else str(entry.study_time),
        entry.accession_number,
        "" if entry.accession_number else entry.patient_id,
    )
    folded = "\n".join(" ".join(part.casefold().split()) for part in said)
    return uids.made_of("Kerma historical study", identity.hashed(folded))


def doubts(entry: Entry) -> tuple[str, ...]:
    """Return what speaks against the numbers, by the checks of dose screens that apply."""
    scans = () if entry.is_total_only else entry.scans
    rows = tuple(_row(scan) for scan in scans)
    total = entry.total_dlp_mgycm if any(row.dlp_mgycm is not None for row in rows) else None
    table = ScreenTable(layout=_LAYOUT, rows=rows, total_dlp_mgycm=total)
    found = [one for one in checks.doubts(table, (), Scanner()) if one.name not in _NOT_ASKED]
    said = [_sentence(one, len(rows)) for one in found if rows]
    return (*said, *_of_patient(entry))


def _sentence(doubt: Doubt, rows: int) -> str:
    """Return a doubt in words for somebody who has no picture of a screen."""
    sentence = doubt.sentence.replace(" with the picture", "")
    return f"Row {doubt.row + 1}: {sentence}" if rows > 1 and doubt.row is not None else sentence


def _of_patient(entry: Entry) -> Iterable[str]:
    day = entry.study_date
    if day is not None and day > dt.date.today():  # noqa: DTZ011 (the site's own day)
        yield f"The study date {day} is in the future."
    if day is not None and day.year < 1972:
        yield f"The study date {day} is before there were CT scanners."
    if day is not None and entry.birth_date is not None and entry.birth_date > day:
        yield "The date of birth is after the study date."
    if entry.age_years is not None and not 0 <= entry.age_years <= 120:
        yield "The age is not between 0 and 120 years."
    if entry.height_m is not None and not 0.2 <= entry.height_m <= 2.6:
        yield "The height is not between 20 and 260 cm."
    if entry.weight_kg is not None and not 0.2 <= entry.weight_kg <= 650:
        yield "The weight is not between 0.2 and 650 kg."


def _row(scan: Scan) -> ScanRow:
    return ScanRow(
        protocol=scan.protocol,
        acquisition_type=scan.acquisition_type,
        kvp=scan.kvp,
        tube_current_ma=scan.tube_current_ma,
        rotation_time_s=scan.rotation_time_s,
        pitch=scan.pitch,
        collimation_mm=scan.collimation_mm,
        scanning_length_mm=scan.scanning_length_mm,
        ctdivol_mgy=scan.ctdivol_mgy,
        dlp_mgycm=scan.dlp_mgycm,
        phantom_mm=scan.phantom_mm,
    )


def record_of(entry: Entry, comment: str) -> StudyRecord:
    """Return the record of a complete entry; `comment` says how it was entered."""
    scans = entry.scans or (Scan(),)
    events = tuple(_event(entry, n, scan) for n, scan in enumerate(scans, start=1))
    said = [scan.dlp_mgycm for scan in scans]
    whole = None if None in said else exact_sum([value for value in said if value is not None])
    total = whole if entry.total_dlp_mgycm is None else entry.total_dlp_mgycm
    return StudyRecord(
        kind=DoseSource.MANUAL.value,
        modality="CT",
        manufacturer=entry.device.manufacturer,
        model=entry.device.model,
        study=StudyHeader(
            study_instance_uid=entry.study_instance_uid,
            accession_number=entry.accession_number,
            study_date=entry.study_date,
            study_time=entry.study_time,
            study_description=entry.study_description,
            requested_procedure=entry.requested_procedure,
        ),
        device=entry.device,
        patient=Patient(
            name=entry.patient_name,
            id=entry.patient_id,
            birth_date=entry.birth_date,
            sex=entry.sex,
            age_years=entry.age_years,
            height_m=entry.height_m,
            weight_kg=entry.weight_kg,
        ),
        totals=Totals(
            events=len(events),
            events_declared=len(events),
            events_by_type=events_by_type(events),
            dlp_mgycm=total,
            dlp_sum_of_events_mgycm=sum_of_events("dlp_mgycm", events),
        ),
        events=events,
        report_comment=comment,
    )


def _event(entry: Entry, number: int, scan: Scan) -> CtEvent:
    phantom, code = PHANTOMS.get(scan.phantom_mm or 0, ("", ""))
    return CtEvent(
        irradiation_event_uid=uids.made_of(
            "Kerma historical event", entry.study_instance_uid, str(number)
        ),
        acquisition_protocol=scan.protocol,
        acquisition_type=scan.acquisition_type,
        kvp=scan.kvp,
        tube_current_ma=scan.tube_current_ma,
        rotation_time_s=scan.rotation_time_s,
        pitch=scan.pitch,
        nominal_total_collimation_mm=scan.collimation_mm,
        scanning_length_mm=scan.scanning_length_mm,
        ctdivol_mgy=scan.ctdivol_mgy,
        dlp_mgycm=scan.dlp_mgycm,
        phantom_type=phantom,
        phantom_type_code=code,
        comment=TOTAL_ONLY if entry.is_total_only else "",
    )


def entry_of(record: StudyRecord) -> Entry:
    """Return the entry that a stored record was made of, to correct it."""
    study, patient = record.study, record.patient
    events = [event for event in record.events if isinstance(event, CtEvent)]
    scans = tuple(map(_scan, events))
    return Entry(
        study_instance_uid=study.study_instance_uid,
        study_date=study.study_date,
        study_time=study.study_time,
        accession_number=study.accession_number,
        study_description=study.study_description,
        requested_procedure=study.requested_procedure,
        patient_id=patient.id,
        patient_name=patient.name,
        sex=patient.sex,
        birth_date=patient.birth_date,
        age_years=patient.age_years,
        height_m=patient.height_m,
        weight_kg=patient.weight_kg,
        device=record.device,
        total_dlp_mgycm=record.totals.dlp_mgycm,
        scans=() if all(scan == Scan() for scan in scans) else scans,
    )


def _scan(event: CtEvent) -> Scan:
    by_meaning = {meaning: size for size, (meaning, _) in PHANTOMS.items()}
    return Scan(
        protocol=event.acquisition_protocol,
        acquisition_type=event.acquisition_type,
        kvp=event.kvp,
        tube_current_ma=event.tube_current_ma,
        rotation_time_s=event.rotation_time_s,
        pitch=event.pitch,
        collimation_mm=event.nominal_total_collimation_mm,
        scanning_length_mm=event.scanning_length_mm,
        ctdivol_mgy=event.ctdivol_mgy,
        dlp_mgycm=event.dlp_mgycm,
        phantom_mm=by_meaning.get(event.phantom_type),
    )
