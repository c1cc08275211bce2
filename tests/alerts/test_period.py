"""Sums over a patient's studies: those of the facts, of any order of arrival, of any pages."""

import datetime as dt
import json
import re
from math import fsum

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kerma.alerts import anew, period
from kerma.alerts.follow import follow, leave
from kerma.pipeline.find import arrivals
from kerma.pipeline.ingest import ingest
from kerma.pipeline.jobs.recalculate_alerts import jobs as known_jobs
from kerma.store import options
from kerma.store.forget import forget_study
from kerma.store.jobs import Progress
from kerma.store.models import Alert, AlertRule, IdentityPolicy, Study, StudyChange, Task
from tests.alerts.patients import fluoroscopy, followed
from tests.web.people import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

CGYCM2 = 1e-6


@pytest.fixture(autouse=True)
def ids_are_hashed():
    IdentityPolicy.objects.update_or_create(pk=1, defaults={"patient_id": "hash"})


def test_only_studies_of_the_weeks_up_to_the_date_count():
    options.put("period_weeks", 2)
    for day in ("2026-02-14", "2026-02-15", "2026-03-01", "2026-03-02"):
        followed(fluoroscopy(day, day, dap_gym2=1e-5))

    study = Study.objects.get(study_instance_uid="2026-03-01")
    assert (study.period_exams, study.period_dap_gym2) == (2, pytest.approx(2e-5))


def test_other_patients_and_modalities_do_not_count():
    followed(fluoroscopy("mine", "2026-03-01", dap_gym2=1e-5))
    followed(fluoroscopy("other", "2026-03-02", patient="p2", dap_gym2=1e-5))
    last = followed(fluoroscopy("last", "2026-03-03", dap_gym2=1e-5))

    assert last.period_exams == 2


def test_without_an_id_there_is_no_sum():
    study = followed(fluoroscopy("nobody", "2026-03-01", patient="", dap_gym2=1e-5))

    assert (study.period_exams, study.period_dap_gym2) == (None, None)


def test_a_sum_that_changes_is_noted_as_derived():
    first = followed(fluoroscopy("first", "2026-03-01", dap_gym2=1e-5))
    second = followed(fluoroscopy("second", "2026-03-02", dap_gym2=1e-5))
    StudyChange.objects.all().delete()
    follow(fluoroscopy("before", "2026-02-20", dap_gym2=1e-5))

    noted = StudyChange.objects.filter(derived=True).values_list("study_id", flat=True)
    assert set(noted) >= {first.pk, second.pk}


