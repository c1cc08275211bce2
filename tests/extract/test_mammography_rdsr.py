"""Dose reports of mammography and breast tomosynthesis (TID 10001, 10003, 10005)."""

import pytest

from kerma.dicom.write import code, has_concept_mod, num, text
from tests.extract.projection_reports import (
    ACCUMULATED_AGD,
    AGD,
    ANATOMY,
    BREAST,
    IMAGE_VIEW,
    KVP,
    LATERALITY,
    LEFT,
    MAMMOGRAPHY,
    RIGHT,
    ROTATIONAL,
    TARGET_REGION,
    accumulated,
    event,
    read,
    report,
    x_ray_filter,
)

LEFT_BREAST = ("T-04030", "SRT", "Left Breast")
RIGHT_BREAST = ("73056007", "SCT", "Right breast")
CRANIO_CAUDAL = ("R-10242", "SRT", "cranio-caudal")


def mammogram(side, agd, *rows, **kwargs):
    """Return an event of one breast."""
    anatomy = code(ANATOMY, BREAST, has_concept_mod(code(LATERALITY, side)))
    return event(anatomy, num(AGD, agd, "mGy"), *rows, **kwargs)


def agd_total(value, side=None, concept=LATERALITY):
    """Return an Accumulated Average Glandular Dose row."""
    below = has_concept_mod(code(concept, side)) if side else None
    return num(ACCUMULATED_AGD, value, "mGy", below)


def read_mammography(*rows):
    return read(report(*rows, procedure=MAMMOGRAPHY))


@pytest.mark.parametrize("procedure", [MAMMOGRAPHY, ("71651007", "SCT", "Mammography")])
def test_the_procedure_reported_makes_it_mammography(procedure):
    found = read(report(accumulated(), event(), procedure=procedure))

    assert (found.kind, found.modality) == ("MG RDSR", "MG")
    assert found.procedure_reported == "Mammography"


def test_glandular_dose_makes_it_mammography_where_the_procedure_is_not_precise():
    found = read(report(accumulated(), mammogram(LEFT, 1.1)))

    assert (found.kind, found.modality) == ("MG RDSR", "MG")


def test_compression_makes_it_mammography_where_there_is_no_procedure():
    thickness = num(("111633", "DCM", "Compression Thickness"), 53, "mm")

    assert read(report(event(thickness), procedure=None)).modality == "MG"


def test_glandular_dose_is_accumulated_per_breast():
    found = read_mammography(
        accumulated(agd_total(1.30, LEFT_BREAST), agd_total(1.28, RIGHT_BREAST)),
        mammogram(LEFT, 1.30, uid="1.1"),
        mammogram(RIGHT, 0.64, uid="1.2"),
        mammogram(RIGHT, 0.64, uid="1.3"),
    ).totals

    assert (found.agd_left_mgy, found.agd_right_mgy) == (1.30, 1.28)
    assert found.agd_left_sum_of_events_mgy == pytest.approx(1.30)
    assert found.agd_right_sum_of_events_mgy == pytest.approx(1.28)


def test_a_breast_that_was_not_irradiated_has_no_sum():
    found = read_mammography(
        accumulated(agd_total(0, LEFT_BREAST), agd_total(1.09, RIGHT_BREAST)),
        mammogram(RIGHT, 1.09),
    ).totals

    assert found.agd_left_mgy == 0
    assert found.agd_left_sum_of_events_mgy is None


def test_the_side_may_be_said_by_another_modifier():
    image_laterality = ("111027", "DCM", "Image Laterality")
    total = agd_total(1.5, ("G-A100", "SRT", "Right"), image_laterality)

    assert read_mammography(accumulated(total), mammogram(LEFT, 1)).totals.agd_right_mgy == 1.5


def test_the_side_may_be_said_of_the_container():
    left = accumulated(code(LATERALITY, LEFT_BREAST), agd_total(1.5))
    right = accumulated(code(LATERALITY, RIGHT_BREAST), agd_total(2.5))

    found = read_mammography(left, right).totals

    assert (found.agd_left_mgy, found.agd_right_mgy) == (1.5, 2.5)
    assert (found.number_of_planes, found.planes) == (1, ())


def test_a_total_without_side_is_that_of_the_only_breast_irradiated():
    found = read_mammography(accumulated(agd_total(1.5)), mammogram(LEFT, 1.5))

    assert (found.totals.agd_left_mgy, found.totals.agd_right_mgy) == (1.5, None)


