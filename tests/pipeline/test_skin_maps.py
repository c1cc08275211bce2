"""Skin dose maps follow from studies: once for the same inputs, again when an input changes."""

import datetime as dt

import numpy as np
import pytest

from kerma.net import every_job
from kerma.pipeline import follow_up, skin_dose
from kerma.records import Patient
from kerma.store import jobs, options, sizes
from kerma.store.models import (
    Alert,
    AlertRule,
    FollowUpFault,
    IdentityPolicy,
    SkinGeometry,
    SkinMap,
    Study,
    StudyChange,
    Task,
    TubeCalibration,
)
from tests.dosimetry.skin_cases import beam
from tests.query.hospital import store

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

KNOWN = {"maker": "Siemens", "model": "AXIOM-Artis"}


def arrive(uid="1.2.3", *events, modality="RF", **others):
    """Store a study and do what follows from it; return its map."""
    number = store(uid, modality, events=events or (_beam(uid),), **(KNOWN | others))
    follow_up.follow(number)
    return SkinMap.objects.filter(study=number).first()


def _beam(uid, **values):
    return beam(irradiation_event_uid=f"{uid}.9", **values)


def test_a_study_of_a_known_model_has_a_map_and_a_peak():
    kept = arrive()

    found = skin_dose.stored(kept)
    study = Study.objects.get()
    assert kept.state == "plausible"
    assert study.peak_skin_dose_gy == kept.peak_skin_dose_gy == found.peak_gy > 0.5
    assert found.map_gy.shape == (94, 90)
    assert found.map_gy.max() == pytest.approx(found.peak_gy)
    assert not FollowUpFault.objects.exists()


def test_the_peak_is_a_derived_change_that_asks_for_no_follow_up():
    arrive()

    made = StudyChange.objects.order_by("pk").values_list("derived", flat=True)
    assert list(made) == [False, True]


def test_another_modality_has_none():
    assert arrive(modality="DX") is None


def test_the_same_inputs_are_not_computed_twice(monkeypatch):
    kept = arrive()
    monkeypatch.setattr(skin_dose, "skin_dose", lambda *_, **__: pytest.fail("computed again"))

    again = skin_dose.make(Study.objects.select_related("device").get())

    assert again.inputs_hash == kept.inputs_hash


def test_a_size_that_is_entered_later_makes_it_anew():
    before = arrive()

    sizes.enter("1.2.3", 1.6, 110.0)
    follow_up.follow(Study.objects.get().pk)

    after = SkinMap.objects.get()
    assert before.phantom["patient"]["assumed"] == ["height", "mass"]
    assert (after.phantom["patient"]["height_cm"], after.phantom["patient"]["mass_kg"]) == (
        160,
        110,
    )
    assert after.inputs_hash != before.inputs_hash
    assert skin_dose.stored(after).rows < skin_dose.stored(before).rows


def test_a_study_that_is_merged_anew_keeps_its_peak():
    arrive()
    study = Study.objects.get()
    Study.objects.update(peak_skin_dose_gy=None)

    skin_dose.make(Study.objects.select_related("device").get(pk=study.pk))

    assert Study.objects.get().peak_skin_dose_gy == study.peak_skin_dose_gy


def test_an_unknown_model_has_no_map_but_an_answer():
    kept = arrive(maker="Acme", model="Arc <9>")

    assert (kept.state, kept.result, kept.peak_skin_dose_gy) == ("unknown", None, None)
    assert "nothing is known of the geometry of Acme Arc <9>" in kept.reason
    assert Study.objects.get().peak_skin_dose_gy is None


def test_what_the_site_says_of_a_model_goes_first_and_can_be_taken_back():
    SkinGeometry.objects.create(
        manufacturer="ACME", model="arc", state="validated", comment="Film in June",
        settings={"transmission": "none", "left": {"field": "table_longitudinal_mm", "sign": -1,
                                                   "offset_cm": 2.0}},
    )  # fmt: skip
    kept = arrive(maker="Acme", model="Arc")

    assert (kept.state, kept.method["geometry"]["source"]) == ("validated", "Film in June")
    assert kept.method["geometry"]["left"]["offset_cm"] == 2.0

    SkinGeometry.objects.all().delete()
    kept = skin_dose.make(Study.objects.select_related("device").get())
    assert kept.state == "unknown"
    assert Study.objects.get().peak_skin_dose_gy is None


