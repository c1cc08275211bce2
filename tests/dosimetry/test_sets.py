"""Sets of the site stand beside those of the program, and are checked as they are read."""

from importlib import resources

import pytest

from kerma.dosimetry.effective_dose import ct_sets
from kerma.dosimetry.nuclear import nuclear_sets
from kerma.dosimetry.sets import BadSet

SHIPPED = resources.files("kerma.dosimetry") / "tables"


def own_file(folder, kind, name):
    """Return the text of a file of the program, with another name for the set."""
    text = (SHIPPED / kind / name).read_text(encoding="utf-8")
    (folder / kind).mkdir()
    return text.replace('name = "', 'name = "own-', 1)


def test_a_set_of_the_site_is_there_beside_the_others(tmp_path):
    text = own_file(tmp_path, "ct_effective_dose", "shrimpton_icrp_60.toml")
    (tmp_path / "ct_effective_dose" / "own.toml").write_text(text)

    assert {"own-shrimpton-icrp-60", "shrimpton-icrp-60"} <= set(ct_sets(tmp_path))
    assert "own-shrimpton-icrp-60" not in ct_sets()


def test_a_folder_that_is_not_there_is_none(tmp_path):
    assert ct_sets(tmp_path / "nowhere").keys() == ct_sets().keys()


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("phantom_cm = [16, 16, 16, 16, 16]", "phantom_cm = [16]", "a phantom of 16 or 32 cm"),
        ("[16, 16, 16, 16, 32]", "[16, 16, 16, 16, 20]", "a phantom of 16 or 32 cm"),
        ("from_years = 4.0", "from_years = 3.0", "overlap or are out of order"),
        ("below_years = 10.0", "below_years = 2.0", "end after it begins"),
        ("0.0110, 0.0067", "0.0110, 0", "not above 0"),
        ("0.0110, 0.0067", "0.0110, inf", "not above 0"),
    ],
)
def test_a_set_of_the_site_with_a_fault_is_refused(tmp_path, before, after, words):
    text = own_file(tmp_path, "ct_effective_dose", "shrimpton_icrp_60.toml")
    assert before in text
    (tmp_path / "ct_effective_dose" / "own.toml").write_text(text.replace(before, after, 1))

    with pytest.raises(BadSet, match=words):
        ct_sets(tmp_path)


def test_a_set_of_agents_is_held_to_the_same(tmp_path):
    text = own_file(tmp_path, "nm_effective_dose", "icrp_60.toml")
    (tmp_path / "nm_effective_dose" / "own.toml").write_text(
        text.replace("[0.050, 0.019]", "[0.019]", 1)
    )

    with pytest.raises(BadSet, match="F-18 fluorodeoxyglucose has 1 numbers where 2 are wanted"):
        nuclear_sets(tmp_path)
