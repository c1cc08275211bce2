"""What each kind of rule finds, against numbers worked out by other means."""

import math
import random
from statistics import NormalDist, median

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kerma.alerts import settings
from kerma.alerts.activity import (
    Prescribed,
    is_agent,
    prescribed,
    presets,
    read_points,
)
from kerma.alerts.earlier import earlier
from kerma.alerts.preview import preview
from kerma.alerts.quantities import said
from kerma.alerts.robust import TO_SIGMA, limit, limit_by_size
from kerma.alerts.settings import SettingsError, kind_of
from kerma.records import Administration, Patient, Totals
from kerma.store.models import Alert, SiteReferenceLevel, StandardName, Study
from tests.alerts.patients import alert_of, followed, only
from tests.query.hospital import store

pytestmark = pytest.mark.django_db


def ct(label, day="2026-03-01", time="09:00:00", *, dlp, mass=None, room="CT 1", name="Thorax"):
    number = store(
        label, "CT", day=day, time=time, room=room, study_description=name,
        patient=Patient(weight_kg=mass), totals=Totals(dlp_mgycm=dlp),
    )  # fmt: skip
    return Study.objects.get(pk=number)


def many(doses, masses=None, **others):
    """Store a study a minute before 9 o'clock for each dose."""
    for n, dose in enumerate(doses):
        moment = f"08:{n // 60:02}:{n % 60:02}"
        ct(f"m{others.get('room', '')}{n}", time=moment, dlp=dose,
           mass=masses[n] if masses else None, **others)  # fmt: skip


# ---------- Percentile ----------


def test_a_dose_above_the_percentile_alerts_and_one_at_it_does_not():
    """The 95th percentile of 1 … 101 is 96: 95 % of the way along 100 steps."""
    only("percentile", "CT", quantity="dlp_mgycm", percentile=95, like="system-name", last=500,
         minimum=30)  # fmt: skip
    many(range(1, 102))

    at = followed(ct("at", dlp=96.0))
    above = followed(ct("above", time="08:59:00", dlp=96.1))

    assert alert_of(at) is None
    assert alert_of(above).level == pytest.approx(96)


def test_other_rooms_names_and_tests_are_not_compared_with():
    only("percentile", "CT", quantity="dlp_mgycm", percentile=95, like="system-name", last=500,
         minimum=5)  # fmt: skip
    many([10] * 6)
    many([1000] * 9, room="CT 2")
    for n in range(9):
        ct(f"head{n}", time=f"08:30:{n:02}", dlp=1000, name="Head")
    Study.objects.filter(pk=ct("qa", time="08:40:00", dlp=5000).pk).update(not_patient="IDs: qa")

    alert = alert_of(followed(ct("one", dlp=11.0)))

    assert (alert.level, alert.details["compared"]) == (10, 6)


def test_with_too_few_studies_nothing_is_judged():
    only("percentile", "CT", quantity="dlp_mgycm", percentile=95, like="system", last=500,
         minimum=30)  # fmt: skip
    many([1] * 29)

    assert alert_of(followed(ct("one", dlp=1e6))) is None


def test_later_studies_and_those_beyond_the_last_do_not_count():
    only("percentile", "CT", quantity="dlp_mgycm", percentile=50, like="name", last=20, minimum=10)
    many([1000] * 10 + [10] * 20)
    ct("later", time="10:00:00", dlp=1000)

    assert alert_of(followed(ct("one", dlp=11.0))).level == 10


# ---------- Outlier ----------


def test_the_factor_to_a_standard_deviation_is_that_of_the_normal_distribution():
    assert pytest.approx(1 / NormalDist().inv_cdf(0.75), abs=5e-5) == TO_SIGMA


def test_the_limit_of_doses_is_that_of_their_logarithms():
    """Doses e^-2 … e^2: median of logs 0, median absolute deviation 1."""
    found = limit([math.exp(n) for n in (-2, -1, 0, 1, 2)], 3.5)

    assert found.expected == pytest.approx(1)
    assert found.limit == pytest.approx(math.exp(3.5 * 1.4826))


