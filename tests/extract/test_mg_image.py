import pytest

from kerma.errors import NoDose
from tests.extract.image_objects import (
    CR,
    MG,
    PROJECTIONS,
    SECONDARY_CAPTURE,
    TOMOSYNTHESIS,
    read_image,
)


def event(sop_class=MG, **attributes):
    return read_image(sop_class, "MG", **{"KVP": 29} | attributes).events[0]


def test_organ_dose_is_in_dgy_and_becomes_mgy():
    """PS3.3 C.8.7.8: 0.01373 dGy = 1.373 mGy."""
    record = read_image(MG, "MG", OrganDose=0.01373, ImageLaterality="L")

    assert record.events[0].agd_mgy == pytest.approx(1.373, rel=1e-12)
    assert (record.totals.agd_left_mgy, record.totals.agd_right_mgy) == (1.373, None)


def test_the_dose_counts_for_the_breast_exposed():
    record = read_image(MG, "MG", OrganDose=0.02, ImageLaterality="R")

    assert (record.totals.agd_left_mgy, record.totals.agd_right_mgy) == (None, 2.0)


def test_without_a_side_the_dose_counts_for_neither_and_a_note_says_so():
    record = read_image(MG, "MG", OrganDose=0.02)

    assert (record.totals.agd_left_mgy, record.totals.agd_right_mgy) == (None, None)
    assert any("which breast" in note for note in record.notes)


def test_view_and_modifiers_are_kept():
    view = {
        "CodeValue": "R-10242",
        "CodingSchemeDesignator": "SNM3",
        "CodeMeaning": "cranio-caudal",
        "ViewModifierCodeSequence": [
            ("R-102D6", "SNM3", "Magnification"),
            ("R-102D7", "SNM3", "Spot Compression"),
        ],
    }

    found = event(ViewCodeSequence=view)

    assert (found.view, found.view_code) == ("cranio-caudal", "R-10242")
    assert found.view_modifiers == ("Magnification", "Spot Compression")


def test_an_empty_modifier_sequence_is_no_modifier():
    view = {"CodeValue": "R-10242", "CodeMeaning": "cc", "ViewModifierCodeSequence": []}

    assert event(ViewCodeSequence=view).view_modifiers == ()


def test_a_plate_readers_view_position_stands_for_the_view():
    found = event(CR, ViewPosition="MLO")

    assert (found.view, found.view_position) == ("medio-lateral oblique", "MLO")


def test_the_technique_of_mammography_is_kept():
    found = event(
        AnodeTargetMaterial="RHODIUM", FilterMaterial="SILVER", BodyPartThickness=53,
        CompressionForce=50, EstimatedRadiographicMagnificationFactor=1.8, HalfValueLayer=0.55,
        DistanceSourceToEntrance=607, FocalSpots=0.3, Grid=["RECIPROCATING", "FOCUSED"],
        PositionerPrimaryAngle=-45, PositionerType="MAMMOGRAPHIC", EntranceDoseInmGy=5.071,
    )  # fmt: skip

    assert found.anode_target == "Rhodium"
    assert [f.material for f in found.filters] == ["Silver"]
    assert (found.compressed_thickness_mm, found.compression_force_n) == (53, 50)
    assert (found.magnification, found.half_value_layer_mm) == (1.8, 0.55)
    assert (found.source_to_entrance_mm, found.focal_spot_mm) == (607, 0.3)
    assert found.grid == ("RECIPROCATING", "FOCUSED")
    assert (found.primary_angle_deg, found.mechanical_positioner_type) == (-45, "MAMMOGRAPHIC")
    assert found.entrance_dose_mgy == 5.071


@pytest.mark.parametrize(
    ("comment", "percent"),
    [("31 %", 31.0), ("80%", 80.0), ("HVL 31 %", None), ("130 %", None), ("", None)],
)
def test_a_comment_that_is_but_a_percentage_is_the_glandular_part(comment, percent):
    assert event(CommentsOnRadiationDose=comment).percent_fibroglandular == percent


