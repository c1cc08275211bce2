"""Fill a database with a made-up region: a million studies, ten million events.

    KERMA_HOME=FOLDER python bench/bulk.py [--studies 1000000]

The rows go straight into the tables, of SQLite or of the PostgreSQL that KERMA_DATABASE_URL names;
indexes are made afterwards. Twelve systems, ten years, modalities and descriptions as frequent as
in a hospital. Each study has a source whose record holds the header and the totals; events are
made inside the database from a few patterns. The tables of studies must be empty.
"""

import argparse
import datetime as dt
import os
import random
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kerma.config.settings")
django.setup()

from django.core.management import call_command
from django.db import connection, transaction
from msgspec.structs import replace

from kerma.merge import merge
from kerma.records import (
    Administration,
    CtEvent,
    Device,
    Event,
    ProjectionEvent,
    StudyHeader,
    StudyRecord,
    Totals,
)
from kerma.store import counts, known_texts, models, rules
from kerma.store.devices import Placed, resolve
from kerma.store.event_rows import EventTable
from kerma.store.packing import pack
from kerma.store.sql import Table
from kerma.store.study_rows import study_row

LAST_DAY = dt.date(2026, 11, 20)
DAYS = 3650
BATCH = 5000
PATTERNS = 40
"""Different sets of events a modality."""

SYSTEMS = {"CT": 4, "DX": 3, "RF": 2, "MG": 2, "NM": 1}
SHARE = {"CT": 0.25, "DX": 0.45, "RF": 0.12, "MG": 0.12, "NM": 0.06}
EVENTS = {"CT": (2, 10), "DX": (1, 4), "RF": (10, 100), "MG": (4, 6), "NM": (1, 1)}
"""Least and most events of a study."""

_PARTS = {
    "CT": "Abdomen Thorax Head Neck Pelvis Spine Knee Heart Sinuses Kidneys Liver Angio",
    "DX": "Chest Knee Hand Foot Hip Pelvis Abdomen Shoulder Ankle Wrist Elbow Spine",
    "RF": "Coronary Swallow Cerebral Renal ERCP Pacemaker Leg Biliary Uterine Hip",
    "MG": "Screening Diagnostic Tomosynthesis Biopsy Specimen",
    "NM": "Bone Heart Thyroid Lung Brain Kidneys Sentinel FDG",
}
_WAYS = "routine,with contrast,low dose,follow-up,emergency,paediatric,left,right,both,portable"
_EVENT_MODELS = {
    CtEvent: models.CtEvent,
    ProjectionEvent: models.ProjectionEvent,
    Administration: models.Administration,
}


def descriptions(modality: str) -> list[str]:
    """Return descriptions, the most frequent first."""
    parts, ways = _PARTS[modality].split(), _WAYS.split(",")
    return [f"{part} {way}" for way in ways for part in parts]


def event(modality: str, number: int, chance: random.Random) -> Event:
    """Return one event with plausible values."""
    uid = f"1.2.826.0.1.{chance.randrange(10**12)}"
    if modality == "CT":
        ctdivol = round(chance.lognormvariate(2.0, 0.5), 2)
        return CtEvent(
            irradiation_event_uid=uid,
            acquisition_protocol=f"Protocol {chance.randrange(30)}",
            acquisition_type="Spiral Acquisition" if number else "Constant Angle Acquisition",
            exposure_time_s=round(chance.uniform(1, 12), 2),
            scanning_length_mm=round(chance.uniform(100, 700), 1),
            kvp=chance.choice((80.0, 100.0, 120.0, 140.0)),
            tube_current_ma=round(chance.uniform(40, 500)),
            ctdivol_mgy=ctdivol,
            dlp_mgycm=round(ctdivol * chance.uniform(10, 60), 1),
        )
    if modality == "NM":
        return Administration(
            administration_event_uid=uid,
            radiopharmaceutical_agent=chance.choice(("Fludeoxyglucose F^18^", "Technetium MDP")),
            radionuclide=chance.choice(("^18^Fluorine", "^99m^Technetium")),
            administered_activity_mbq=round(chance.uniform(100, 700), 1),
        )
    return ProjectionEvent(
        irradiation_event_uid=uid,
        acquisition_protocol=f"Protocol {chance.randrange(30)}",
        event_type="Fluoroscopy" if modality == "RF" and number % 3 else "Stationary Acquisition",
        laterality=chance.choice(("Left", "Right")) if modality == "MG" else "",
        view_code=chance.choice(("R-10242", "R-10226")) if modality == "MG" else "",
        kvp=round(chance.uniform(50, 125), 1),
        exposure_mas=round(chance.uniform(1, 200), 2),
        dap_gym2=chance.lognormvariate(-11.0, 1.0),
        rp_dose_gy=chance.lognormvariate(-7.0, 1.0) if modality == "RF" else None,
        agd_mgy=round(chance.uniform(0.8, 2.5), 2) if modality == "MG" else None,
        compressed_thickness_mm=round(chance.uniform(20, 90)) if modality == "MG" else None,
    )


