import math

import pytest
from pydicom.dataset import Dataset

from kerma.dicom.files import read_bytes
from kerma.errors import NoDose
from kerma.extract import record_of
from kerma.records import Filter
from tests.extract.image_objects import (
    CR,
    DX,
    DX_FOR_PROCESSING,
    MG,
    SECONDARY_CAPTURE,
    image_bytes,
    read_image,
)


def event(sop_class=DX, modality="DX", **attributes):
    return read_image(sop_class, modality, **{"KVP": 70} | attributes).events[0]


@pytest.mark.parametrize(
    ("sop_class", "modality"), [(CR, "CR"), (DX, "DX"), (DX_FOR_PROCESSING, "DX"), (DX, "PX")]
)
def test_images_of_the_radiography_classes_are_dx_whatever_their_modality(sop_class, modality):
    record = read_image(sop_class, modality, KVP=70)

    assert (record.kind, record.modality, record.totals.events) == ("DX image", "DX", 1)


def test_area_dose_is_in_dgy_cm2_and_becomes_gy_m2():
    """PS3.3 C.8.7.8: 1 dGy.cm2 = 0.1 Gy x 1e-4 m2."""
    record = read_image(DX, "DX", ImageAndFluoroscopyAreaDoseProduct=11.013)

    assert record.events[0].dap_gym2 == pytest.approx(11.013e-5, rel=1e-12)
    assert record.totals.dap_gym2 == record.events[0].dap_gym2


def test_a_zero_area_dose_stays_zero_and_an_absent_one_is_none():
    assert event(ImageAndFluoroscopyAreaDoseProduct=0).dap_gym2 == 0
    assert event().dap_gym2 is None


def test_exposure_in_uas_is_finer_than_the_integer_mas():
    found = event(Exposure=1, ExposureInuAs=1040)

    assert found.exposure_mas == pytest.approx(1.04)


def test_a_zero_in_uas_does_not_hide_the_exposure_in_mas():
    assert event(Exposure=5, ExposureInuAs=0).exposure_mas == 5


def test_a_binary_value_that_is_no_number_is_passed_over():
    assert event(ExposureInmAs=float("nan"), Exposure=5).exposure_mas == 5


def test_where_uas_holds_mas_current_times_time_tells_and_a_note_says_so():
    record = read_image(
        DX, "DX", KVP=70, Exposure=40, ExposureInuAs=40, XRayTubeCurrent=400, ExposureTime=100
    )

    assert record.events[0].exposure_mas == 40
    assert any("Exposure is given as 40 mAs and 0.04 mAs" in note for note in record.notes)


def test_current_and_time_are_taken_from_whatever_attribute_holds_them():
    assert event(XRayTubeCurrentInuA=250_500).tube_current_ma == pytest.approx(250.5)
    assert event(XRayTubeCurrent=250).tube_current_ma == 250
    assert event(ExposureTimeInuS=4_200).exposure_time_ms == pytest.approx(4.2)
    assert event(ExposureTime=4).exposure_time_ms == 4


def test_two_filters_are_two_filters():
    found = event(
        FilterType="WEDGE",
        FilterMaterial=["ALUMINUM", "COPPER"],
        FilterThicknessMinimum=["1.0", "0.1"],
        FilterThicknessMaximum=["1.0", "0.1"],
    )

    assert found.filters == (
        Filter(material="Aluminum", thickness_min_mm=1.0, thickness_max_mm=1.0, type="WEDGE"),
        Filter(material="Copper", thickness_min_mm=0.1, thickness_max_mm=0.1, type="WEDGE"),
    )


def with_bytes_changed(before, after, **attributes):
    """Return the event of an image in which bytes were exchanged that no writer would write."""
    data = image_bytes(DX, "DX", KVP=70, **attributes)
    assert before in data
    return record_of(read_bytes(data.replace(before, after))).events[0]


