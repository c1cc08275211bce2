"""The arithmetic of the average glandular dose, with tables made for the test."""

import pytest

from kerma.dosimetry.mammography import (
    Exposure,
    MammographySet,
    average_glandular_dose,
    mammography_sets,
)
from kerma.dosimetry.sets import BadSet

TABLES = """
name = "test"
title = "Made for a test"
source = "none: these are no factors of any breast"

[g]
thickness_mm = [20, 60]
hvl_mm_al = [0.3, 0.5]
values = [[0.4, 0.6], [0.2, 0.4]]

[[c]]
from_years = 40
below_years = 50
grid = { thickness_mm = [20, 60], hvl_mm_al = [0.3, 0.5], values = [[0.9, 0.9], [1.1, 1.1]] }

[[s]]
target = "Tungsten"
filter = "Rhodium"
s = [1.0, 1.2]
thickness_mm = [20, 60]

[[s]]
target = "Molybdenum"
filter = "Molybdenum"
s = [1.0]
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "mammography").mkdir()
    (tmp_path / "mammography" / "test.toml").write_text(TABLES)
    return tmp_path


@pytest.fixture
def tables(folder) -> MammographySet:
    return mammography_sets(folder)["test"]


def exposure(**changes):
    given = {
        "incident_air_kerma_mgy": 5.0,
        "thickness_mm": 40.0,
        "hvl_mm_al": 0.4,
        "target": "Tungsten or Tungsten compound",
        "filter": "Rhodium or Rhodium compound",
        "age_years": 45.0,
    }
    return Exposure(**(given | changes))


def test_the_dose_is_the_product_of_kerma_and_factors(tables):
    """In the middle of all tables: g 0.4, c 1.0, s 1.1."""
    found = average_glandular_dose(exposure(), tables)

    assert found.value == pytest.approx(5 * 0.4 * 1.0 * 1.1)
    assert found.inputs["g"] == "0.400"
    assert found.inputs["target and filter"] == "Tungsten/Rhodium"


@pytest.mark.parametrize(
    ("thickness", "hvl", "g", "c", "s"),
    [(20, 0.3, 0.4, 0.9, 1.0), (60, 0.3, 0.2, 1.1, 1.2), (30, 0.3, 0.35, 0.95, 1.05)],
)
def test_at_the_points_of_the_tables_the_factors_are_those_of_the_tables(
    tables, thickness, hvl, g, c, s
):
    found = average_glandular_dose(exposure(thickness_mm=thickness, hvl_mm_al=hvl), tables)

    assert found.value == pytest.approx(5 * g * c * s)


def test_one_number_is_for_every_thickness(tables):
    found = average_glandular_dose(exposure(target="Molybdenum", filter="Molybdenum"), tables)

    assert found.inputs["s"] == "1.000"


REASONS = {
    "no kerma": ({"incident_air_kerma_mgy": None}, "no incident air kerma"),
    "no layer": ({"hvl_mm_al": 0.0}, "no half-value layer"),
    "several": ({"thickness_mm": None, "target": ""}, "no thickness and no target"),
    "no age": ({"age_years": None}, "no age"),
    "thin": ({"thickness_mm": 10.0}, "outside of the tables"),
    "hard": ({"hvl_mm_al": 0.7}, "outside of the tables"),
    "young": ({"age_years": 30.0}, "no c for 30 years"),
    "other filter": ({"filter": "Silver"}, "no s for Tungsten"),
    "sweep": ({"is_tomosynthesis": True}, "not for tomosynthesis"),
}


@pytest.mark.parametrize("name", REASONS)
def test_what_is_missing_leaves_a_reason_and_no_value(tables, name):
    changes, words = REASONS[name]

    found = average_glandular_dose(exposure(**changes), tables)

    assert found.value is None
    assert words in found.reason


def test_none_comes_with_the_program():
    assert mammography_sets() == {}


FAULTS = {
    "no toml": ("[g", "[[g", "is no set of coefficients"),
    "missing": ('title = "Made for a test"\n', "", "title"),
    "misspelt": ("title =", 'titel = "x"\ntitle =', "titel"),
    "row missing": ("[0.2, 0.4]]", "]", "one row for each thickness"),
    "short row": ("[0.2, 0.4]]", "[0.2]]", "1 numbers where 2 are wanted"),
    "negative": ("[0.2, 0.4]]", "[0.2, -0.4]]", "not above 0"),
    "order": ("hvl_mm_al = [0.3, 0.5]\nvalues", "hvl_mm_al = [0.5, 0.3]\nvalues", "rising"),
    "text": ("s = [1.0]", 's = ["one"]', "is no set of coefficients"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_bad_file_is_named_with_what_is_wrong(folder, name):
    before, after, words = FAULTS[name]
    assert before in TABLES
    (folder / "mammography" / "test.toml").write_text(TABLES.replace(before, after, 1))

    with pytest.raises(BadSet, match=words) as fault:
        mammography_sets(folder)

    assert str(fault.value).startswith("test.toml")


def test_bytes_that_are_no_text_are_refused(folder):
    (folder / "mammography" / "test.toml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(BadSet, match=r"test\.toml"):
        mammography_sets(folder)


def test_two_sets_of_one_name_are_refused(folder):
    (folder / "mammography" / "other.toml").write_text(TABLES)

    with pytest.raises(BadSet, match="a set named 'test' already"):
        mammography_sets(folder)
