import pytest

from tests.extract.image_objects import CR, DX, MG, read_image

DR7500 = {"Manufacturer": "KODAK", "ManufacturerModelName": "DR 7500", "KVP": 80}
SENOGRAPHE = {"Manufacturer": "GE MEDICAL SYSTEMS", "ManufacturerModelName": "Senograph DS"}


def test_kodak_writes_decimetres():
    record = read_image(CR, "CR", DistanceSourceToDetector=11.5, **DR7500)

    assert record.events[0].source_to_detector_mm == 1150
    assert record.quirks == ("kodak-dr7500-distance-in-decimetres",)


@pytest.mark.parametrize(
    "attributes",
    [
        DR7500 | {"DistanceSourceToDetector": 1150},
        DR7500 | {"ManufacturerModelName": "DR 3500", "DistanceSourceToDetector": 11.5},
        DR7500,
    ],
)
def test_a_distance_in_millimetres_or_of_another_model_is_left_alone(attributes):
    record = read_image(CR, "CR", **attributes)

    given = attributes.get("DistanceSourceToDetector")
    assert (record.events[0].source_to_detector_mm, record.quirks) == (given, ())


def test_ge_gives_the_entrance_dose_as_relative_exposure_in_microgray():
    record = read_image(MG, "MG", RelativeXRayExposure=5071, **SENOGRAPHE)

    assert record.events[0].entrance_dose_mgy == pytest.approx(5.071)
    assert record.quirks == ("ge-senographe-entrance-dose-in-relative-exposure",)


def test_an_entrance_dose_that_is_there_is_not_replaced():
    record = read_image(MG, "MG", RelativeXRayExposure=5071, EntranceDoseInmGy=5.0, **SENOGRAPHE)

    assert (record.events[0].entrance_dose_mgy, record.quirks) == (5.0, ())


def test_another_makers_relative_exposure_is_no_dose():
    record = read_image(MG, "MG", RelativeXRayExposure=400, Manufacturer="HOLOGIC, Inc.")

    assert (record.events[0].entrance_dose_mgy, record.quirks) == (None, ())


def test_an_organ_dose_above_the_entrance_dose_is_in_mgy():
    """The glandular dose is always less than the dose at the surface."""
    record = read_image(MG, "MG", OrganDose=1.4, EntranceDoseInmGy=5.1, ImageLaterality="L")

    assert record.events[0].agd_mgy == pytest.approx(1.4)
    assert record.totals.agd_left_mgy == pytest.approx(1.4)
    assert record.quirks == ("organ-dose-in-mgy",)


def test_an_organ_dose_above_50_mgy_is_in_mgy_too_where_there_is_no_entrance_dose():
    record = read_image(MG, "MG", OrganDose=1.4)

    assert record.events[0].agd_mgy == pytest.approx(1.4)


@pytest.mark.parametrize(("dose_dgy", "entrance_mgy"), [(0.014, 5.1), (0.03, None), (0.014, 0)])
def test_an_organ_dose_in_dgy_is_left_alone(dose_dgy, entrance_mgy):
    record = read_image(MG, "MG", OrganDose=dose_dgy, EntranceDoseInmGy=entrance_mgy)

    assert record.events[0].agd_mgy == pytest.approx(dose_dgy * 100)
    assert record.quirks == ()


def test_a_radiograph_is_not_touched():
    assert read_image(DX, "DX", KVP=70, OrganDose=1.4).quirks == ()


RADREX = {"Manufacturer": "TOSHIBA", "ManufacturerModelName": "Radrex-i", "KVP": 80}


def test_toshiba_keeps_the_protocol_in_the_comments():
    record = read_image(DX, "DX", ImageComments="Chest PA", **RADREX)

    assert record.events[0].acquisition_protocol == "Chest PA"
    assert record.quirks == ("toshiba-radrex-protocol-in-image-comments",)


def test_a_protocol_name_that_is_there_is_not_replaced():
    record = read_image(DX, "DX", ImageComments="repeat", ProtocolName="Chest PA", **RADREX)

    assert (record.events[0].acquisition_protocol, record.quirks) == ("Chest PA", ())
