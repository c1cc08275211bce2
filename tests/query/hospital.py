"""A small hospital made by hand: every study is there to be found, or left out, by some filter."""

import datetime as dt
from itertools import count
from typing import Any

from kerma.records import (
    Administration,
    CtEvent,
    Device,
    ImageSeries,
    OrganDose,
    Patient,
    PatientCharacteristics,
    ProjectionEvent,
    StudyHeader,
    StudyRecord,
    Totals,
)
from kerma.store.models import IdentityPolicy, NotPatientPattern, Study
from tests.store.helpers import arrive

_numbers = count(1)


def store(
    label: str,
    modality: str,
    *,
    day: str = "2026-03-10",
    time: str = "09:30:00",
    room: str = "Room 1",
    maker: str = "Acme",
    model: str = "Ray 1",
    patient: Patient | None = None,
    totals: Totals | None = None,
    events: tuple[Any, ...] = (),
    kind: str = "",
    **others: Any,
) -> int:
    """Store a study; its Study Instance UID is `label`. Returns the id of its row."""
    header = {name: others.pop(name) for name in tuple(others) if name in _HEADER}
    study = StudyHeader(
        study_instance_uid=label,
        series_instance_uid=f"{label}.1",
        sop_instance_uid=f"{label}.1.{next(_numbers)}",
        study_date=dt.date.fromisoformat(day) if day else None,
        study_time=dt.time.fromisoformat(time) if time else None,
        institution=header.pop("institution", "City Hospital"),
        station_name=room,
        **header,
    )
    record = StudyRecord(
        kind=kind or f"{modality} RDSR",
        modality=modality,
        manufacturer=maker,
        model=model,
        study=study,
        device=Device(manufacturer=maker, model=model, station_name=room,
                      institution=study.institution, serial_number=room),
        patient=patient or Patient(),
        totals=totals or Totals(),
        events=events,
        **others,
    )  # fmt: skip
    saved = arrive(record)
    assert saved.outcome in {"imported", "merged"}, saved
    return Study.objects.get(study_instance_uid=label, modality=modality).pk


_HEADER = frozenset(StudyHeader.__struct_fields__)


def ct_event(kind: str = "Spiral Acquisition", **values: Any) -> CtEvent:
    uid = f"1.2.9.{next(_numbers)}"
    return CtEvent(irradiation_event_uid=uid, acquisition_type=kind, **values)


def exposure(kind: str = "Stationary Acquisition", **values: Any) -> ProjectionEvent:
    uid = f"1.2.9.{next(_numbers)}"
    return ProjectionEvent(irradiation_event_uid=uid, event_type=kind, **values)


def store_everything(*, identity: str = "store") -> None:
    """Store the hospital."""
    IdentityPolicy.objects.update_or_create(
        pk=1,
        defaults={"name": identity, "patient_id": identity, "birth_date": "store"},
    )
    NotPatientPattern.objects.create(target="name", pattern="*phantom*")
    _store_ct()
    _store_projection()
    _store_mammography()
    _store_nuclear()


def _store_ct() -> None:
    store(
        "ct-thorax", "CT", day="2026-03-01", room="CT 1", study_description="Thorax low dose",
        requested_procedure="CT chest", performed_procedure_step_description="Lung screening",
        accession_number="A100", performing_physician="Grey^Ann",
        patient=Patient(name="Byron^Ada", id="00042", age_years=61.0, weight_kg=70.0, sex="F"),
        totals=Totals(dlp_mgycm=150.0),
        events=(
            ct_event("Constant Angle Acquisition", acquisition_protocol="Topogram", dlp_mgycm=2.0),
            ct_event(acquisition_protocol="Thorax LD", dlp_mgycm=148.0, ctdivol_mgy=4.1, pitch=1.2),
        ),
    )  # fmt: skip
    store(
        "ct-head", "CT", day="2026-03-05", room="CT 2", maker="Umbra", model="Slice 64",
        study_description="CAVITÉ CRÂNIENNE", accession_number="A200", institution="Harbour Clinic",
        patient=Patient(name="Lovelace^Bob", id="7", age_years=5.5, weight_kg=18.0, sex="M"),
        totals=Totals(dlp_mgycm=620.0),
        events=(
            ct_event("Sequenced Acquisition", acquisition_protocol="Head seq", dlp_mgycm=600.0),
            ct_event("Stationary Acquisition", acquisition_protocol="Monitor", dlp_mgycm=20.0),
        ),
    )  # fmt: skip
    store(
        "ct-test", "CT", day="2026-03-09", room="CT 1", study_description="Constancy",
        patient=Patient(name="WATER PHANTOM", id="QC"),
    )  # fmt: skip