def test_ges_radiological_thickness_is_private():
    private = [
        (0x0045, "GEMS_SENO_02", 0x49, "DS", "45"),
        (0x0045, "GEMS_SENO_02", 0x1B, "CS", "LCC"),
    ]

    found = event(private=private)

    assert found.radiological_thickness_mm == 45
    assert found.vendor_private == {"clinical_view": "LCC"}


def projections(*values_mas):
    return [{"KVP": 31, "ExposureInmAs": value} for value in values_mas]


def test_a_tomosynthesis_without_totals_is_the_sum_of_its_projections():
    found = event(
        TOMOSYNTHESIS,
        KVP=None,
        XRay3DAcquisitionSequence={"PerProjectionAcquisitionSequence": projections(3.5, 3.5, 4)},
    )

    assert found.exposure_mas == pytest.approx(11)
    assert found.exposure_mas_values == (3.5, 3.5, 4)
    assert found.kvp == 31


def test_what_a_tomosynthesis_says_of_the_whole_goes_before_the_sum():
    found = event(
        TOMOSYNTHESIS,
        XRay3DAcquisitionSequence={
            "ExposureInmAs": 60.0,
            "PerProjectionAcquisitionSequence": projections(3.5, 3.5),
        },
    )

    assert found.exposure_mas == 60


def test_the_frames_of_a_projection_image_add_up():
    """PS3.3 C.8.31.5: dose and exposure are those of each frame."""
    frames = [
        {"XRayAcquisitionDoseSequence": {"OrganDose": 0.001, "ExposureInmAs": 4.0}}
        for _ in range(15)
    ]

    record = read_image(
        PROJECTIONS, "MG", ImageLaterality="L", PerFrameFunctionalGroupsSequence=frames
    )

    assert record.events[0].exposure_mas == pytest.approx(60)
    assert record.events[0].agd_mgy == pytest.approx(1.5)
    assert record.totals.agd_left_mgy == pytest.approx(1.5)


def test_functional_groups_of_a_tomosynthesis_are_read():
    shared = {
        "FrameAnatomySequence": {
            "AnatomicRegionSequence": ("76752008", "SCT", "Breast"),
            "FrameLaterality": "R",
        },
        "IrradiationEventIdentificationSequence": {"IrradiationEventUID": "1.2.3.4"},
    }

    record = read_image(
        TOMOSYNTHESIS,
        "MG",
        SharedFunctionalGroupsSequence=shared,
        XRay3DAcquisitionSequence={
            "KVP": 31,
            "BodyPartThickness": 60,
            "AnodeTargetMaterial": "TUNGSTEN",
            "XRayAcquisitionDoseSequence": {"OrganDose": 0.0185, "EntranceDoseInmGy": 6.2},
        },
    )

    found = record.events[0]
    assert (found.agd_mgy, record.totals.agd_right_mgy) == (1.85, 1.85)
    assert (found.laterality, found.anatomical_structure) == ("Right", "Breast")
    assert (found.irradiation_event_uid, found.entrance_dose_mgy) == ("1.2.3.4", 6.2)
    assert (found.kvp, found.compressed_thickness_mm, found.anode_target) == (31, 60, "Tungsten")


def test_original_projections_in_secondary_captures_are_mammograms():
    record = read_image(
        SECONDARY_CAPTURE, "MG", OrganDose=0.0164, ImageLaterality="L",
        ImageType=["ORIGINAL", "PRIMARY"],
    )  # fmt: skip

    assert (record.kind, record.totals.agd_left_mgy) == ("MG image", 1.64)


def test_a_screenshot_of_a_mammogram_is_no_exposure():
    with pytest.raises(NoDose):
        read_image(SECONDARY_CAPTURE, "MG", OrganDose=0.0164, ImageType=["DERIVED", "SECONDARY"])


def test_a_mammogram_without_any_dose_value_carries_no_dose():
    with pytest.raises(NoDose):
        read_image(MG, "MG", ImageLaterality="L")


def test_a_synthetic_image_says_whose_dose_it_repeats():
    record = read_image(
        MG, "MG", KVP=31, ImageType=["DERIVED", "PRIMARY", "TOMOSYNTHESIS", "GENERATED_2D"]
    )

    assert any("worked out from a tomosynthesis" in note for note in record.notes)
