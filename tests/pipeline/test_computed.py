"""Computed doses of stored studies: off until switched on, beside what the object says."""

import pytest
from django.db import connection, transaction

from kerma.errors import KermaError
from kerma.net import every_job
from kerma.pipeline import computed
from kerma.pipeline.find import Arrival
from kerma.pipeline.ingest import ingest
from kerma.records import Administration, Patient
from kerma.store import jobs, options, rules
from kerma.store.merging import renew
from kerma.store.models import Administration as StoredAdministration
from kerma.store.models import AuditEntry, CtEvent, FollowUpFault, Study, StudyChange, Task
from kerma.store.models import ProjectionEvent as StoredExposure
from tests.dosimetry.test_mammography import TABLES
from tests.finality import end, since, work_off
from tests.query.hospital import ct_event, exposure, store

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

CHEST = {"target_region": "Chest", "target_region_code": "T-D3000"}
BODY = {"phantom_type": "IEC Body Dosimetry Phantom", "phantom_type_code": "113691"}
ADULT = Patient(age_years=50.0, weight_kg=0.0)


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.KERMA_HOME = tmp_path
    return tmp_path


def a_chest(uid="1.2.1", patient=ADULT, **changes):
    values = {"ctdivol_mgy": 10.0, "dlp_mgycm": 300.0, "kvp": 120.0, "ssde_mgy": 12.0,
              "water_equivalent_diameter_mm": 300.0, **CHEST, **BODY}  # fmt: skip
    localiser = ct_event("Constant Angle Acquisition", dlp_mgycm=5.0, ctdivol_mgy=0.1)
    return store(uid, "CT", patient=patient, events=(localiser, ct_event(**(values | changes))))


def switch_on(**more):
    for name, value in {"compute_ssde": True, "compute_effective_dose": True, **more}.items():
        options.put(name, value)


def test_nothing_is_computed_until_it_is_switched_on():
    a_chest()
    work_off()

    assert not CtEvent.objects.exclude(computed={}).exists()
    assert not Study.objects.exclude(computed={}).exists()


def test_a_new_study_is_computed_beside_what_its_report_says():
    switch_on()
    pk = a_chest()
    work_off()

    localiser, scan = CtEvent.objects.filter(study=pk).order_by("ordinal")
    study = Study.objects.get(pk=pk)
    assert scan.computed_ssde_mgy == pytest.approx(12.3, abs=0.05)
    assert scan.ssde_mgy == 12.0
    assert scan.computed_effective_dose_msv == pytest.approx(300 * 0.0210)
    assert scan.computed["ssde"]["inputs"]["D"] == "30 cm"
    assert localiser.computed == {}
    assert study.computed_effective_dose_msv == pytest.approx(300 * 0.0210)
    assert study.effective_dose_msv is None
    assert study.computed["ssde"]["inputs"]["events"] == "1 of 1"


def test_a_sum_that_lacks_an_event_is_no_sum():
    switch_on()
    neck = ct_event(dlp_mgycm=100.0, kvp=120.0, target_region_code="T-D1600", **BODY)
    chest = ct_event(dlp_mgycm=100.0, kvp=120.0, **CHEST, **BODY)
    pk = store("1.2.2", "CT", patient=ADULT, events=(neck, chest))
    work_off()

    study = Study.objects.get(pk=pk)
    assert study.computed_effective_dose_msv is None
    assert study.computed["effective_dose"]["reason"].startswith("1 of 2 events have no value")
    assert [e.computed_effective_dose_msv for e in CtEvent.objects.order_by("ordinal")] == [
        None,
        pytest.approx(2.1),
    ]


@pytest.mark.parametrize("changes_of", [{"patient": Patient()}, {"target_region_code": ""}])
def test_without_age_or_region_there_is_a_reason_and_no_value(changes_of):
    switch_on()
    pk = a_chest(**changes_of)
    work_off()

    scan = CtEvent.objects.get(study=pk, ordinal=2)
    assert scan.computed_effective_dose_msv is None
    assert scan.computed["effective_dose"]["reason"]
    assert Study.objects.get(pk=pk).computed_effective_dose_msv is None


def test_an_administration_is_computed_by_agent_and_age():
    switch_on()
    agent = Administration(
        radiopharmaceutical_agent="Fluorodeoxyglucose F^18^", radionuclide_code="C-111A1",
        administered_activity_mbq=200.0,
    )  # fmt: skip
    pk = store("1.2.3", "NM", patient=ADULT, events=(agent,))
    work_off()

    found = StoredAdministration.objects.get(study=pk)
    assert found.computed_effective_dose_msv == pytest.approx(3.8)
    assert Study.objects.get(pk=pk).computed_effective_dose_msv == pytest.approx(3.8)


def test_a_mammogram_is_computed_with_the_tables_of_the_site(home):
    folder = home / "coefficients" / "mammography"
    folder.mkdir(parents=True)
    (folder / "own.toml").write_text(TABLES)
    options.put("compute_agd", True)
    options.put("agd_set", "test")
    view = exposure(
        entrance_exposure_at_rp_mgy=5.0, compressed_thickness_mm=40.0, half_value_layer_mm=0.4,
        anode_target="Molybdenum", filters=({"material": "Molybdenum"},), agd_mgy=1.5,
    )  # fmt: skip
    pk = store("1.2.4", "MG", patient=Patient(age_years=45.0), events=(view,))
    work_off()

    found = StoredExposure.objects.get(study=pk)
    assert found.computed_agd_mgy == pytest.approx(5 * 0.4 * 1.0 * 1.0)
    assert found.agd_mgy == 1.5