def pattern(modality: str, number: int, chance: random.Random) -> StudyRecord:
    """Return a study with its events: what all studies of the pattern have in common."""
    index = number % SYSTEMS[modality]
    room = f"{modality}{index + 1}"
    device = Device(
        manufacturer=("ACME", "Example", "Sample", "Other")[index],
        institution=f"Hospital {index % 3 + 1}",
        station_name=room,
        model=f"Model {room}",
    )
    events = tuple(event(modality, n, chance) for n in range(chance.randint(*EVENTS[modality])))
    return StudyRecord(
        kind="NM RRDSR" if modality == "NM" else f"{modality} RDSR",
        modality=modality,
        manufacturer=device.manufacturer,
        model=device.model,
        study=StudyHeader(institution=device.institution, station_name=room),
        device=device,
        totals=_totals(events),
        events=events,
    )


def _totals(events: tuple[Event, ...]) -> Totals:
    def total(name: str, side: str = "") -> float | None:
        chosen = [e for e in events if not side or getattr(e, "laterality", "") == side]
        values = [v for e in chosen if (v := getattr(e, name, None)) is not None]
        return sum(values) if values else None

    return Totals(
        events=len(events),
        dlp_mgycm=total("dlp_mgycm"),
        dap_gym2=total("dap_gym2"),
        rp_dose_gy=total("rp_dose_gy"),
        agd_left_mgy=total("agd_mgy", "Left"),
        agd_right_mgy=total("agd_mgy", "Right"),
        administered_activity_mbq=total("administered_activity_mbq"),
    )


class Pattern:
    """A pattern with its place in the database and the columns of its studies."""

    def __init__(self, record: StudyRecord, place: Placed) -> None:
        self.record = record
        self.place = place
        self.names = descriptions(record.modality)
        self.weights = [1 / (rank + 1) for rank in range(len(self.names))]
        self.columns = study_row(record) | {
            "equipment": merge([record])[0].equipment,
            "system_id": place.system_id,
            "device_id": place.device_id,
            "kinds": record.kind,
            "not_patient": "",
            **dict.fromkeys(("peak_skin_dose_gy", "computed_effective_dose_msv")),
            **dict.fromkeys(("period_dap_gym2", "period_rp_dose_gy", "period_exams")),
            **dict.fromkeys(("standard_name", "standard_acquisitions"), ""),
            "computed": {},
            "updated_at": dt.datetime.now(dt.UTC),
        }


def patterns(chance: random.Random) -> dict[str, list[Pattern]]:
    """Return the patterns of every modality, their devices and systems made."""
    site = rules.Rules()
    with connection.cursor() as cursor:
        return {
            modality: [
                Pattern(record, resolve(cursor, record, site))
                for record in (pattern(modality, n, chance) for n in range(PATTERNS))
            ]
            for modality in SHARE
        }


def study(number: int, found: Pattern, chance: random.Random) -> tuple[dict[str, Any], StudyRecord]:
    """Return the columns of a study, and its record without events."""
    day = LAST_DAY - dt.timedelta(chance.randrange(DAYS))
    moment = dt.datetime.combine(day, dt.time(chance.randint(7, 19), chance.randrange(60)))
    factor = chance.lognormvariate(0, 0.4)
    row = found.columns | {
        "study_instance_uid": f"1.2.826.0.1.{number:09d}",
        "study_date": day,
        "study_time": moment.time(),
        "date_time": moment,
        "study_description": chance.choices(found.names, found.weights)[0],
        "accession_number": f"A{number:08d}",
        "age_years": float(chance.randint(1, 95)),
        "sex": chance.choice("FM"),
        "weight_kg": round(max(3.0, chance.gauss(75, 18)), 1),
    }
    for name in ("dlp_mgycm", "dap_gym2", "rp_dose_gy", "administered_activity_mbq"):
        if row[name] is not None:
            row[name] *= factor
    header = replace(
        found.record.study,
        study_instance_uid=row["study_instance_uid"],
        sop_instance_uid=f"{row['study_instance_uid']}.1",
        study_date=day,
        study_time=moment.time(),
        study_description=row["study_description"],
    )
    return row, replace(found.record, study=header, events=())