visits = st.lists(
    st.tuples(st.integers(0, 200), st.sampled_from("ab"), st.floats(1e-7, 1e-2)),
    min_size=1,
    max_size=7,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(visits=visits, data=st.data())
def test_any_order_of_arrival_and_deletion_gives_the_sums_of_what_is_there(visits, data):
    """Against sums made by hand from the list of visits, with the window of 12 weeks."""
    Study.objects.all().delete()
    order = data.draw(st.permutations(range(len(visits))))
    gone = data.draw(st.sets(st.sampled_from(range(len(visits))), max_size=2))
    start = dt.date(2026, 1, 1)
    days = [start + dt.timedelta(days=after) for after, _, _ in visits]
    for n in order:
        followed(
            fluoroscopy(f"v{n}", days[n].isoformat(), patient=visits[n][1], dap_gym2=visits[n][2])
        )
    for n in gone:
        study = Study.objects.get(study_instance_uid=f"v{n}")
        number = study.pk
        forget_study(study)
        leave(number)

    for n in set(range(len(visits))) - gone:
        within = [
            visits[m][2]
            for m in set(range(len(visits))) - gone
            if visits[m][1] == visits[n][1]
            and dt.timedelta(0) <= days[n] - days[m] <= dt.timedelta(weeks=12)
        ]
        study = Study.objects.get(study_instance_uid=f"v{n}")
        assert study.period_exams == len(within)
        assert study.period_dap_gym2 == fsum(within)


def test_another_window_asks_for_adding_up_anew_and_then_holds():
    for day in ("2026-03-01", "2026-03-20"):
        followed(fluoroscopy(day, day, dap_gym2=1e-5))
    options.put("period_weeks", 2)
    assert anew.sums_are_outdated()

    anew.renew_sums(lambda done, total, note: None)

    assert not anew.sums_are_outdated()
    assert set(Study.objects.values_list("period_exams", flat=True)) == {1}


def test_a_rule_that_changes_is_judged_anew_without_telling_anybody():
    study = followed(fluoroscopy("one", "2026-03-01", rp_dose_gy=1.5))
    rule = AlertRule.objects.get(settings__quantity="rp_dose_gy", kind="absolute")
    rule.settings["level"] = 1.0
    rule.save()
    assert list(anew.outdated()) == [rule]

    done, risen = anew.judge([rule.pk], 0, lambda done, total, note: None)

    assert (done, risen) == (1, 1)
    assert not anew.outdated()
    alert = Alert.objects.get(study=study)
    assert not alert.deliveries.exists()

    rule.settings["level"] = 5.0
    rule.save()
    anew.judge([rule.pk], 0, lambda done, total, note: None)
    assert Alert.objects.get().state == Alert.State.CLOSED  # nobody had looked at it


# ---------- The facts about two studies of one patient ----------


@pytest.fixture
def two_studies(shared_objects):
    """Import the studies in the order of the facts, with their window; return their client."""
    facts = json.loads((shared_objects / "behaviour.json").read_text())["high_dose_alerts"]
    options.put("period_weeks", 2)
    for name in facts["files"]:
        for arrival in arrivals([str(shared_objects / name)]):
            assert ingest(arrival).outcome == "imported"
        for study in Study.objects.all():
            follow(study)
    return facts, client_of("view")


def limits(**levels: float) -> None:
    """Set the levels of DAP (cGy·cm²) and dose at the reference point (Gy)."""
    names = {"dap": ("dap_gym2", CGYCM2), "rp": ("rp_dose_gy", 1.0)}
    for name, level in levels.items():
        quantity, factor = names[name]
        rule = AlertRule.objects.get(kind="absolute", settings__quantity=quantity)
        rule.settings["level"] = level * factor
        rule.save()


def red(page: str) -> list[str]:
    """Return the values that are marked as over a level, without the number of exams."""
    marked = re.findall(r'<span class="level over"[^>]*><svg.*?</svg><b>(.*?)</b>', page)
    figures = re.findall(r'<div class="figure over">.*?class="value">(\S+)', page, re.DOTALL)
    values = [value.split(" (")[0] for value in marked + figures if "%" not in value]
    return sorted(values)


def listed(client: Client) -> str:
    return client.get("/rf/?columns=study_description,dap,rp_dose").content.decode()


def test_the_sums_are_those_of_the_facts(two_studies):
    facts, _ = two_studies

    for fact in facts["accumulated"]:
        study = Study.objects.get(study_date=fact["study_date"])
        assert study.period_dap_gym2 == pytest.approx(fact["dap_over_window_Gym2"])
        assert study.period_rp_dose_gy == pytest.approx(fact["rp_over_window_Gy"])
        assert study.period_exams == fact["exams"]


@pytest.mark.parametrize(
    ("levels", "values"),
    [
        ({"dap": 30}, ["32"]),
        ({"dap": 15}, ["16", "16", "16", "32"]),
        ({"rp": 0.005}, ["0.00504"]),
        ({"rp": 0.0025}, ["0.00252", "0.00252", "0.00252", "0.00504"]),
    ],
)
def test_the_list_marks_what_is_over_a_level(two_studies, levels, values):
    limits(**levels)

    page = listed(two_studies[1])

    assert red(page) == values
    assert page.count("(2 exams)") == page.count("(1 exam)") == 2


@pytest.mark.parametrize(
    ("day", "levels", "values"),
    [
        ("2016-05-12", {"dap": 30, "rp": 0.005}, ["0.00504", "32"]),
        ("2016-05-10", {"dap": 30, "rp": 0.005}, []),
        ("2016-05-12", {"dap": 15}, ["16", "16", "16", "32"]),
        ("2016-05-10", {"dap": 15}, ["16", "16", "16"]),
    ],
)
def test_the_page_of_a_study_marks_what_is_over_a_level(two_studies, day, levels, values):
    limits(**levels)
    study = Study.objects.get(study_date=day)

    page = two_studies[1].get(f"/study/{study.pk}/").content.decode()

    assert red(page) == values


def test_sums_can_be_left_out_of_list_and_page(two_studies):
    _, client = two_studies
    options.put("period_in_lists", False)
    options.put("period_in_details", False)
    study = Study.objects.get(study_date="2016-05-12")

    assert "exams)" not in listed(client)
    assert "Studies of the patient" not in client.get(f"/study/{study.pk}/").content.decode()


def test_a_place_needs_an_id_and_a_date():
    study = fluoroscopy("undated", "", dap_gym2=1e-5)

    assert period.place_of(study) is None


def test_the_task_adds_up_judges_and_says_how_many():
    for label, day in (("one", "2026-03-01"), ("two", "2026-03-20")):
        fluoroscopy(label, day, rp_dose_gy=1.2)  # stored, but not followed up
    rule = AlertRule.objects.get(settings__quantity="rp_dose_gy", kind="cumulative")
    job = known_jobs.jobs["recalculate-alerts"]
    task = Task.objects.create(job=job.name, title=job.label, state=Task.State.RUNNING)

    result = job.run(Progress(task.pk), [rule.pk], days=0, sums=True)

    assert result == {"done": 2, "changed": 1, "sums": 2}
    assert Alert.objects.get().value == pytest.approx(2.4)
    assert not Alert.objects.get().deliveries.exists()
