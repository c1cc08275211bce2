"""What saving a study costs, against the bare inserts of the very same rows.

    KERMA_HOME=FOLDER python bench/store_import.py [--studies N]

Records of a CT report with 4 events and of a fluoroscopy report with 8 are saved, each a new study
in a transaction of its own, into an SQLite file in FOLDER (with `synchronous=NORMAL`), or into the
database that KERMA_DATABASE_URL names. Then the rows that one save made are inserted as often,
prepared beforehand, one transaction a study. The database is made for the run and should be empty.
"""

import argparse
import datetime as dt
import os
import time
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kerma.config.settings")
django.setup()

from django.core.management import call_command
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from msgspec.structs import replace

from kerma.records import (
    CtEvent,
    Device,
    Filter,
    Patient,
    ProjectionEvent,
    StudyHeader,
    StudyRecord,
    Totals,
)
from kerma.store import models
from kerma.store.arrival import ObjectFacts
from kerma.store.save import save

DAY = dt.date(2024, 3, 1)
NOON = dt.datetime(2024, 3, 1, 12)  # noqa: DTZ001 - objects give local times


def ct_record() -> StudyRecord:
    """Return a CT report with a localiser and three spirals."""
    events = tuple(
        CtEvent(
            irradiation_event_uid=f"1.3.12.2.1107.5.1.4.{n}",
            acquisition_protocol=f"Thorax {n}",
            target_region="Chest",
            acquisition_type="Spiral Acquisition" if n else "Constant Angle Acquisition",
            exposure_time_s=5.1,
            scanning_length_mm=412.0,
            nominal_single_collimation_mm=0.6,
            nominal_total_collimation_mm=38.4,
            pitch=1.2,
            number_of_xray_sources=1,
            kvp=120.0,
            tube_current_ma=183.0,
            max_tube_current_ma=410.0,
            rotation_time_s=0.5,
            ctdivol_mgy=7.2 + n,
            dlp_mgycm=270.0 + n,
            phantom_type="IEC Body Dosimetry Phantom",
            comment="Internal technical scan parameters: Organ Characteristic = Abdomen",
            device_model="SOMATOM Definition Flash",
        )
        for n in range(4)
    )
    return _record("CT RDSR", "CT", Totals(events=4, dlp_mgycm=1086.0), events)


def fluoroscopy_record() -> StudyRecord:
    """Return a fluoroscopy report with eight runs."""
    events = tuple(
        ProjectionEvent(
            irradiation_event_uid=f"1.3.12.2.1107.5.4.5.{n}",
            date_time_started=NOON,
            acquisition_plane="Single Plane",
            event_type="Fluoroscopy",
            event_type_code="P5-06000",
            acquisition_protocol="FL Card",
            patient_table_relationship="headfirst",
            patient_orientation="recumbent",
            primary_angle_deg=-12.5,
            secondary_angle_deg=3.0,
            dap_gym2=2.0e-6,
            rp_dose_gy=3.1e-4,
            reference_point_definition="15cm from Isocenter toward Source",
            fluoro_mode="Pulsed",
            pulse_rate_per_s=15.0,
            number_of_pulses=60.0,
            irradiation_duration_s=4.0,
            kvp=71.2,
            kvp_values=(71.0, 71.1, 71.5),
            tube_current_ma=92.0,
            pulse_width_ms=4.1,
            exposure_mas=12.0,
            filters=(Filter(material="Copper or Copper compound", thickness_max_mm=0.3),),
            focal_spot_mm=0.6,
            table_height_mm=102.0,
            table_lateral_mm=12.0,
            source_to_isocenter_mm=785.0,
            source_to_detector_mm=1100.0,
        )
        for n in range(8)
    )
    totals = Totals(events=8, dap_gym2=1.6e-5, rp_dose_gy=2.5e-3, fluoro_time_s=32.0)
    return _record("RF RDSR", "RF", totals, events)


def _record(kind: str, modality: str, totals: Totals, events: tuple) -> StudyRecord:
    return StudyRecord(
        kind=kind,
        modality=modality,
        manufacturer="ACME",
        model="Scanner",
        study=StudyHeader(
            study_date=DAY,
            study_time=dt.time(9, 30),
            study_description="CT Thorax^Routine",
            accession_number="ACC12345",
            institution="Hospital",
            station_name=f"{modality}1",
        ),
        device=Device(
            manufacturer="ACME",
            institution="Hospital",
            station_name=f"{modality}1",
            model="Scanner",
        ),
        patient=Patient(name="A^B", id="12345", birth_date=dt.date(1960, 1, 1), sex="F"),
        totals=totals,
        events=events,
    )


