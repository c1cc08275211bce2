"""Effective dose of administrations against the printed coefficients."""

import math

import pytest

from kerma.dosimetry.nuclear import Given, nm_effective_dose, nuclear_sets

FDG, FLUORINE, TECHNETIUM = "Fluorodeoxyglucose F^18^", "C-111A1", "C-163A8"


def given(**changes):
    values = {"agent": FDG, "nuclide_code": FLUORINE, "activity_mbq": 300.0, "age_years": 60.0}
    return Given(**(values | changes))


@pytest.mark.parametrize(
    ("name", "agent", "nuclide", "years", "coefficient"),
    [
        # Andersson et al., erratum of 2015, table 1, columns 3 and 1
        ("andersson-2015-icrp-103", FDG, FLUORINE, 60, 0.0171),
        ("andersson-2015-icrp-103", "Methionine C^11^", "40565003", 60, 0.00511),
        ("andersson-2015-icrp-103", "Oxygen-water O^15^", "", 60, 0.000933),
        ("icrp-60", FDG, FLUORINE, 60, 0.019),
        ("icrp-60", FDG, FLUORINE, 5, 0.050),
        ("icrp-60", "Fluoro-L-dopa F^18^", "77004003", 60, 0.025),
        # guidelines that print values of the ICRP
        ("icrp-60", "Technetium Tc^99m^ medronate", TECHNETIUM, 60, 0.0057),
        ("icrp-60", "Technetium Tc^99m^ medronate", TECHNETIUM, 5, 0.025),
        ("icrp-60", "Sodium fluoride F^18^", FLUORINE, 5, 0.086),
        ("icrp-60", "Sodium pertechnetate Tc^99m^", TECHNETIUM, 60, 0.013),
    ],
)
def test_coefficients_are_those_printed(name, agent, nuclide, years, coefficient):
    found = nm_effective_dose(
        given(agent=agent, nuclide_code=nuclide, age_years=years), nuclear_sets()[name]
    )

    assert found.value == pytest.approx(300 * coefficient)
    assert found.source


@pytest.mark.parametrize("words", ["FDG", "fluorodeoxyglucose", "18F-FDG", "f-18 fdg"])
def test_texts_that_mean_only_one_agent_are_known(words):
    assert nm_effective_dose(given(agent=words), nuclear_sets()["icrp-60"]).value


REASONS = {
    "no activity": ({"activity_mbq": None}, "no administered activity"),
    "negative": ({"activity_mbq": -4.0}, "no administered activity above 0"),
    "not a number": ({"activity_mbq": math.nan}, "no administered activity above 0"),
    "no agent": ({"agent": ""}, "does not name"),
    "other agent": ({"agent": "Sestamibi"}, "no coefficient for Sestamibi"),
    "other nuclide": ({"nuclide_code": TECHNETIUM}, "radionuclide is not that of"),
    "no age": ({"age_years": None}, "age of the patient is not known"),
    "child": ({"age_years": 2.0}, "no coefficient for F-18 fluorodeoxyglucose at 2 years"),
    "agent for adults": (
        {"age_years": 6.0, "agent": "Methionine C^11^", "nuclide_code": ""},
        "no coefficient for C-11 methionine at 6 years",
    ),
    "adolescent": ({"age_years": 15.0}, "at 15 years"),
}


@pytest.mark.parametrize("name", REASONS)
def test_what_is_missing_leaves_a_reason_and_no_value(name):
    changes, words = REASONS[name]

    found = nm_effective_dose(given(**changes), nuclear_sets()["icrp-60"])

    assert found.value is None
    assert words in found.reason


def test_every_coefficient_has_a_source():
    for one in nuclear_sets().values():
        assert one.source
        assert all(agent.source or "table" in one.source for agent in one.agents)
