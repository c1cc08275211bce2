"""Effective dose of CT against the printed tables, and what has no value."""

import pytest

from kerma.dosimetry.effective_dose import Scan, ct_effective_dose, ct_sets
from kerma.dosimetry.size_specific import conversion_factor

HEAD_PHANTOM, BODY_PHANTOM = "113690", "113691"
CODES = {
    "head": "T-D1100",
    "chest": "51185008",
    "abdomen and pelvis": "R-FAB57",
    "chest, abdomen and pelvis": "R-FAB56",
    "neck": "T-D1600",
}
AGES = {"0": 0.05, "1": 1.0, "5": 5.0, "10": 10.0, "15": 15.0, "30": 30.0}


def scan(**changes):
    given = {
        "dlp_mgycm": 100.0,
        "phantom_code": BODY_PHANTOM,
        "region_code": CODES["chest"],
        "kvps": (120.0,),
        "age_years": 40.0,
    }
    return Scan(**(given | changes))


PRINTED = [
    # Lee et al., Med. Phys. 39:2129 (2012), table XII
    ("lee-2012-icrp-103", "head", "30", 120, HEAD_PHANTOM, 0.0017),
    ("lee-2012-icrp-103", "head", "0", 80, HEAD_PHANTOM, 0.0075),
    ("lee-2012-icrp-103", "chest", "30", 120, BODY_PHANTOM, 0.0210),
    ("lee-2012-icrp-103", "chest", "15", 100, HEAD_PHANTOM, 0.0110),
    ("lee-2012-icrp-103", "chest", "1", 80, HEAD_PHANTOM, 0.0306),
    ("lee-2012-icrp-103", "abdomen and pelvis", "5", 120, HEAD_PHANTOM, 0.0221),
    ("lee-2012-icrp-103", "abdomen and pelvis", "30", 80, BODY_PHANTOM, 0.0159),
    ("lee-2012-icrp-103", "chest, abdomen and pelvis", "10", 100, HEAD_PHANTOM, 0.0132),
    ("lee-2012-icrp-60", "head", "5", 120, HEAD_PHANTOM, 0.0043),
    ("lee-2012-icrp-60", "chest", "30", 100, BODY_PHANTOM, 0.0180),
    ("lee-2012-icrp-60", "abdomen and pelvis", "30", 120, BODY_PHANTOM, 0.0219),
    ("lee-2012-icrp-60", "chest, abdomen and pelvis", "0", 80, HEAD_PHANTOM, 0.0413),
    ("shrimpton-icrp-60", "head", "30", 120, HEAD_PHANTOM, 0.0021),
    ("shrimpton-icrp-60", "chest", "30", 120, BODY_PHANTOM, 0.0140),
    ("shrimpton-icrp-60", "chest", "0", 120, HEAD_PHANTOM, 0.0390),
    ("shrimpton-icrp-60", "abdomen and pelvis", "10", 120, HEAD_PHANTOM, 0.0150),
    ("shrimpton-icrp-60", "chest, abdomen and pelvis", "1", 120, HEAD_PHANTOM, 0.0280),
]


@pytest.mark.parametrize(("name", "region", "age", "kvp", "phantom", "k"), PRINTED)
def test_coefficients_are_those_printed(name, region, age, kvp, phantom, k):
    given = scan(
        region_code=CODES[region], age_years=AGES[age], kvps=(kvp,), phantom_code=phantom
    )  # fmt: skip

    assert ct_effective_dose(given, ct_sets()[name]).value == pytest.approx(100 * k)


def test_between_two_voltages_the_coefficient_is_between():
    """Chest, adult: 0.0203 at 100 and 0.0210 at 120 kV."""
    found = ct_effective_dose(scan(kvps=(110.0, 110.0)), ct_sets()["lee-2012-icrp-103"])

    assert found.value == pytest.approx(2.065)


def test_the_value_says_how_it_was_found():
    found = ct_effective_dose(scan(), ct_sets()["lee-2012-icrp-103"])

    assert found.inputs == {
        "DLP": "100 mGy·cm",
        "region": "chest",
        "age": "adult",
        "phantom": "32 cm",
        "k": "0.021 mSv/(mGy·cm)",
        "tube voltage": "120 kV",
    }
    assert "ICRP 103" in found.method
    assert "10.1118/1.3693052" in found.source