def _named(record: StudyRecord, number: int) -> tuple[StudyRecord, ObjectFacts]:
    """Return the record as a new study, with the facts of its object."""
    uid, sop = f"1.2.3.{record.modality}.{number}", f"1.2.3.{record.modality}.{number}.1"
    study = replace(record.study, study_instance_uid=uid, sop_instance_uid=sop)
    facts = ObjectFacts(sop_instance_uid=sop, study_instance_uid=uid, content_hash=f"{number:064x}")
    return replace(record, study=study), facts


def _timed(work: Callable[[int], object], times: int) -> tuple[float, float]:
    """Return CPU and wall time of one of `times` runs, in ms."""
    cpu, wall = time.process_time(), time.perf_counter()
    for number in range(times):
        work(number)
    spent = time.process_time() - cpu, time.perf_counter() - wall
    return spent[0] / times * 1e3, spent[1] / times * 1e3


class Bare:
    """The rows of one saved study, ready to be inserted again under other keys."""

    def __init__(self, uid: str) -> None:
        study = models.Study.objects.get(study_instance_uid=uid)
        stored = models.StoredObject.objects.get(study_instance_uid=uid)
        self._steps = [
            _Step(models.Study, [study]),
            _Step(models.Source, list(study.sources.all())),
            _Step(models.CtEvent, list(study.ctevents.all())),
            _Step(models.ProjectionEvent, list(study.projectionevents.all())),
            _Step(models.StoredObject, [stored]),
            _Step(models.ObjectUse, list(stored.uses.all())),
        ]

    def insert(self, number: int) -> None:
        """Insert all in one transaction."""
        keys: dict[str, object] = {"study_instance_uid": f"bare.{number}"}
        with transaction.atomic(), connection.cursor() as cursor:
            for step in self._steps:
                step.insert(cursor, keys)


class _Step:
    """The rows of one table, and where in them the keys are."""

    def __init__(self, model: type[Model], rows: list[Model]) -> None:
        fields = [f for f in model._meta.concrete_fields if not f.primary_key]
        self._rows = [
            [f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields]
            for row in rows
        ]
        names = [f.attname for f in fields]
        changing = ("study_instance_uid", "study_id", "stored_object_id")
        if model is models.Study:  # whose own study_id is the Study ID of DICOM
            changing = changing[:1]
        self._places = [(name, names.index(name)) for name in changing if name in names]
        self._names = {models.Study: "study_id", models.StoredObject: "stored_object_id"}.get(model)
        columns = ", ".join(f'"{f.column}"' for f in fields)
        marks = ", ".join(["%s"] * len(fields))
        self._statement = f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({marks})"

    def insert(self, cursor: CursorWrapper, keys: dict[str, object]) -> None:
        for row in self._rows:
            for name, place in self._places:
                row[place] = keys[name]
        if self._names:
            cursor.execute(self._statement + " RETURNING id", self._rows[0])
            keys[self._names] = cursor.fetchone()[0]
        elif self._rows:
            cursor.executemany(self._statement, self._rows)


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description="What saving costs against bare inserts.")
    parser.add_argument("--studies", type=int, default=1000)
    studies = parser.parse_args().studies
    call_command("migrate", verbosity=0)
    print(f"{connection.vendor}, {studies} studies of each kind; ms a study: CPU (wall)")
    for record in (ct_record(), fluoroscopy_record()):
        named = [_named(record, number) for number in range(studies)]
        saved = _timed(lambda number, named=named: save(*named[number]), studies)
        bare = Bare(named[0][0].study.study_instance_uid)
        first = models.Study.objects.count()
        inserted = _timed(lambda n, bare=bare, first=first: bare.insert(first + n), studies)
        print(
            f"{record.kind}, {len(record.events)} events: save {saved[0]:.2f} ({saved[1]:.2f}), "
            f"bare inserts {inserted[0]:.2f} ({inserted[1]:.2f}), "
            f"bare : save = {inserted[0] / saved[0]:.2f} CPU, {inserted[1] / saved[1]:.2f} wall"
        )


if __name__ == "__main__":
    main()
