import pytest

from tests.extract.image_objects import NM, PET, read_image


def read(sop_class, modality, *activities):
    items = [
        {"RadionuclideTotalDose": activity, "Radiopharmaceutical": str(n)}
        for n, activity in enumerate(activities)
    ]
    return read_image(sop_class, modality, RadiopharmaceuticalInformationSequence=items)


def test_a_gamma_cameras_activity_of_millions_is_in_bq():
    record = read(NM, "NM", 203_000_000)

    assert record.events[0].administered_activity_mbq == pytest.approx(203)
    assert record.quirks == ("nm-activity-in-bq",)


@pytest.mark.parametrize("activity", [0.04, 740, 11_100])
def test_a_gamma_cameras_activity_that_can_be_given_is_in_mbq(activity):
    record = read(NM, "NM", activity)

    assert (record.events[0].administered_activity_mbq, record.quirks) == (activity, ())


def test_a_gamma_cameras_activity_between_the_two_is_kept_with_a_note():
    record = read(NM, "NM", 400_000)

    assert (record.events[0].administered_activity_mbq, record.quirks) == (400_000, ())
    assert any("cannot be right" in note for note in record.notes)


def test_a_pet_activity_of_hundreds_is_in_mbq():
    record = read(PET, "PT", 394)

    assert record.events[0].administered_activity_mbq == pytest.approx(394)
    assert record.quirks == ("pet-activity-in-mbq",)


def test_a_pet_activity_of_millions_is_in_bq():
    record = read(PET, "PT", 394_000_000)

    assert (record.events[0].administered_activity_mbq, record.quirks) == (394, ())


def test_only_the_item_that_cannot_be_is_repaired():
    record = read(NM, "NM", 80, 740_000_000)

    found = [event.administered_activity_mbq for event in record.events]
    assert found == [80, pytest.approx(740)]