def rows(
    studies: int, found: dict[str, list[Pattern]], chance: random.Random
) -> Iterator[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """Yield the rows of study, source and ledger of each study; its id is its number."""
    modalities, shares = list(SHARE), list(SHARE.values())
    now = dt.datetime.now(dt.UTC)
    for number in range(1, studies + 1):
        modality = chance.choices(modalities, shares)[0]
        chosen = found[modality][number % PATTERNS]
        columns, record = study(number, chosen, chance)
        common = {
            "study_instance_uid": columns["study_instance_uid"],
            "sop_instance_uid": record.study.sop_instance_uid,
            "series_instance_uid": "",
            "content_hash": f"{number:064x}",
            "device_id": chosen.place.device_id,
            "path": "",
            "received_at": now,
        }
        source = common | {
            "study_id": number,
            "kind": record.kind,
            "extractor_version": "bulk",
            "state": "active",
            "quirks": [],
            "notes": [],
            "not_patient": [],
            "record": pack(record),
        }
        yield columns, source, common | {"sop_class_uid": "", "came_by": "bulk"}


def insert_studies(studies: int, found: dict[str, list[Pattern]], chance: random.Random) -> None:
    """Insert studies, sources and the ledger, a batch a transaction."""
    tables = [Table(models.Study), Table(models.Source), Table(models.StoredObject)]
    source = rows(studies, found, chance)
    while batch := list(islice(source, BATCH)):
        with transaction.atomic(), connection.cursor() as cursor:
            for table, part in zip(tables, zip(*batch, strict=True), strict=True):
                load(cursor, table, list(part))


def load(cursor: Any, table: Table, part: list[dict[str, Any]]) -> None:
    """Insert rows the quickest way there is."""
    if connection.vendor != "postgresql":
        table.insert(cursor, part)
        return
    columns = ", ".join(f'"{field.column}"' for field in table.fields)
    with cursor.cursor.copy(f"COPY {table.model._meta.db_table} ({columns}) FROM STDIN") as copy:
        for row in part:
            copy.write_row(table.values(row))


def insert_events(found: dict[str, list[Pattern]]) -> None:
    """Insert the events of all studies, made of the patterns inside the database."""
    for modality, chosen in found.items():
        kind = type(chosen[0].record.events[0])
        table = EventTable(_EVENT_MODELS[kind], kind)
        name, plain = f"pattern_{modality.lower()}", table.model._meta.db_table
        columns = [field.column for field in table.fields]
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE {name} AS SELECT * FROM {plain} WHERE 1 = 0")
            cursor.executemany(
                f"INSERT INTO {name} (id, {', '.join(columns)}) "
                f"VALUES ({', '.join(['%s'] * (len(columns) + 1))})",
                [
                    [number, *table.values(row)]
                    for number, each in enumerate(chosen)
                    for row in _event_rows(table, each, modality)
                ],
            )
            own = {"study_id": "s.id", "system_id": "s.system_id", "study_date": "s.study_date"}
            cursor.execute(
                f"INSERT INTO {plain} ({', '.join(columns)}) "
                f"SELECT {', '.join(own.get(c, f'p.{c}') for c in columns)} "
                f"FROM store_study s JOIN {name} p ON p.id = s.id % {PATTERNS} "
                f"WHERE s.modality = '{modality}' ORDER BY s.id, p.ordinal"
            )
            cursor.execute(f"DROP TABLE {name}")


def _event_rows(table: EventTable, chosen: Pattern, modality: str) -> Iterator[dict[str, Any]]:
    given = {"study_id": 0, "system_id": 0, "study_date": None, "modality": modality}
    given |= dict.fromkeys(
        ("computed_ssde_mgy", "computed_effective_dose_msv", "computed_agd_mgy")
    ) | {"standard_name": "", "computed": {}}
    for ordinal, each in enumerate(chosen.record.events, start=1):
        yield table.row(each, given | {"ordinal": ordinal})


def drop_indexes(names: list[str]) -> list[str]:
    """Drop the indexes that are no constraints, and return the statements that make them."""
    listed = ", ".join(f"'{name}'" for name in names)
    query = (
        "SELECT i.indexname, i.indexdef FROM pg_indexes i LEFT JOIN pg_constraint c "
        f"ON c.conname = i.indexname WHERE c.conname IS NULL AND i.tablename IN ({listed})"
        if connection.vendor == "postgresql"
        else "SELECT name, sql FROM sqlite_master "
        f"WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({listed})"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = cursor.fetchall()
        for name, _ in found:
            cursor.execute(f'DROP INDEX "{name}"')
    return [statement for _, statement in found]


def note_texts() -> None:
    """Make the texts of the studies known."""
    with connection.cursor() as cursor:
        for field in known_texts.FIELDS:
            distinct = models.Study.objects.values_list(field, flat=True).distinct().order_by()
            known_texts.note(cursor, [dict.fromkeys(known_texts.FIELDS, "") | {field: text}
                                      for text in distinct])  # fmt: skip


def main() -> None:
    """Fill the database and say how long it took."""
    parser = argparse.ArgumentParser(description="Fill a database with made-up studies.")
    parser.add_argument("--studies", type=int, default=1_000_000)
    studies = parser.parse_args().studies
    call_command("migrate", verbosity=0)
    if models.Study.objects.exists():
        parser.error("There are studies already; the tables must be empty.")
    start = time.perf_counter()
    chance = random.Random(1)
    found = patterns(chance)
    tables = [model._meta.db_table for model in (*_EVENT_MODELS.values(), models.Study)]
    statements = drop_indexes([*tables, "store_source", "store_storedobject"])
    insert_studies(studies, found, chance)
    insert_events(found)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        note_texts()
        counts.recount()
        cursor.execute("ANALYZE")
    events = sum(model.objects.count() for model in _EVENT_MODELS.values())
    print(f"{studies} studies, {events} events in {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