REASONS = {
    "no dose": ({"dlp_mgycm": None}, "no DLP"),
    "negative": ({"dlp_mgycm": -1.0}, "no DLP above 0"),
    "no region": ({"region_code": ""}, "does not say which region"),
    "region without coefficient": ({"region_code": CODES["neck"]}, "for the region: neck"),
    "unknown region": ({"region_code": "T-D8200", "region_name": "Arm"}, "for the region: Arm"),
    "no age": ({"age_years": None}, "age of the patient is not known"),
    "no phantom": ({"phantom_code": ""}, "16 or 32 cm"),
    "other phantom": ({"phantom_code": HEAD_PHANTOM}, "is for the 16 cm phantom"),
    "child on the body phantom": ({"age_years": 5.0}, "the coefficient of the set is for 16 cm"),
    "no voltage": ({"kvps": ()}, "no tube voltage"),
    "two voltages": ({"kvps": (140.0, 100.0)}, "have 100 and 140 kV"),
    "high voltage": ({"kvps": (140.0,)}, "outside of 80 to 120 kV"),
    "low voltage": ({"kvps": (70.0,)}, "outside of 80 to 120 kV"),
}


@pytest.mark.parametrize("name", REASONS)
def test_what_is_missing_leaves_a_reason_and_no_value(name):
    changes, words = REASONS[name]

    found = ct_effective_dose(scan(**changes), ct_sets()["lee-2012-icrp-103"])

    assert found.value is None
    assert words in found.reason


@pytest.mark.parametrize("age", [14.0, 17.9])
def test_an_age_that_a_set_leaves_out_has_no_value(age):
    found = ct_effective_dose(scan(age_years=age), ct_sets()["shrimpton-icrp-60"])

    assert found.value is None
    assert "no coefficient for" in found.reason


def test_a_set_without_voltages_is_for_any():
    using = ct_sets()["shrimpton-icrp-60"]

    assert (
        ct_effective_dose(scan(kvps=(100.0, 140.0)), using).value
        == ct_effective_dose(scan(), using).value
    )


@pytest.mark.parametrize(
    ("years", "name"),
    [(0.0, "newborn"), (0.1, "1 year"), (3.99, "1 year"), (4.0, "5 years"), (9.99, "5 years"),
     (10.0, "10 years"), (14.0, "15 years"), (17.99, "15 years"), (18.0, "adult"), (99, "adult")],
)  # fmt: skip
def test_ages_are_grouped_as_for_paediatric_reference_levels(years, name):
    phantom = BODY_PHANTOM if name == "adult" else HEAD_PHANTOM

    found = ct_effective_dose(
        scan(age_years=years, phantom_code=phantom), ct_sets()["lee-2012-icrp-103"]
    )

    assert found.inputs["age"] == name


@pytest.mark.parametrize(("years", "diameter_mm", "length_cm"), [(0.05, 105, 10), (10.0, 200, 22)])
def test_the_coefficients_of_children_can_only_be_for_the_small_phantom(
    years, diameter_mm, length_cm
):
    """The dose of a slice is about CTDIvol f(D), and k is about (that / CTDIvol) w / length.

    With w of the adult (chest 30 cm long, 29 cm wide) and typical sizes of children, the
    coefficients agree with the factors of the 16 cm phantom, and not with those of 32 cm, which
    are twice as large.
    """
    using = ct_sets()["lee-2012-icrp-103"]
    adult = ct_effective_dose(scan(), using).value / 100
    child = ct_effective_dose(scan(age_years=years, phantom_code=HEAD_PHANTOM), using).value / 100
    weight = adult * 30 / conversion_factor(290, 32)

    small = conversion_factor(diameter_mm, 16) * weight / length_cm
    large = conversion_factor(diameter_mm, 32) * weight / length_cm

    assert child == pytest.approx(small, rel=0.3)
    assert large > 1.8 * child


def test_every_set_says_where_it_is_from_and_for_whom():
    for one in ct_sets().values():
        assert one.source
        assert one.valid
        assert one.age_source
        assert one.phantom_source
