"""Units: factors against the definitions of the SI and of UCUM."""

import pytest

from kerma.dicom import units


@pytest.mark.parametrize(
    ("value", "given", "wanted", "result"),
    [
        (1.034, "dGy.cm2", "Gy.m2", 1.034e-5),
        (1.6e-5, "Gym2", "Gy.m2", 1.6e-5),
        (1.6e-5, "", "Gy.m2", 1.6e-5),
        (1.034, "mGy", "Gy", 1.034e-3),
        (250, "uGy.m2", "Gy.m2", 2.5e-4),
        (312, "mGycm", "mGy.cm", 312),
        (2, "Gy.cm", "mGy.cm", 2000),
        (10, "mCi", "MBq", 370),
        (5, "min", "s", 300),
        (40, "cm", "mm", 400),
        (90, "mg/dl", "mmol/l", 4.9956),
        (12, "uA.s", "mA.s", 0.012),
    ],
)
def test_conversions(value, given, wanted, result):
    factor = units.factor(given, wanted)

    assert factor is not None
    assert value * factor == pytest.approx(result, rel=1e-4)


@pytest.mark.parametrize(("given", "wanted"), [("R", "mGy"), ("mm", "Gy"), ("furlong", "mm")])
def test_what_is_not_known_has_no_factor(given, wanted):
    assert units.factor(given, wanted) is None


def test_doses_are_told_from_other_values():
    assert all(units.is_dose(unit) for unit in ("Gy", "mGy", "mGy.cm", "Gy.m2", "mSv", "MBq"))
    assert not any(units.is_dose(unit) for unit in ("mm", "s", "kV", "deg"))
