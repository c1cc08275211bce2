"""A seed in, a year of studies out: the objects that would have arrived, and the truth."""

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import msgspec
from pydicom.dataset import Dataset

from kerma.demo import ct, fluoroscopy, images, mammography, nuclear, radiography, tables
from kerma.demo.chance import Chance
from kerma.demo.objects import (
    ct_report,
    nuclear_image,
    nuclear_report,
    projection_image,
    projection_report,
)
from kerma.demo.tables import CtProcedure, DxProcedure, NmProcedure, Procedure, RfProcedure, System
from kerma.demo.visit import Visit, arrange, draw_patient, draw_start, phantom
from kerma.dicom.write import to_bytes
from kerma.records import Administration, ProjectionEvent, StudyRecord

Kind = TypeVar("Kind", bound=Procedure)


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """What is true of one stored study, however many objects tell of it."""

    study_instance_uid: str
    modality: str
    events: int
    is_test: bool = False
    dlp_mgycm: float | None = None
    dap_gym2: float | None = None
    rp_dose_gy: float | None = None
    fluoro_time_s: float | None = None
    agd_left_mgy: float | None = None
    agd_right_mgy: float | None = None
    administered_activity_mbq: float | None = None


class DemoObject(msgspec.Struct, frozen=True, kw_only=True):
    """One Part 10 file; `record` is what a reader must find, None if it is broken on purpose."""

    name: str
    """Path below the folder all objects go to."""
    data: bytes
    record: StudyRecord | None


class DemoStudy(msgspec.Struct, frozen=True, kw_only=True):
    """All objects of one examination; a PET/CT examination is two stored studies."""

    objects: tuple[DemoObject, ...]
    truths: tuple[Truth, ...]


class _Made(msgspec.Struct):
    """Records of the objects of one examination, and the truth of it."""

    records: list[StudyRecord]
    truths: list[Truth]


OUTLIER_EVERY, TEST_EVERY, SECOND_REPORT_EVERY = 40, 25, 9
"""How many studies of a system until the next of unusual dose, of a phantom, of two reports."""

_OUTLIER = {"ct": 4.0, "rf": 6.0, "dx": 5.0, "mg": 1.8, "nm": 1.5}
"""Factor on the dose of an outlier."""


class Plan(msgspec.Struct, frozen=True):
    """Which examination to draw; it can be drawn apart from all others, in any process."""

    number: int
    system: System
    nth: int
    """How many examinations of the system come before it."""
    studies: int
    seed: int
    until: dt.datetime


def plans(studies: int, *, seed: int, until: dt.datetime) -> Iterator[Plan]:
    """Yield what examinations there are in the 365 days before `until`.

    The first ones go once through all systems; the others come by the systems' shares.
    """
    seen: Counter[str] = Counter()
    every = tables.systems()
    for number in range(studies):
        drawn = Chance(seed, "system", number).pick_shared(every)
        system = every[number] if number < len(every) else drawn
        yield Plan(number, system, seen[system.key], studies, seed, until)
        seen[system.key] += 1


def draw_studies(studies: int, *, seed: int, until: dt.datetime) -> Iterator[DemoStudy]:
    """Yield so many examinations of the 365 days before `until`."""
    return map(draw_study, plans(studies, seed=seed, until=until))


def draw_study(plan: Plan) -> DemoStudy:
    """Return the planned examination as files."""
    made = _examination(plan)
    objects = tuple(
        DemoObject(
            name=f"{plan.system.key}/{plan.number:05d}-{index}.dcm",
            data=to_bytes(_WRITERS[record.kind](record, plan.system.old_codes)),
            record=record,
        )
        for index, record in enumerate(made.records, 1)
    )
    return DemoStudy(objects=objects, truths=tuple(made.truths))


