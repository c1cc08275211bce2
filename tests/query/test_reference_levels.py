"""Levels of sets and sites, bands of patients, and what is typical, against theory and sources."""

import datetime as dt
import random
from math import comb

import numpy as np
import pytest

from kerma.query.name_coverage import Suggestions, coverage, most_similar, unnamed
from kerma.query.reference_levels import level_for, levels_for, lines_for
from kerma.query.reference_levels.bands import band_of, is_head
from kerma.query.reference_levels.compare import compare
from kerma.query.reference_levels.links import linked
from kerma.query.reference_levels.lookup import references
from kerma.query.reference_levels.quantities import OF_LEVEL, QUANTITIES
from kerma.query.reference_levels.sets import all_sets, in_force, read
from kerma.query.reference_levels.statistics import median_ranks, summarise
from kerma.query.reference_levels.typical import Asked, phantom_cm, typical
from kerma.records import Patient, Totals
from kerma.store import name_book
from kerma.store.models import ReferenceLink, SiteReferenceLevel, Study
from tests.query.hospital import ct_event, exposure, store

HEAD, BODY = "IEC Head Dosimetry Phantom", "IEC Body Dosimetry Phantom"
YEAR = Asked("CT", dt.date(2026, 1, 1), dt.date(2026, 12, 31))


# ---- statistics


@pytest.mark.parametrize("number", [6, 7, 10, 20, 21, 50, 101])
def test_the_ranks_enclose_the_median_with_95_percent_and_no_wider_than_needed(number):
    """Binomial sums written out: P(B < l) must not pass 2.5 %, P(B < l + 1) must."""
    low, high = median_ranks(number)

    below = sum(comb(number, k) for k in range(low)) / 2**number
    wider = below + comb(number, low) / 2**number
    assert below <= 0.025 < wider
    assert low + high == number + 1


def test_known_ranks():
    """Of ten the second and ninth value, 97.9 %; of twenty the sixth and fifteenth, 95.9 %."""
    assert median_ranks(10) == (2, 9)
    assert median_ranks(20) == (6, 15)
    assert median_ranks(5) is None
    assert median_ranks(0) is None


def test_the_interval_holds_the_true_median_about_as_often_as_promised():
    """Log-normal doses with median 1: of 2000 samples of 25, 95 % or more enclose it."""
    chance = np.random.default_rng(7)
    samples = np.exp(chance.normal(0.0, 0.6, size=(2000, 25)))

    inside = [s.low <= 1.0 <= s.high for s in map(summarise, samples)]

    assert 0.94 < np.mean(inside) < 0.975  # exact coverage for n = 25: 95.7 %


def test_summary_of_few_values():
    found = summarise([4.0, 1.0, 3.0, 2.0])

    assert (found.number, found.median, found.q3) == (4, 2.5, 3.25)
    assert (found.low, found.high) == (None, None)
    assert found.is_few


# ---- bands


@pytest.mark.parametrize(
    ("age", "weight", "head", "band"),
    [
        (40.0, 70.0, False, ""),
        (None, 12.0, False, ""),
        (18.0, 40.0, False, ""),
        (17.9, 60.0, False, "w80"),
        (9.0, 30.0, False, "w50"),
        (9.0, 29.99, False, "w30"),
        (0.5, 4.99, False, "w5"),
        (15.0, 95.0, False, "w80+"),
        (0.05, None, False, "w5"),
        (2.0, None, False, "w15"),
        (4.0, None, False, "w30"),
        (12.0, None, False, "w50"),
        (16.0, 0.0, False, "w80"),
        (0.2, 6.0, True, "a3m"),
        (0.25, 6.0, True, "a1"),
        (1.0, 10.0, True, "a6"),
        (6.0, 20.0, True, "a18"),
    ],
)
def test_bands_of_pidrl(age, weight, head, band):
    """Weights < 5, 15, 30, 50, 80 kg; ages < 3 months, 1, 6 years; equivalent ages."""
    assert band_of(age, weight, head=head) == band


def test_what_is_an_examination_of_the_head():
    assert is_head("Head")
    assert is_head("Head\nBrain")
    assert not is_head("Head\nChest")
    assert is_head("", "CT Brain")
    assert not is_head("", "CT Abdomen")


@pytest.mark.parametrize(
    ("text", "cm"),
    [(HEAD, 16), (BODY, 32), ("", None), ("16 cm PMMA", 16), ("Head Dosimetry Phantom", 16)],
)
def test_phantoms(text, cm):
    assert phantom_cm(text) == cm


# ---- sets