def test_thicknesses_with_a_comma_between_them_are_two_and_are_put_in_order():
    found = with_bytes_changed(
        b"1.06\\0.206",
        b"1.06,0.206",
        FilterMaterial=["ALUMINUM", "COPPER"],
        FilterThicknessMinimum=["1.06", "0.206"],
        FilterThicknessMaximum=["0.94", "0.194"],
    )

    assert [(f.thickness_min_mm, f.thickness_max_mm) for f in found.filters] == [
        (0.94, 1.06),
        (0.194, 0.206),
    ]


def test_a_decimal_comma_is_not_two_filters():
    found = with_bytes_changed(
        b"0.17", b"0,17", FilterMaterial="COPPER", FilterThicknessMinimum="0.17"
    )

    assert found.filters == (Filter(material="Copper", thickness_min_mm=0.17),)


def test_a_filter_of_type_none_is_no_filter():
    assert event(FilterType="NONE", FilterMaterial="ALUMINUM").filters == ()


@pytest.mark.parametrize(
    ("shape", "dimensions", "area_m2"),
    [
        ("RECTANGLE", [428, 428], 0.183184),
        (None, [400, 300], 0.12),
        ("ROUND", [200], math.pi / 4 * 0.04),
        ("HEXAGONAL", [200], None),
    ],
)
def test_the_area_follows_from_the_field_of_view_where_its_shape_allows(shape, dimensions, area_m2):
    found = event(FieldOfViewShape=shape, FieldOfViewDimensions=dimensions)

    assert found.field_of_view_mm == tuple(dimensions)
    assert found.derived.get("collimated_field_area_m2") == (
        pytest.approx(area_m2) if area_m2 else None
    )


def test_an_exposure_is_dated_by_its_acquisition_not_by_its_processing():
    found = event(
        AcquisitionDate="20140620", AcquisitionTime="105116",
        ContentDate="20140620", ContentTime="104610.327",
    )  # fmt: skip

    assert found.date_time_started.isoformat() == "2014-06-20T10:51:16"


def test_acquisition_date_and_time_in_one_attribute_come_first():
    found = event(
        AcquisitionDateTime="20140620105117.5",
        AcquisitionDate="20140620",
        AcquisitionTime="105116",
    )

    assert found.date_time_started.isoformat() == "2014-06-20T10:51:17.500000"


def test_a_time_without_a_date_is_of_the_day_of_the_study():
    found = event(AcquisitionTime="105116", StudyDate="20140620")

    assert found.date_time_started.isoformat() == "2014-06-20T10:51:16"


@pytest.mark.parametrize(
    ("letter", "word"),
    [("L", "Left"), ("R", "Right"), ("U", "Unpaired"), ("B", "Right and left")],
)
def test_laterality_is_a_word(letter, word):
    assert event(ImageLaterality=letter).laterality == word
    assert event(Laterality=letter).laterality == word


def test_the_side_may_be_a_modifier_of_the_anatomic_region():
    region = {
        "CodeValue": "T-D8700",
        "CodingSchemeDesignator": "SRT",
        "CodeMeaning": "Hand",
        "AnatomicRegionModifierSequence": ("G-A100", "SRT", "Right"),
    }

    found = event(AnatomicRegionSequence=region)

    assert (found.anatomical_structure, found.laterality) == ("Hand", "Right")


def test_view_and_region_are_in_the_words_of_the_object():
    found = event(
        ViewCodeSequence=("R-10206", "SNM3", "antero-posterior"),
        AnatomicRegionSequence=("T-D3000", "SNM3", "CHEST"),
        ViewPosition="AP",
    )

    assert (found.view, found.view_code, found.view_position) == (
        "antero-posterior", "R-10206", "AP",
    )  # fmt: skip
    assert (found.anatomical_structure, found.anatomical_structure_code) == ("CHEST", "T-D3000")


def test_code_sequences_without_value_and_meaning_give_nothing():
    found = event(ViewCodeSequence=[Dataset()], AnatomicRegionSequence=[Dataset()])

    assert (found.view, found.view_code, found.anatomical_structure) == ("", "", "")