def test_an_entry_that_cannot_be_read_is_a_fault_that_says_what_to_do():
    SkinGeometry.objects.create(
        manufacturer="Acme", model="Arc", state="plausible", settings={"transmission": "steel"}
    )

    assert arrive(maker="Acme", model="Arc") is None

    assert "Acme Arc cannot be read" in FollowUpFault.objects.get().reason
    assert "Delete it under Configuration" in FollowUpFault.objects.get().reason


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ({"rp_dose_gy": None, "dap_gym2": None}, "no event holds a dose"),
        ({"source_to_isocenter_mm": None}, "distance from source to isocentre is missing (1)"),
        ({"table_lateral_mm": 9000.0}, "none of the beams meets the body"),
    ],
)
def test_without_what_is_needed_there_is_a_reason(events, reason):
    kept = arrive("1.2.3", _beam("1.2.3", **events))

    assert (kept.state, kept.result) == ("without", None)
    assert reason in kept.reason


def test_a_study_without_events_has_a_reason():
    number = store("1.2.3", "RF", **KNOWN)
    follow_up.follow(number)

    assert "holds no irradiation events" in SkinMap.objects.get(study=number).reason


def test_the_calibration_in_force_on_the_day_counts():
    before = arrive(day="2026-03-10")
    study = Study.objects.get()
    for day, factor in (("2026-01-01", 1.2), ("2026-03-01", 1.1), ("2026-04-01", 2.0)):
        TubeCalibration.objects.create(
            system=study.system, factor=factor, valid_from=dt.date.fromisoformat(day)
        )

    after = skin_dose.make(Study.objects.select_related("device").get())

    assert after.peak_skin_dose_gy == pytest.approx(1.1 * before.peak_skin_dose_gy)


def test_the_task_looks_through_the_maps_of_a_model():
    arrive("1.1")
    arrive("1.2", maker="Acme", model="Arc")
    SkinGeometry.objects.create(manufacturer="Acme", model="Arc", state="plausible", settings={})
    every_job.load()
    task = jobs.enqueue("skin-maps", "Skin dose maps", manufacturer="ACME", model="arc")
    Task.objects.update(state=Task.State.RUNNING)

    done = [jobs.jobs["skin-maps"].run(jobs.Progress(task.pk), **task.arguments) for _ in range(2)]

    assert done == [{"done": 1, "changed": 1}, {"done": 1, "changed": 0}]
    assert set(SkinMap.objects.values_list("state", flat=True)) == {"plausible"}


def test_an_alert_on_the_peak_follows_from_a_map_that_is_made_later():
    options.put("skin_maps", False)
    level = {"quantity": "peak_skin_dose_gy", "level": 0.5}
    rule = AlertRule.objects.create(
        name="Half a gray", modality="RF", kind="absolute", settings=level
    )
    arrive()
    assert not Alert.objects.filter(rule=rule).exists()

    skin_dose.make_now(Study.objects.select_related("device", "system").get())

    assert Alert.objects.filter(rule=rule).exists()


def test_where_the_site_wants_no_maps_none_is_made():
    options.put("skin_maps", False)

    assert arrive() is None


def test_maps_of_one_patient_are_added_up_only_where_the_site_allows_it():
    IdentityPolicy.objects.update_or_create(pk=1, defaults={"patient_id": "store"})
    patient = Patient(id="P1", height_m=1.7, weight_kg=70.0)
    for uid, day in (("1.1", "2026-01-01"), ("1.2", "2026-03-01"), ("1.3", "2026-03-10")):
        arrive(uid, day=day, patient=patient)
    arrive("1.4", day="2026-03-09", patient=Patient(id="P2"))
    last = Study.objects.select_related("device").get(study_instance_uid="1.3")
    assert skin_dose.summed(last) is None

    options.put("skin_sum", True)
    options.put("skin_sum_weeks", 4)
    found = skin_dose.summed(last)

    assert (found.studies, found.weeks) == (2, 4)
    alone = skin_dose.stored(SkinMap.objects.get(study=last))
    np.testing.assert_allclose(found.map.map_gy, 2 * alone.map_gy, rtol=1e-5)
    assert found.map.peak_gy == pytest.approx(2 * alone.peak_gy)
    first = Study.objects.select_related("device").get(study_instance_uid="1.1")
    assert skin_dose.summed(first) is None