@pytest.mark.parametrize("one", all_sets(), ids=lambda one: one.key)
def test_every_set_says_where_it_is_from_and_holds_quantities_of_its_level(one):
    assert one.source
    assert one.publisher
    assert one.address.startswith("https://")
    assert " " not in one.address
    assert one.procedures
    for procedure in one.procedures.values():
        assert procedure.values
        assert set(procedure.values) <= set(OF_LEVEL[one.modality, one.level])
        assert all(value > 0 for value in procedure.values.values())
        assert set(procedure.guides) <= set(procedure.values)
        assert all(procedure.guides[q] < procedure.values[q] for q in procedure.guides)
        assert procedure.phantom_cm in (None, 16, 32)


def test_versions_of_a_series_do_not_overlap():
    for one in all_sets():
        for other in all_sets():
            if one.series == other.series and one.valid_from < other.valid_from:
                assert one.valid_until is not None
                assert one.valid_until < other.valid_from


def test_published_values_in_the_unit_of_the_store():
    """As printed: 47 mGy and 790 mGy·cm; 35 Gy·cm²; 200 mGy·cm²; 12 cGy·cm²."""
    by_key = {one.key: one for one in all_sets()}

    def value(key, procedure, quantity):
        return by_key[key].procedures[procedure].values[quantity] * QUANTITIES[quantity].factor

    assert value("uk_ndrl_ct_2022", "head-stroke", "ctdivol_mgy") == 47
    assert value("uk_ndrl_ct_2022", "head-stroke", "dlp_mgycm") == 790
    assert value("eu_cardiology_2018", "coronary-angiography", "dap_gym2") == pytest.approx(3500)
    assert value("fr_asn_radiography_2019", "chest-pa", "dap_gym2") == pytest.approx(20)
    assert value("de_bfs_radiography_2022", "chest-pa", "dap_gym2") == pytest.approx(12)


def test_the_version_in_force_on_a_day():
    assert in_force("au-arpansa-ct", dt.date(2015, 5, 5)).key == "au_arpansa_ct_2012"
    assert in_force("au-arpansa-ct", dt.date(2018, 1, 1)).key == "au_arpansa_ct_2018"
    assert in_force("au-arpansa-ct", dt.date(2025, 7, 1)) is None
    assert in_force("nowhere", dt.date(2025, 7, 1)) is None


def test_a_file_with_an_unknown_quantity_is_refused():
    text = (
        'series="x"\ntitle="x"\ncountry="x"\npublisher="x"\nmodality="CT"\nlevel="study"\n'
        'valid_from=2026-01-01\nsource="x"\naddress="https://x"\n'
        '[[procedure]]\nkey="a"\nlabel="a"\ndlp_gycm = 5\n'
    )
    with pytest.raises(ValueError, match="dlp_gycm"):
        read("x", text)


# ---- lookup


def named(modality, level, name, text, field):
    owner = name_book.name(modality, level, name)
    name_book.add_rule(owner, field, text)
    name_book.touch(apply=False)
    return owner


@pytest.fixture
def head(db):
    owner = named("CT", "study", "Head", "CT Head", "study_description")
    ReferenceLink.objects.create(
        standard_name=owner, level_set="uk-ndrl-ct", procedure="head-stroke"
    )
    ReferenceLink.objects.create(standard_name=owner, level_set="au-arpansa-ct", procedure="head")
    return owner


def ct(number, dlp, ctdivol=20.0, *, phantom=HEAD, day="2026-03-10", room="CT 1", age=60.0,
       weight=None, description="CT Head", others=()):  # fmt: skip
    events = (ct_event(acquisition_protocol="P", dlp_mgycm=dlp, ctdivol_mgy=ctdivol,
                       phantom_type=phantom), *others)  # fmt: skip
    return store(
        f"ct{number}", "CT", day=day, room=room, study_description=description,
        patient=Patient(age_years=age, weight_kg=weight), totals=Totals(dlp_mgycm=dlp),
        events=events,
    )  # fmt: skip


def test_lines_of_charts(head):
    today = lines_for("CT", "dlp", ["Head", "Other"], day=dt.date(2024, 6, 1))
    assert [(line.value, line.unit, line.label) for line in today["Head"]] == [
        (790, "mGy·cm", "United Kingdom 2022"),
        (880, "mGy·cm", "Australia 2018"),
    ]
    assert "Other" not in today
    assert lines_for("CT", "dlp", ["Head"], day=dt.date(2015, 1, 1))["Head"][0].value == 1000
    assert lines_for("CT", "frequency", ["Head"]) == {}
    assert lines_for("CT", "dap", ["Head"]) == {}
    assert lines_for("CT", "dlp", ["Head"], level="acquisition") == {}