def test_a_protocol_without_a_name_is_named_by_its_code():
    protocol = ("CHEST2", "99FUJI", "Chest lateral")

    assert event(PerformedProtocolCodeSequence=protocol).acquisition_protocol == "Chest lateral"
    assert (
        event(PerformedProtocolCodeSequence=protocol, ProtocolName="Chest").acquisition_protocol
        == "Chest"
    )


def test_the_indices_of_iec_62494_and_their_predecessors_stay_apart():
    found = event(
        ExposureIndex=256.88,
        TargetExposureIndex=226.22,
        DeviationIndex=0.55,
        RelativeXRayExposure=256,
        Sensitivity=9452.5,
    )

    assert (found.exposure_index, found.target_exposure_index) == (256.88, 226.22)
    assert found.deviation_index == 0.55
    assert (found.relative_xray_exposure, found.sensitivity) == (256, 9452.5)


def test_a_whole_dgy_of_entrance_dose_is_100_mgy_and_its_zero_is_none():
    """PS3.3 C.8.7.8: (0040,0302) is an integer in dGy, so that its zero is but rounded."""
    assert event(EntranceDose=2).entrance_dose_mgy == 200
    assert event(EntranceDose=0).entrance_dose_mgy is None
    assert event(EntranceDose=0, EntranceDoseInmGy=0.25).entrance_dose_mgy == 0.25


def test_text_where_a_number_belongs_is_left_out_with_a_note():
    data = image_bytes(DX, "DX", KVP=71, DistanceSourceToDetector="1150")

    record = record_of(read_bytes(data.replace(b"1150", b"far ")))

    assert record.events[0].source_to_detector_mm is None
    assert record.events[0].kvp == 71
    assert any("(0018,1110)" in note for note in record.notes)


def test_an_image_without_any_value_that_bears_on_dose_carries_no_dose():
    with pytest.raises(NoDose):
        read_image(CR, "CR", BodyPartExamined="CHEST")


def test_an_image_with_zeros_only_carries_no_dose():
    with pytest.raises(NoDose):
        read_image(CR, "CR", KVP=0, Exposure=0, XRayTubeCurrent=0)


def test_a_plate_readers_sensitivity_alone_is_kept():
    assert read_image(CR, "CR", Sensitivity=210).events[0].sensitivity == 210


def test_a_mammogram_on_an_imaging_plate_is_no_radiograph():
    assert read_image(CR, "MG", KVP=28).kind == "MG image"


def test_a_secondary_capture_counts_only_where_it_is_an_original():
    kept = read_image(SECONDARY_CAPTURE, "DX", KVP=70, ImageType=["ORIGINAL", "PRIMARY"])

    assert kept.kind == "DX image"
    with pytest.raises(NoDose):
        read_image(SECONDARY_CAPTURE, "DX", KVP=70, ImageType=["DERIVED", "SECONDARY"])


def test_private_detector_values_are_kept_under_a_name():
    private = [(0x0011, "GEMS_GDXE_FALCON_04", 0x33, "DS", "512.5")]

    found = event(private=private)

    assert found.vendor_private == {"detected_exposure_index": "512.5"}


def test_a_private_value_of_another_creator_is_not_taken():
    private = [(0x0011, "SOMEBODY ELSE", 0x33, "DS", "512.5")]

    assert event(private=private).vendor_private == {}


def test_the_irradiation_event_joins_images_and_report():
    assert event(IrradiationEventUID="1.2.3.4").irradiation_event_uid == "1.2.3.4"


def test_of_several_irradiation_events_the_first_is_kept_and_a_note_says_so():
    record = read_image(DX, "DX", KVP=70, IrradiationEventUID=["1.2.3", "1.2.4"])

    assert record.events[0].irradiation_event_uid == "1.2.3"
    assert any("several irradiation events" in note for note in record.notes)


def test_dx_and_mg_sources_do_not_both_accept_an_image():
    assert read_image(MG, "DX", KVP=28).kind == "MG image"
    assert read_image(DX, "MG", KVP=28).kind == "MG image"