def test_all_studies_are_computed_after_a_change_and_cleared_when_it_is_switched_off():
    pk = a_chest()
    switch_on()

    assert computed.compute_all(lambda _: None) == (1, 1)
    assert computed.compute_all(lambda _: None) == (1, 0)
    assert CtEvent.objects.get(study=pk, ordinal=2).computed_ssde_mgy

    options.put("compute_ssde", False)
    options.put("ct_effective_dose_set", "shrimpton-icrp-60")
    computed.compute_all(lambda _: None)
    scan = CtEvent.objects.get(study=pk, ordinal=2)
    assert (scan.computed_ssde_mgy, scan.computed_effective_dose_msv) == (None, pytest.approx(4.2))
    assert set(scan.computed) == {"effective_dose"}

    options.put("compute_effective_dose", False)
    computed.compute_all(lambda _: None)
    assert CtEvent.objects.get(study=pk, ordinal=2).computed == {}
    assert Study.objects.get(pk=pk).computed == {}


def test_a_change_is_noted_as_derived_once():
    pk = a_chest()
    switch_on()
    start = end()
    StudyChange.objects.all().delete()

    computed.compute_all(lambda _: None)
    computed.compute_all(lambda _: None)

    assert list(StudyChange.objects.values_list("study_id", "derived")) == [(pk, True)]
    assert since(start, derived=False).study_ids == []


def test_values_of_others_in_the_same_field_stay():
    pk = a_chest()
    Study.objects.filter(pk=pk).update(computed={"peak_skin_dose": {"value": 1}})
    switch_on()

    computed.compute_all(lambda _: None)
    options.put("compute_ssde", False)
    options.put("compute_effective_dose", False)
    computed.compute_all(lambda _: None)

    assert Study.objects.get(pk=pk).computed == {"peak_skin_dose": {"value": 1}}


def test_what_stops_the_work_leaves_whole_studies():
    first, second = a_chest("1.2.1"), a_chest("1.2.2")
    switch_on()

    class Stop(KermaError):
        pass

    def stop(done):
        if done == 1:
            raise Stop("stopped")

    with pytest.raises(Stop):
        computed.compute_all(stop)

    assert Study.objects.get(pk=first).computed_effective_dose_msv
    assert Study.objects.get(pk=second).computed == {}


def test_a_study_that_is_put_together_anew_is_computed_anew():
    switch_on()
    pk = a_chest()
    work_off()

    study = Study.objects.get(pk=pk)
    with transaction.atomic(), connection.cursor() as cursor:
        renew(cursor, study.study_instance_uid, rules.load(cursor))
    assert CtEvent.objects.get(study=pk, ordinal=2).computed == {}
    work_off()

    assert CtEvent.objects.get(study=pk, ordinal=2).computed_effective_dose_msv
    assert Study.objects.get(pk=pk).computed_effective_dose_msv


def test_a_set_that_is_gone_is_a_fault_that_says_so():
    switch_on(ct_effective_dose_set="gone")
    a_chest()
    work_off()

    assert "'gone' is not there" in FollowUpFault.objects.get().reason


def imported(path):
    outcome = ingest(Arrival(str(path)))
    assert outcome.outcome == "imported"
    computed.compute_all(lambda _: None)
    return Study.objects.get()


def test_the_device_of_a_pet_report_finds_the_same_effective_dose(shared_objects):
    """It reports 7.486 mSv for 394 MBq of FDG, which is the coefficient of ICRP 106."""
    switch_on()

    study = imported(shared_objects / "NM-RRDSR-Siemens.dcm")

    assert study.effective_dose_msv == pytest.approx(7.486)
    assert study.computed_effective_dose_msv == pytest.approx(study.effective_dose_msv)


def test_a_real_report_is_computed_scan_by_scan(shared_objects):
    """Abdomen at 120 kV: 0.0179 of the DLP of both scans; localisers and monitoring have none."""
    switch_on()

    study = imported(shared_objects / "CT-ESR-GE_Optima.dcm")

    assert study.computed_effective_dose_msv == pytest.approx(0.0179 * (155.97 + 259.85))


@pytest.mark.parametrize("name", ["CT-RDSR-GEPixelMed", "CT-SC-Philips_Brilliance16P"])
def test_reports_without_a_region_leave_a_reason(shared_objects, name):
    switch_on()

    study = imported(shared_objects / f"{name}.dcm")

    assert study.computed_effective_dose_msv is None
    assert "does not say which region" in study.computed["effective_dose"]["reason"]


def test_the_task_computes_all_and_says_so_in_the_audit():
    every_job.load()
    a_chest()
    switch_on()
    task = jobs.enqueue(computed.JOB, "Compute doses of all studies")
    Task.objects.filter(pk=task.pk).update(state=Task.State.RUNNING)

    found = jobs.jobs[computed.JOB].run(jobs.Progress(task.pk))

    assert found == {"done": 1, "changed": 1}
    assert AuditEntry.objects.filter(action="compute doses").exists()
