"""The life of an alert as studies come, change and go."""

import pytest

from kerma.alerts.evaluate import BELOW, REOPENED
from kerma.alerts.follow import leave
from kerma.store.forget import forget_study
from kerma.store.models import Alert, AlertRule, IdentityPolicy, Study
from tests.alerts.patients import alert_of, fluoroscopy, followed, only
from tests.finality import work_off

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def ids_are_kept():
    IdentityPolicy.objects.update_or_create(pk=1, defaults={"patient_id": "hash"})


def set_total(study, **values):
    Study.objects.filter(pk=study.pk).update(**values)


def test_a_new_site_has_rules_for_fluoroscopy():
    rules = AlertRule.objects.filter(modality="RF", kind="absolute")

    levels = {rule.settings["quantity"]: rule.settings["level"] for rule in rules}

    assert levels == {"dap_gym2": 0.02, "rp_dose_gy": 2.0, "peak_skin_dose_gy": 2.0}


def test_a_study_at_a_level_alerts_and_one_below_does_not():
    at = followed(fluoroscopy("at", "2026-03-01", patient="a", rp_dose_gy=2.0))
    below = followed(fluoroscopy("below", "2026-03-01", patient="b", rp_dose_gy=1.999))

    assert alert_of(at).state == Alert.State.NEW
    assert (alert_of(at).value, alert_of(at).level) == (2.0, 2.0)
    assert alert_of(below) is None


def test_following_up_twice_changes_nothing():
    study = followed(fluoroscopy("twice", "2026-03-01", rp_dose_gy=3.0))
    followed(study)

    alert = Alert.objects.get()
    assert list(alert.steps.values_list("action", flat=True)) == ["raised"]


def test_a_value_that_rises_reopens_the_alert_instead_of_making_another():
    study = followed(fluoroscopy("rises", "2026-03-01", rp_dose_gy=2.5))
    Alert.objects.update(state=Alert.State.CLOSED)
    set_total(study, rp_dose_gy=3.5)
    followed(study)

    alert = Alert.objects.get()
    assert (alert.state, alert.value) == (Alert.State.NEW, 3.5)
    assert alert.reopened_at is not None
    assert alert.steps.last().action == REOPENED


def test_a_value_that_falls_is_noted_and_opens_nothing():
    study = followed(fluoroscopy("falls", "2026-03-01", rp_dose_gy=3.0))
    Alert.objects.update(state=Alert.State.JUSTIFIED)
    set_total(study, rp_dose_gy=1.0)
    followed(study)

    alert = Alert.objects.get()
    assert (alert.state, alert.value, alert.is_over) == (Alert.State.JUSTIFIED, 1.0, False)
    assert alert.steps.last().action == BELOW


def test_only_what_goes_beyond_the_highest_there_was_reopens():
    study = followed(fluoroscopy("again", "2026-03-01", rp_dose_gy=3.0))
    Alert.objects.update(state=Alert.State.CLOSED)
    for value in (1.0, 3.0):
        set_total(study, rp_dose_gy=value)
        followed(study)

    assert Alert.objects.get().state == Alert.State.CLOSED
    assert Alert.objects.get().is_over


def test_a_value_that_is_gone_for_a_moment_changes_nothing():
    study = followed(fluoroscopy("skin", "2026-03-01", rp_dose_gy=3.0))
    set_total(study, rp_dose_gy=None)
    followed(study)

    assert Alert.objects.get().value == 3.0


def test_tests_and_phantoms_do_not_alert():
    study = fluoroscopy("qa", "2026-03-01", rp_dose_gy=3.0)
    Study.objects.update(not_patient="IDs: qa*")
    followed(study)

    assert not Alert.objects.exists()


def test_a_rule_that_is_off_does_not_alert():
    AlertRule.objects.update(is_active=False)
    followed(fluoroscopy("off", "2026-03-01", rp_dose_gy=3.0))

    assert not Alert.objects.exists()


def test_the_sum_over_a_patient_alerts_where_no_study_does_alone():
    first = followed(fluoroscopy("one", "2026-03-01", rp_dose_gy=1.2))
    second = followed(fluoroscopy("two", "2026-03-20", rp_dose_gy=1.1))

    alert = Alert.objects.get()
    assert alert.study == second
    assert alert.value == pytest.approx(2.3)
    assert alert.details["studies"] == [first.pk, second.pk]


def test_a_study_that_arrives_late_alerts_for_the_one_after_it():
    later = followed(fluoroscopy("later", "2026-03-20", rp_dose_gy=1.1))
    followed(fluoroscopy("late", "2026-03-01", rp_dose_gy=1.2))

    alert = Alert.objects.get()
    assert alert.study == later
    assert alert.value == pytest.approx(2.3)


def test_a_study_deleted_lowers_the_sums_it_was_part_of():
    first = followed(fluoroscopy("gone", "2026-03-01", rp_dose_gy=1.2))
    second = followed(fluoroscopy("stays", "2026-03-20", rp_dose_gy=1.1))
    number = first.pk
    forget_study(first)
    leave(number)

    second.refresh_from_db()
    assert (second.period_rp_dose_gy, second.period_exams) == (1.1, 1)
    assert not Alert.objects.get().is_over


def test_a_study_given_to_another_patient_leaves_the_sums_of_the_first():
    first = followed(fluoroscopy("moves", "2026-03-01", rp_dose_gy=1.2))
    second = followed(fluoroscopy("other", "2026-03-20", rp_dose_gy=1.1))
    Study.objects.filter(pk=first.pk).update(patient_id="another")
    first = followed(first)

    second.refresh_from_db()
    assert second.period_exams == first.period_exams == 1
    assert second.period_rp_dose_gy == 1.1


def test_without_adding_up_nothing_is_summed():
    from kerma.store import options

    options.put("period_adds_up", False)
    followed(fluoroscopy("one", "2026-03-01", rp_dose_gy=1.2))
    second = followed(fluoroscopy("two", "2026-03-20", rp_dose_gy=1.1))

    assert second.period_exams is None
    assert not Alert.objects.exists()


def test_a_rule_of_its_own_weeks_looks_back_that_far():
    only("cumulative", quantity="rp_dose_gy", level=2.0, weeks=2)
    followed(fluoroscopy("one", "2026-03-01", rp_dose_gy=1.2))
    followed(fluoroscopy("two", "2026-03-15", rp_dose_gy=1.2))
    assert Alert.objects.count() == 1

    followed(fluoroscopy("three", "2026-03-30", rp_dose_gy=0.1))

    assert Alert.objects.count() == 1  # the 15th is 15 days before


@pytest.mark.django_db(transaction=True)
def test_the_worker_follows_up_what_is_stored_and_what_is_deleted():
    first = fluoroscopy("first", "2026-03-01", rp_dose_gy=1.2)
    second = fluoroscopy("second", "2026-03-20", rp_dose_gy=1.1)
    while work_off():
        pass
    second.refresh_from_db()
    assert second.period_exams == 2
    assert alert_of(second).is_over

    forget_study(first)
    while work_off():
        pass

    second.refresh_from_db()
    assert second.period_exams == 1
    assert not alert_of(second).is_over