def test_the_level_of_a_study_is_that_of_its_day_and_the_site_comes_first(head):
    study = Study.objects.get(pk=ct(1, 500.0))
    assert level_for(study, "dlp_mgycm").value == 790
    assert level_for(study, "dlp_mgycm", dt.date(2015, 1, 1)).value == 1000
    assert level_for(study, "dap_gym2") is None

    SiteReferenceLevel.objects.create(
        standard_name=head, quantity="dlp_mgycm", value=650.0, valid_from=dt.date(2026, 1, 1),
        phantom_cm=16, source="Audit",
    )  # fmt: skip

    found = level_for(study, "dlp_mgycm")
    assert (found.value, found.origin, found.unit) == (650.0, "site", "mGy·cm")
    assert level_for(study, "dlp_mgycm", dt.date(2025, 12, 31)).value == 790


def test_head_and_body_phantoms_are_never_compared(head):
    study = Study.objects.get(pk=ct(1, 500.0))

    assert level_for(study, "ctdivol_mgy", phantom_cm=16).value == 47
    assert level_for(study, "ctdivol_mgy", phantom_cm=32) is None


def test_children_are_not_compared_with_levels_of_adults(head):
    child = Study.objects.get(pk=ct(1, 300.0, age=4.0))

    assert levels_for(child) == []
    SiteReferenceLevel.objects.create(
        standard_name=head, quantity="dlp_mgycm", value=280.0, valid_from=dt.date(2026, 1, 1),
        band="a6", source="Audit",
    )  # fmt: skip
    assert level_for(child, "dlp_mgycm").value == 280.0


def test_a_study_without_a_standard_name_has_no_level(head):
    assert levels_for(Study.objects.get(pk=ct(1, 500.0, description="Other"))) == []


def test_looking_up_levels_takes_two_statements(head, django_assert_num_queries):
    with django_assert_num_queries(2):
        references("CT", "study", ["Head", "Chest", "Neck"])


# ---- typical values


@pytest.mark.both_databases
def test_medians_equal_an_independent_count(head):
    chance = random.Random(3)
    values = {room: [chance.lognormvariate(6, 0.4) for _ in range(11)] for room in ("CT 1", "CT 2")}
    for room, doses in values.items():
        for n, dlp in enumerate(doses):
            ct(f"{room}{n}", dlp, dlp / 20, room=room)

    found = typical(YEAR)

    rows = {(r.system_name[-4:], r.group.quantity): r.summary for r in found.rows}
    for room, doses in values.items():
        assert rows[room, "dlp_mgycm"].median == pytest.approx(sorted(doses)[5])
        assert rows[room, "dlp_mgycm"].low == pytest.approx(sorted(doses)[1])
        assert rows[room, "dlp_mgycm"].high == pytest.approx(sorted(doses)[9])
        assert rows[room, "ctdivol_mgy"].median == pytest.approx(sorted(doses)[5] / 20)
    assert found.coverage.cases == 22


@pytest.mark.both_databases
def test_phantoms_and_bands_are_kept_apart_and_mixed_dlp_left_out(head):
    ct(1, 500.0)
    ct(2, 300.0, phantom=BODY)
    ct(3, 200.0, age=4.0)
    ct(4, 900.0, others=(ct_event(acquisition_protocol="Body", dlp_mgycm=100.0, ctdivol_mgy=5.0,
                                  phantom_type=BODY),))  # fmt: skip

    found = typical(YEAR)

    groups = {(r.group.quantity, r.group.phantom_cm, r.group.band): r.summary.number
              for r in found.rows}  # fmt: skip
    assert groups == {
        ("dlp_mgycm", 16, ""): 1, ("dlp_mgycm", 32, ""): 1, ("dlp_mgycm", 16, "a6"): 1,
        ("ctdivol_mgy", 16, ""): 2, ("ctdivol_mgy", 32, ""): 1, ("ctdivol_mgy", 16, "a6"): 1,
    }  # fmt: skip
    assert found.coverage.mixed == 1


def test_ctdivol_of_a_study_is_that_of_its_greatest_dlp_not_of_a_bolus_or_localiser(head):
    ct(1, 500.0, 30.0, others=(
        ct_event("Stationary Acquisition", dlp_mgycm=40.0, ctdivol_mgy=80.0, phantom_type=HEAD),
        ct_event("Constant Angle Acquisition", dlp_mgycm=2.0, ctdivol_mgy=99.0, phantom_type=BODY),
    ))  # fmt: skip

    rows = {r.group.quantity: r for r in typical(YEAR).rows}

    assert rows["ctdivol_mgy"].summary.median == 30.0
    assert rows["dlp_mgycm"].group.phantom_cm == 16