def test_a_line_through_attenuation_is_found_though_a_tenth_are_wild():
    """Log dose = 2 + 0.02 · mass ± 0.1; one in ten is tenfold."""
    chance = random.Random(4)
    masses = [chance.uniform(40, 120) for _ in range(200)]
    doses = [math.exp(2 + 0.02 * mass + chance.gauss(0, 0.1)) for mass in masses]
    wild = [dose * 10 if n % 10 == 0 else dose for n, dose in enumerate(doses)]

    found = limit_by_size(wild, masses, 100.0, 3.5)

    assert found.expected == pytest.approx(math.exp(4), rel=0.04)
    assert math.log(found.limit / found.expected) == pytest.approx(0.35, rel=0.3)


def test_the_slope_is_the_median_of_all_slopes():
    doses, sizes = [1.0, 2.0, 5.0, 7.0, 40.0], [1.0, 2.0, 3.0, 4.0, 5.0]
    logs = [math.log(dose) for dose in doses]
    slopes = [
        (logs[j] - logs[i]) / (sizes[j] - sizes[i]) for i in range(5) for j in range(i + 1, 5)
    ]
    slope = median(slopes)
    centre = median(log - slope * size for log, size in zip(logs, sizes, strict=True))

    found = limit_by_size(doses, sizes, 10.0, 1.0)

    assert found.expected == pytest.approx(math.exp(centre + slope * 10))


def test_doses_that_are_all_alike_have_no_limit():
    assert limit([5.0] * 40, 3.5) is None
    assert limit_by_size([5.0] * 40, range(40), 20, 3.5) is None
    assert limit_by_size([1.0, 2.0, 4.0], [70, 70, 70], 70, 3.5) is None


def outlier_rule(**others):
    values = {"quantity": "dlp_mgycm", "deviations": 3.5, "like": "system-name", "last": 200,
              "minimum": 30}  # fmt: skip
    return only("outlier", "CT", **(values | others))


def sized(count=40):
    """Return doses that grow with mass, and the masses."""
    chance = random.Random(7)
    masses = [chance.uniform(50, 110) for _ in range(count)]
    return [math.exp(0.03 * mass + chance.gauss(0, 0.08)) * 20 for mass in masses], masses


def test_a_dose_usual_for_a_heavy_patient_alerts_for_a_light_one_only():
    outlier_rule()
    many(*sized())
    usual_at_110 = math.exp(0.03 * 110) * 20

    heavy = followed(ct("heavy", dlp=usual_at_110, mass=110))
    light = followed(ct("light", time="09:01:00", dlp=usual_at_110, mass=55))

    assert alert_of(heavy) is None
    assert "Theil–Sen" in alert_of(light).details["method"]
    assert "55 kg" in alert_of(light).details["method"]


def test_without_a_mass_the_doses_alone_are_compared():
    outlier_rule()
    many(*sized())

    alert = alert_of(followed(ct("unknown", dlp=5e4)))

    assert "without patient size" in alert.details["method"]


# ---------- Reference level ----------


def test_a_multiple_of_the_sites_own_reference_level_alerts():
    only("reference", "CT", quantity="dlp_mgycm", times=2.0)
    name = StandardName.objects.create(modality="CT", level="study", name="Thorax")
    SiteReferenceLevel.objects.create(
        standard_name=name, quantity="dlp_mgycm", value=300.0, valid_from="2020-01-01"
    )
    for label, dlp in (("below", 599.0), ("over", 600.0)):
        study = ct(label, dlp=dlp)
        Study.objects.filter(pk=study.pk).update(standard_name="Thorax")
        followed(study)

    alert = Alert.objects.get()
    assert (alert.study.study_instance_uid, alert.level) == ("over", 600.0)


def test_a_study_without_a_standard_name_is_not_judged():
    only("reference", "CT", quantity="dlp_mgycm", times=2.0)

    assert alert_of(followed(ct("none", dlp=1e6))) is None


# ---------- Activity ----------


