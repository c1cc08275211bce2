"""Who is examined where and when: what all objects of one study have in common."""

import datetime as dt

import msgspec

from kerma.demo import tables
from kerma.demo.chance import Chance, rounded
from kerma.demo.tables import Procedure, System
from kerma.records import Code, Device, Observer, Patient, StudyHeader

HOURS = (1, 1, 1, 1, 1, 2, 4, 10, 22, 26, 26, 24, 17, 20, 24, 22, 17, 9, 6, 4, 4, 3, 2, 2)
"""How busy each hour of the day is."""

_ON = dt.date(2026, 1, 1)
"""The day the people of the hospital have the ages of `_USUAL_AGE`."""
_USUAL_AGE = {"adult": (20, 90), "woman": (46, 75), "child": (3, 14)}


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One patient at one system for one procedure."""

    system: System
    procedure: Procedure
    patient: Patient
    study: StudyHeader
    start: dt.datetime
    chance: Chance
    dose: float
    """Factor on the doses: an outlier has a great one."""

    @property
    def device(self) -> Device:
        """The identity of the equipment as its objects give it."""
        return Device(
            manufacturer=self.system.manufacturer,
            institution=self.system.institution,
            station_name=self.system.station_name,
            department=self.system.department,
            model=self.system.model,
            serial_number=self.system.serial_number,
            software_versions=self.system.software_versions,
            device_observer_uid=self.observer.device_observer_uid,
        )

    @property
    def observer(self) -> Observer:
        """The system as observer of its reports; the UID is the system's own for ever."""
        return Observer(
            device_observer_uid=Chance("device", self.system.key).uid(),
            device_observer_name=self.system.station_name,
            device_observer_manufacturer=self.system.manufacturer,
            device_observer_model=self.system.model,
            device_observer_serial_number=self.system.serial_number,
        )

    def header(self, sop_class_uid: str, series: str, number: int, at: dt.datetime) -> StudyHeader:
        """Return the header of a new object of series `series`, made at this time."""
        return msgspec.structs.replace(
            self.study,
            sop_class_uid=sop_class_uid,
            sop_instance_uid=self.chance.uid(),
            series_instance_uid=self.chance.uid(),
            series_description=series,
            series_number=number,
            instance_number=1,
            content_date=at.date(),
            content_time=at.time(),
        )

    def weight_factor(self, per_kg: float) -> float:
        """Return how dose grows with the patient: 1 at 75 kg for adults, at 25 kg for children."""
        usual = 25.0 if self.procedure.group == "child" else 75.0
        grown: float = (1 + per_kg) ** ((self.patient.weight_kg or usual) - usual)
        return grown


def arrange(
    system: System, procedure: Procedure, patient: Patient, start: dt.datetime, chance: Chance
) -> Visit:
    """Return the visit, with staff and study header."""
    names = tables.people()
    study = StudyHeader(
        study_instance_uid=chance.uid(),
        accession_number=f"A{chance.whole(10**7, 10**8 - 1)}",
        study_date=start.date(),
        study_time=start.time(),
        study_id=str(chance.whole(1000, 99999)),
        study_description=procedure.description,
        requested_procedure=procedure.requested,
        procedure_code=Code(
            value=procedure.code[0], scheme=procedure.code[1], meaning=procedure.code[2]
        ),
        institution=system.institution,
        department=system.department,
        station_name=system.station_name,
        software_versions=system.software_versions,
        device_serial_number=system.serial_number,
        performing_physician=chance.pick(names.physicians),
        operator=chance.pick(names.operators),
        referring_physician=chance.pick(names.referrers),
    )
    return Visit(
        system=system,
        procedure=procedure,
        patient=patient,
        study=study,
        start=start,
        chance=chance,
        dose=system.dose,
    )


def draw_start(system: System, until: dt.datetime, chance: Chance) -> dt.datetime:
    """Return a time in the last 365 days: mostly on weekdays, mostly in working hours.

    The last fortnight is busier than the year, so that a small hospital has something recent.
    """
    last = until - dt.timedelta(days=system.silent_days)
    while True:
        back = 13 if chance.happens(0.12) else 364 - system.silent_days
        day = last.date() - dt.timedelta(days=chance.whole(0, back))
        time = dt.time(chance.pick_weighted(HOURS), chance.whole(0, 59), chance.whole(0, 59))
        start = dt.datetime.combine(day, time)
        if start < last and (day.weekday() < 5 or chance.happens(system.weekend)):
            return start


def draw_patient(group: str, number: int, start: dt.datetime, seed: object) -> Patient:
    """Return a person of the group as at `start`: the same number is always the same person."""
    chance = Chance(seed, "patient", group, number)
    sex = "F" if group == "woman" else chance.pick(("F", "M"))
    usual = _USUAL_AGE[group]
    born = _ON - dt.timedelta(days=chance.whole(int(usual[0] * 365.25), int(usual[1] * 365.25)))
    age_years = start.year - born.year - ((start.month, start.day) < (born.month, born.day))
    height_m, weight_kg = _size(group, sex, age_years, chance)
    return Patient(
        name=_name(sex, chance),
        id=f"{group[0].upper()}{Chance(seed, group, number).whole(10**6, 10**7 - 1)}",
        birth_date=born,
        sex=sex,
        age_years=float(age_years),
        height_m=height_m,
        weight_kg=weight_kg,
    )


def phantom() -> Patient:
    """Return the "patient" of a physicist's test."""
    return Patient(name="PHYSICS^TEST", id="PHYSICS001")


def _name(sex: str, chance: Chance) -> str:
    names = tables.people()
    if chance.happens(0.03):
        return chance.pick(names.ideographic)
    return f"{chance.pick(names.family)}^{chance.pick(names.women if sex == 'F' else names.men)}"


def _size(group: str, sex: str, age_years: int, chance: Chance) -> tuple[float, float]:
    """Return height in m and weight in kg."""
    if group == "child":
        height_m = chance.normal(0.78 + 0.063 * age_years, 0.04)
        return rounded(height_m, 3), rounded(chance.around(16.5, 1.12) * height_m**2, 3)
    height_m = chance.normal(1.65 if sex == "F" else 1.78, 0.07)
    return rounded(height_m, 3), rounded(chance.around(25.5, 1.17) * height_m**2, 3)