def _store_projection() -> None:
    store(
        "rf-pci", "RF", day="2026-03-02", room="Cath lab", study_description="PCI",
        performing_physician="Grey^Ann", patient=Patient(age_years=70.0, weight_kg=90.0),
        totals=Totals(dap_gym2=0.025, rp_dose_gy=2.5, fluoro_dap_gym2=0.02, fluoro_time_s=600.0,
                      fluoro_rp_dose_gy=2.0, acquisition_dap_gym2=0.005, acquisition_time_s=20.0,
                      acquisition_rp_dose_gy=0.5),
        events=(
            exposure("Fluoroscopy", acquisition_protocol="Card LD", dap_gym2=0.02),
            exposure(acquisition_protocol="Coro 15", dap_gym2=0.005),
        ),
    )  # fmt: skip
    store(
        "rf-swallow", "RF", day="2026-03-03", room="Screening", study_description="Swallow",
        totals=Totals(dap_gym2=0.0001, rp_dose_gy=0.01),
        events=(exposure("Fluoroscopy", acquisition_protocol="GI", dap_gym2=0.0001),),
    )  # fmt: skip
    store(
        "dx-chest", "DX", day="2026-03-04", room="Room 3", study_description="Chest PA",
        totals=Totals(dap_gym2=1e-5),
        events=(exposure(acquisition_protocol="Chest", dap_gym2=1e-5),),
    )  # fmt: skip
    store(
        "dx-spine", "DX", day="2026-03-06", room="Room 3", study_description="Spine",
        totals=Totals(dap_gym2=1.2e-4),
        events=(
            exposure(acquisition_protocol="L spine AP", dap_gym2=2e-5),
            exposure(acquisition_protocol="L spine lat", dap_gym2=1e-4),
        ),
    )  # fmt: skip


def _store_mammography() -> None:
    store(
        "mg-thin", "MG", day="2026-03-07", room="Mammo", study_description="Screening",
        totals=Totals(agd_left_mgy=1.1, agd_right_mgy=1.3),
        events=(
            exposure(laterality="Left", view="cranio-caudal", view_code="R-10242", agd_mgy=1.1,
                     compressed_thickness_mm=35.0, exposure_control_mode="AUTOMATIC"),
        ),
    )  # fmt: skip
    store(
        "mg-wide", "MG", day="2026-03-08", room="Mammo", study_description="Assessment",
        institution="Klinik über der Stadt",
        totals=Totals(agd_left_mgy=2.4),
        events=(
            exposure(laterality="Left", view="medio-lateral oblique", view_code="R-10226",
                     agd_mgy=1.2, compressed_thickness_mm=30.0, exposure_control_mode="MANUAL"),
            exposure(laterality="Left", view="medio-lateral oblique", view_code="R-10226",
                     agd_mgy=1.2, compressed_thickness_mm=80.0, exposure_control_mode="MANUAL"),
        ),
    )  # fmt: skip


def _store_nuclear() -> None:
    store(
        "nm-fdg", "NM", kind="NM RRDSR", day="2026-03-10", room="PET", study_description="PET body",
        totals=Totals(administered_activity_mbq=394.0, effective_dose_msv=7.5),
        events=(
            Administration(
                administration_event_uid="1.2.8.1", radiopharmaceutical_agent="Fluorodeoxyglucose",
                radionuclide="Fluorine 18", administered_activity_mbq=394.0, route="Intravenous",
                start=dt.datetime(2026, 3, 10, 8, 40, 30),  # noqa: DTZ001
                organ_doses=(OrganDose(organ="Bladder", dose_mgy=51.2),),
            ),
        ),
        patient_characteristics=PatientCharacteristics(glucose_mmol_per_l=5.4),
        series=(ImageSeries(series_instance_uid="1.2.7", reconstruction_method="PSF+TOF 4i5s"),),
    )  # fmt: skip
    store(
        "nm-bone", "NM", kind="NM RRDSR", day="2026-03-11", room="Gamma", study_description="Bone",
        totals=Totals(administered_activity_mbq=600.0),
        events=(
            Administration(
                administration_event_uid="1.2.8.2", radiopharmaceutical_agent="Medronate",
                radionuclide="Technetium 99m", administered_activity_mbq=600.0,
            ),
        ),
    )  # fmt: skip