def test_a_total_without_side_of_two_breasts_is_left_out_and_noted():
    found = read_mammography(
        accumulated(agd_total(1.5)), mammogram(LEFT, 1, uid="1.1"), mammogram(RIGHT, 1, uid="1.2")
    )

    assert (found.totals.agd_left_mgy, found.totals.agd_right_mgy) == (None, None)
    assert any("no laterality" in note for note in found.notes)


def test_glandular_dose_in_the_unit_of_older_editions_is_converted():
    """TID 10005 asked for dGy until 2011."""
    total = num(ACCUMULATED_AGD, 0.013, "dGy", has_concept_mod(code(LATERALITY, LEFT_BREAST)))

    assert read_mammography(accumulated(total)).totals.agd_left_mgy == pytest.approx(1.3)


@pytest.mark.parametrize(
    ("side", "word"),
    [(LEFT, "Left"), (RIGHT, "Right"), (LEFT_BREAST, "Left"), (RIGHT_BREAST, "Right")],
)
def test_the_side_of_an_event_is_a_side_whatever_code_says_it(side, word):
    assert read_mammography(mammogram(side, 1)).events[0].laterality == word


def test_the_side_is_also_found_beside_the_anatomy_and_below_the_target_region():
    beside = event(code(LATERALITY, LEFT), num(AGD, 1, "mGy"))
    below = event(code(TARGET_REGION, BREAST, code(LATERALITY, RIGHT)), num(AGD, 1, "mGy"))

    found = read_mammography(beside, below).events

    assert [each.laterality for each in found] == ["Left", "Right"]


def test_the_view_is_read_with_its_modifiers_and_code():
    modifiers = [("R-102D6", "SRT", "Magnification"), ("R-102D7", "SRT", "Spot compression")]
    view = code(
        IMAGE_VIEW,
        CRANIO_CAUDAL,
        *(has_concept_mod(code(("111032", "DCM", "Image View Modifier"), m)) for m in modifiers),
    )

    found = read_mammography(mammogram(LEFT, 1, view)).events[0]

    assert (found.view, found.view_code) == ("cranio-caudal", "R-10242")
    assert found.view_modifiers == ("Magnification", "Spot compression")


def test_compression_and_beam_are_read():
    found = read_mammography(
        mammogram(
            LEFT,
            1.37,
            num(("111633", "DCM", "Compression Thickness"), 5.3, "cm"),
            num(("111647", "DCM", "Compression Force"), 105, "N"),
            num(("111634", "DCM", "Half Value Layer"), 0.535, "mm"),
            num(("111636", "DCM", "Entrance Exposure at RP"), 3.65, "mGy"),
            num(("111046", "DCM", "Percent Fibroglandular Tissue"), 31, "%"),
            code(
                ("111632", "DCM", "Anode Target Material"),
                ("C-167F9", "SRT", "Rhodium or Rhodium compound"),
            ),
            code(("111635", "DCM", "X-Ray Grid"), ("111643", "DCM", "Reciprocating grid")),
            text(("125203", "DCM", "Acquisition Protocol"), "ROUTINE"),
        )
    ).events[0]

    assert found.compressed_thickness_mm == pytest.approx(53)
    assert (found.compression_force_n, found.percent_fibroglandular) == (105, 31)
    assert (found.half_value_layer_mm, found.entrance_exposure_at_rp_mgy) == (0.535, 3.65)
    assert found.anode_target == "Rhodium or Rhodium compound"
    assert (found.grid, found.acquisition_protocol) == (("Reciprocating grid",), "ROUTINE")


def test_a_tomosynthesis_keeps_the_values_and_filters_of_its_projections():
    voltages = [num(KVP, value, "kV") for value in (34.1, 34.07, 34.07)]
    filters = [x_ray_filter("C-137F9") for _ in range(3)]

    found = read_mammography(
        accumulated(), mammogram(RIGHT, 1.09, *voltages, *filters, kind=ROTATIONAL)
    )

    assert found.events[0].kvp_values == (34.1, 34.07, 34.07)
    assert found.events[0].kvp == pytest.approx(34.08)
    assert len(found.events[0].filters) == 3
    assert found.totals.events_by_type == {"rotational acquisition": 1}