def test_tests_other_years_other_weights_and_no_doses_are_left_out(head):
    ct(1, 500.0, weight=70.0)
    ct(2, 500.0, weight=120.0)
    ct(3, 500.0, day="2025-12-31", weight=70.0)
    ct(4, -5.0, 0.0, weight=70.0)
    Study.objects.filter(pk=ct(5, 500.0, weight=70.0)).update(not_patient="IDs: qa | Names: ")

    found = typical(YEAR._replace(adults_from_kg=50.0, adults_to_kg=90.0))

    assert {r.summary.number for r in found.rows} == {1}
    assert found.coverage.other_weights == 1


@pytest.mark.parametrize(
    ("this_year", "last_year", "state"),
    [
        ((700, 790), None, "below"),
        ((791, 1100), None, "exceeded"),
        ((791, 1100), (800, 1000), "consistently"),
        ((791, 1100), (500, 600), "exceeded"),
        ((700, 900), (800, 1000), "over"),
    ],
)
def test_over_exceeded_and_consistently(head, this_year, last_year, state):
    for year, span in ((2026, this_year), (2025, last_year)):
        for n, dlp in enumerate(np.linspace(*span, 12) if span else ()):
            ct(f"{year}.{n}", float(dlp), day=f"{year}-03-10")

    rows = [row for row in compare(YEAR).rows if row.typical.group.quantity == "dlp_mgycm"]

    (row,) = rows
    assert row.compared[0].state == state
    assert row.compared[0].ratio == pytest.approx(np.mean(this_year) / 790)


def test_few_patients_above_a_level_ask_for_nothing(head):
    for n in range(5):
        ct(n, 2000.0)

    found = compare(YEAR)

    assert {one.state for row in found.rows for one in row.compared
            if one.reference.quantity == "dlp_mgycm"} == {"few"}  # fmt: skip
    assert found.exceeded == []


def test_acquisitions_of_radiography_are_compared_with_levels_of_one_exposure(db):
    owner = named("DX", "acquisition", "Chest PA", "Thorax pa", "acquisition_protocol")
    ReferenceLink.objects.create(
        standard_name=owner, level_set="de-bfs-radiography", procedure="chest-pa"
    )
    for n in range(12):
        store(f"dx{n}", "DX", events=(
            exposure(acquisition_protocol="THORAX PA", dap_gym2=24e-6),
            exposure(acquisition_protocol="Thorax lat", dap_gym2=99e-6),
        ))  # fmt: skip

    (row,) = compare(Asked("DX", YEAR.since, YEAR.until, "acquisition")).rows

    assert row.typical.summary.median == pytest.approx(24e-6)
    assert row.compared[0].ratio == pytest.approx(2.0)
    assert row.worst == "exceeded"


# ---- suggestions and coverage


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("CT Abdo + Pelvis", "Abdomen and pelvis"),
        ("CT THORAX", "Chest"),
        ("Brain", "Head"),
        ("KUB", "Kidneys, ureters, bladder"),
        ("Knee", None),
        ("", None),
    ],
)
def test_suggestions_are_the_similar_names_only(text, name):
    names = ["Abdomen and pelvis", "Chest", "Head", "Kidneys, ureters, bladder", "Chest, abdomen"]
    place = most_similar(text, names)

    assert (None if place is None else names[place]) == name


@pytest.mark.both_databases
def test_coverage_and_the_commonest_texts_without_a_name(head):
    for n in range(3):
        ct(n, 500.0)
    for n in range(3, 5):
        ct(n, 500.0, description="Head CT")
    ct(9, 500.0, description="Knee")

    assert coverage("CT", "study") == (6, 3)
    found = unnamed("CT", "study", "study_description")
    assert [(one.text, one.cases, one.suggestion) for one in found] == [
        ("Head CT", 2, "Head"), ("Knee", 1, ""),
    ]  # fmt: skip
    assert Suggestions("CT", "study").of("ct head") == "Head"


def test_links_are_suggested_but_never_levels_of_adults_for_children(db):
    for name in ("Chest", "Head, child", "Abdomen and pelvis"):
        name_book.name("CT", "study", name)

    uk = next(one for one in linked("CT", "study") if one.version.series == "uk-ndrl-ct")

    suggested = {choice.name.name: choice.suggestion for choice in uk.choices}
    assert suggested == {
        "Chest": "chest",
        "Head, child": "",
        "Abdomen and pelvis": "abdomen-pelvis",
    }
