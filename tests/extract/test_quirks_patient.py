import pytest

from tests.extract.ct_reports import read, report


def test_a_size_that_can_only_be_in_cm_is_read_so():
    record = read(report(PatientSize="175"))

    assert record.patient.height_m == 1.75
    assert record.quirks == ("patient-size-in-cm",)


@pytest.mark.parametrize("size", ["1.75", "0.4", "12", "1750"])
def test_every_other_size_is_left_as_it_is(size):
    record = read(report(PatientSize=size))

    assert record.patient.height_m == float(size)
    assert record.quirks == ()


def test_a_size_in_letters_is_left_out_with_one_note():
    made = report()
    made.add_new(0x00101020, "LO", "tall")

    record = read(made)

    assert record.patient.height_m is None
    assert record.notes == ("(0010,1020) is not a number; left out.",)