def test_the_dosage_card_for_bone_scans_gives_its_own_table():
    """The activities of the source at its masses, and halfway on a straight line."""
    chosen = settings.read(kind_of("activity"), "NM", given("EANM: bone scan, Tc-99m"))

    for mass, activity in ((3.5, 40), (10, 95), (20, 170), (50, 375), (15, 132.5), (80, 375)):
        assert prescribed(chosen, mass) == Prescribed(activity, activity)


def given(preset, **others):
    return settings.defaults(kind_of("activity")) | presets()[preset] | others


@pytest.mark.parametrize(
    ("preset", "mass", "low", "high"),
    [
        ("North America: bone scan, Tc-99m MDP", 20, 186, 186),
        ("North America: bone scan, Tc-99m MDP", 3, 37, 37),
        ("North America: FDG, body", 20, 74, 104),
        ("North America: kidneys, Tc-99m MAG3 with flow", 40, 148, 148),
        ("North America: I-123 MIBG", 100, 370, 370),
    ],
)
def test_activities_per_kg_stay_within_least_and_most(preset, mass, low, high):
    chosen = settings.read(kind_of("activity"), "NM", given(preset))

    assert prescribed(chosen, mass) == pytest.approx(Prescribed(low, high))


@pytest.mark.parametrize("preset", list(presets()))
def test_every_preset_is_valid_and_names_its_source(preset):
    chosen = settings.read(kind_of("activity"), "NM", given(preset))

    assert len(chosen["source"]) > 20
    assert chosen["younger_than"] == 18


@pytest.mark.parametrize(
    ("words", "agent", "expected"),
    [
        ("phosph, MDP", "Technetium methylenediphosphonate", True),
        ("FDG", "Fluorodeoxyglucose (FDG)", True),
        ("IDA", "Tc-99m IDA", True),
        ("IDA", "Fluoride", False),
        ("DMSA", "", False),
    ],
)
def test_agents_are_told_by_parts_of_their_names(words, agent, expected):
    assert is_agent(words, agent) is expected


def bone_scan(label, *activities, age=8.0, mass=20.0):
    events = tuple(
        Administration(
            administration_event_uid=f"{label}.{n}",
            radiopharmaceutical_agent="Medronate",
            radionuclide="Technetium 99m",
            administered_activity_mbq=activity,
        )
        for n, activity in enumerate(activities)
    )
    number = store(
        label, "NM", kind="NM RRDSR", patient=Patient(age_years=age, weight_kg=mass),
        totals=Totals(administered_activity_mbq=sum(activities)), events=events,
    )  # fmt: skip
    return followed(Study.objects.get(pk=number))


def test_an_activity_outside_of_its_tolerance_alerts_above_and_below():
    """170 MBq at 20 kg, ± 10 %: from 153 to 187."""
    chosen = settings.read(kind_of("activity"), "NM", given("EANM: bone scan, Tc-99m"))
    only("activity", "NM", **chosen)

    assert alert_of(bone_scan("within", 186.0)) is None
    assert alert_of(bone_scan("above", 190.0)).level == pytest.approx(187)
    assert alert_of(bone_scan("below", 150.0)).level == pytest.approx(153)
    assert alert_of(bone_scan("two", 170.0, 170.0)) is None  # each by itself
    assert alert_of(bone_scan("adult", 600.0, age=40.0)) is None
    assert alert_of(bone_scan("unknown", 600.0, mass=None)) is None


# ---------- Settings ----------