def broken_study(*, seed: int, until: dt.datetime) -> DemoStudy:
    """Return a CT report that was cut short on its way."""
    whole = draw_study(Plan(0, tables.systems()[0], 0, 1, -1 - seed, until)).objects[0].data
    cut = DemoObject(name="broken/cut-short.dcm", data=whole[: len(whole) * 3 // 5], record=None)
    return DemoStudy(objects=(cut,), truths=())


def _examination(plan: Plan) -> _Made:
    """Return the records of an examination.

    UIDs follow from all that the content follows from, so one UID never means two objects.
    """
    system = plan.system
    start = draw_start(system, plan.until, Chance(plan.seed, "start", plan.number))
    chance = Chance(plan.seed, "study", plan.number, plan.studies, start)
    procedure = _procedure(system, chance)
    group = procedure.group
    patient = draw_patient(group, chance.whole(1, max(12, plan.studies // 2)), start, plan.seed)
    is_test = plan.nth % TEST_EVERY == TEST_EVERY // 8 and system.kind != "nm"
    visit = arrange(system, procedure, phantom() if is_test else patient, start, chance)
    if plan.nth % OUTLIER_EVERY == 6:
        visit = msgspec.structs.replace(visit, dose=visit.dose * _OUTLIER[system.kind])
    made = _MAKERS[system.kind](visit, plan.nth)
    made.truths = [msgspec.structs.replace(each, is_test=is_test) for each in made.truths]
    return made


def _procedure(system: System, chance: Chance) -> Procedure:
    every: dict[str, tuple[Procedure, ...]] = {
        "ct": tuple(each for each in tables.ct() if system.key in each.systems),
        "rf": tuple(each for each in tables.rf() if each.room in system.rooms),
        "dx": tuple(each for each in tables.dx() if each.room in system.rooms),
        "nm": tuple(each for each in tables.nm() if each.room in system.rooms),
        "mg": mammography.PROCEDURES,
    }
    return chance.pick_shared(every[system.kind])


def _ct(visit: Visit, nth: int) -> _Made:
    """Return a CT study: one report, or two of which the second repeats or continues the first."""
    procedure = _as(CtProcedure, visit.procedure)
    first, after = ct.events(visit, procedure), dt.timedelta(minutes=6)
    records, every = [ct.report(visit, first, after)], first
    if nth % SECOND_REPORT_EVERY == 1 and (visit.system.retells or visit.system.continues):
        further = (ct.further_scan(visit, procedure),)
        every = first + further
        told = every if visit.system.retells else further
        records.append(ct.report(visit, told, after + dt.timedelta(minutes=15)))
    dlp_mgycm = math.fsum(event.dlp_mgycm or 0.0 for event in every)
    return _Made(records, [_truth(visit, "CT", len(every), dlp_mgycm=dlp_mgycm)])


def _rf(visit: Visit, nth: int) -> _Made:
    """Return a fluoroscopy study."""
    events = fluoroscopy.events(visit, _as(RfProcedure, visit.procedure))
    record = fluoroscopy.report(visit, events)
    truth = _truth(
        visit,
        "RF",
        len(events),
        dap_gym2=math.fsum(event.dap_gym2 or 0.0 for event in events),
        rp_dose_gy=math.fsum(event.rp_dose_gy or 0.0 for event in events),
        fluoro_time_s=record.totals.fluoro_time_s,
    )
    return _Made([record], [truth])


def _dx(visit: Visit, nth: int) -> _Made:
    """Return a radiography study, told by a report or by images."""
    events = radiography.events(visit, _as(DxProcedure, visit.procedure))
    records = images.records(visit, "DX", events)
    if visit.system.report:
        records.append(radiography.report(visit, events))
    dap_gym2 = math.fsum(event.dap_gym2 or 0.0 for event in events)
    return _Made(records, [_truth(visit, "DX", len(events), dap_gym2=dap_gym2)])


def _mg(visit: Visit, nth: int) -> _Made:
    """Return a mammography study, told by images and, on some systems, a report."""
    events: tuple[ProjectionEvent, ...] = mammography.events(visit)
    records = images.records(visit, "MG", events)
    if visit.system.report:
        records.append(mammography.report(visit, events))
    truth = _truth(
        visit,
        "MG",
        len(events),
        agd_left_mgy=mammography.agd_mgy(events, "Left"),
        agd_right_mgy=mammography.agd_mgy(events, "Right"),
    )
    return _Made(records, [truth])


def _nm(visit: Visit, nth: int) -> _Made:
    """Return a nuclear medicine study; after PET, the CT of the same examination."""
    procedure = _as(NmProcedure, visit.procedure)
    given = nuclear.administrations(visit, procedure)
    records = _nuclear_images(visit, procedure, given)
    if visit.system.report:
        records.append(nuclear.report(visit, given[0]))
    activity_mbq = math.fsum(each.administered_activity_mbq or 0.0 for each in given)
    truth = _truth(visit, "NM", len(given), administered_activity_mbq=activity_mbq)
    made = _Made(records, [truth])
    for each in tables.ct():
        if visit.system.key in each.systems:
            scan = _ct(msgspec.structs.replace(visit, procedure=each), nth)
            made.records += scan.records
            made.truths += scan.truths
    return made


def _nuclear_images(
    visit: Visit, procedure: NmProcedure, given: tuple[Administration, ...]
) -> list[StudyRecord]:
    """Return one series of each administration; PET is reconstructed twice."""
    names = ["PET AC", "PET NAC"] if procedure.room == "pet" else [procedure.description]
    return [
        nuclear.image(visit, procedure, each, number * 10 + index, name)
        for number, each in enumerate(given)
        for index, name in enumerate(names, 1)
    ]


_MAKERS: dict[str, Callable[[Visit, int], _Made]] = {
    "ct": _ct,
    "rf": _rf,
    "dx": _dx,
    "mg": _mg,
    "nm": _nm,
}
"""Kind of system -> what makes its examinations."""

_WRITERS: dict[str, Callable[[StudyRecord, bool], Dataset]] = {
    "CT RDSR": ct_report.write,
    "RF RDSR": projection_report.write,
    "DX RDSR": projection_report.write,
    "MG RDSR": projection_report.write,
    "DX image": projection_image.write,
    "MG image": projection_image.write,
    "NM RRDSR": nuclear_report.write,
    "NM image": nuclear_image.write,
    "PT image": nuclear_image.write,
}
"""Kind of object -> what writes it."""


def _as(kind: type[Kind], procedure: Procedure) -> Kind:
    if not isinstance(procedure, kind):
        raise TypeError(f"{procedure.description} is not a {kind.__name__}")
    return procedure


def _truth(visit: Visit, modality: str, events: int, **totals: Any) -> Truth:
    return Truth(
        study_instance_uid=visit.study.study_instance_uid,
        modality=modality,
        events=events,
        **totals,
    )