@pytest.mark.parametrize(
    ("kind", "modality", "typed", "said"),
    [
        ("absolute", "RF", {"quantity": "dap_gym2", "level": ""}, "needed"),
        ("absolute", "RF", {"quantity": "dap_gym2", "level": "much"}, "a number"),
        ("absolute", "RF", {"quantity": "dap_gym2", "level": "nan"}, "a number"),
        ("absolute", "RF", {"quantity": "dap_gym2", "level": "-3"}, "greater than 0"),
        ("absolute", "RF", {"quantity": "dap_gym2", "level": "0"}, "greater than 0"),
        ("absolute", "RF", {"quantity": "dlp_mgycm", "level": "3"}, "no value 'dlp_mgycm'"),
        ("cumulative", "CT", {"quantity": "dlp_mgycm", "weeks": "1.5"}, "whole number"),
        ("cumulative", "CT", {"quantity": "dlp_mgycm", "weeks": "0"}, "at least 1"),
        ("percentile", "CT", {"quantity": "dlp_mgycm", "percentile": "101"}, "99.9 at most"),
        ("percentile", "CT", {"quantity": "dlp_mgycm", "last": "50", "minimum": "60"}, "At least"),
        ("outlier", "CT", {"quantity": "dlp_mgycm", "like": "moon"}, "cannot be 'moon'"),
        ("activity", "NM", {"agent": "FDG", "form": "fixed"}, "lower and the upper end"),
        ("activity", "NM", {"agent": "F", "form": "fixed", "low": "9", "high": "1"}, "below"),
        ("activity", "NM", {"agent": "F", "form": "by-mass", "points": "10-95"}, "10-95"),
        ("activity", "NM", {"agent": "F", "form": "by-mass", "points": "20:1, 10:2"}, "greater"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_in_words(kind, modality, typed, said):
    one = kind_of(kind)

    with pytest.raises(SettingsError, match=said):
        settings.read(one, modality, settings.defaults(one) | typed)


def test_levels_are_typed_in_the_unit_shown_and_kept_in_that_stored():
    kind = kind_of("absolute")

    stored = settings.read(kind, "RF", {"quantity": "dap_gym2", "level": "20 000"})

    assert stored == {"quantity": "dap_gym2", "level": 0.02}
    assert settings.typed(kind, "RF", stored) == {"quantity": "dap_gym2", "level": "20000"}


def test_points_are_pairs_in_order():
    assert read_points("3.5: 40, 10: 95").activities_mbq == (40, 95)


@pytest.mark.parametrize("kind", settings.all_kinds(), ids=lambda kind: kind.name)
def test_every_kind_says_what_it_is_and_offers_its_quantities(kind):
    assert kind.about.endswith(".")
    for field in kind.fields:
        if field.kind == "quantity":
            assert all(settings.choosable(field, modality) for modality in kind.modalities)


# ---------- Trying a rule ----------


def test_a_rule_is_tried_on_the_studies_of_the_last_year(monkeypatch):
    from django.utils import timezone

    today = timezone.localdate().isoformat()
    for n, dlp in enumerate((100.0, 200.0, 300.0, None)):
        ct(f"new{n}", day=today, time=f"0{n}:00:00", dlp=dlp)
    ct("old", day="2016-01-01", dlp=300.0)
    counted = preview(kind_of("absolute"), "CT", {"quantity": "dlp_mgycm", "level": 200.0})
    one_by_one = preview(
        kind_of("outlier"), "CT",
        {"quantity": "dlp_mgycm", "deviations": 1.0, "like": "name", "last": 20, "minimum": 2},
    )  # fmt: skip

    assert (counted.alerts, counted.judged, counted.studies) == (2, 3, 4)
    assert one_by_one.looked_at == 4


@pytest.mark.parametrize(
    ("like", "index"),
    [("system", "study_by_system"), ("system-name", "study_by_system"), ("name", "study_by_date")],
)
def test_the_latest_studies_are_found_along_an_index(like, index):
    """Each study that is judged looks back: the past must not be sorted for it."""
    study = ct("one", dlp=1.0)

    with CaptureQueriesContext(connection) as asked:
        earlier(study, like, ("dlp_mgycm",), 100)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked[0]['sql']}")
        steps = cursor.fetchall()

    inside = next(number for number, _, _, words in steps if "SUBQUERY" in words)
    inner = [words for _, parent, _, words in steps if parent == inside]
    assert len(inner) == 1  # nothing is sorted
    assert index in inner[0]


def test_values_are_said_as_the_pages_write_them():
    assert said("RF", "dap_gym2", 0.02) == "20\u202f000 cGy·cm²"
    assert said("RF", "rp_dose_gy", 2.5) == "2.5 Gy"
