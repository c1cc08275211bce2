import pytest

from kerma.errors import NoDose
from kerma.records import EnergyWindow
from tests.extract.image_objects import PET, read_image

ENHANCED = "1.2.840.10008.5.1.4.1.1.130"


def pet(sop_class=PET, item=None, **attributes):
    given = {"RadionuclideTotalDose": 394_000_000} if item is None else item
    return read_image(sop_class, "PT", RadiopharmaceuticalInformationSequence=given, **attributes)


@pytest.mark.parametrize("sop_class", [PET, ENHANCED])
def test_the_activity_of_a_pet_scanner_is_in_bq(sop_class):
    """PS3.3 C.8.9.2: 394e6 Bq = 394 MBq."""
    record = pet(sop_class)

    assert (record.kind, record.modality) == ("PT image", "NM")
    assert record.events[0].administered_activity_mbq == 394
    assert record.totals.administered_activity_mbq == 394


def test_specific_activity_is_per_mole():
    """PS3.3 C.8.9.2 has it in Bq/µmol."""
    event = pet(item={"RadiopharmaceuticalSpecificActivity": 50_000}).events[0]

    assert event.radiopharmaceutical_specific_activity_bq_per_mol == 5e10


def test_an_activity_that_cannot_be_is_kept_with_a_note():
    """9.5 may be mCi, MBq or anything: the unit is never guessed."""
    record = pet(item={"RadionuclideTotalDose": 9.5})

    assert record.events[0].administered_activity_mbq == pytest.approx(9.5e-6)
    assert record.quirks == ()
    assert any("cannot be right" in note for note in record.notes)


def test_the_series_says_how_it_was_corrected_and_reconstructed():
    series = pet(
        Units="BQML", CountsSource="EMISSION", DecayCorrection="START",
        RandomsCorrectionMethod="DLYD", AttenuationCorrectionMethod="measured,AC_CT_Body",
        ScatterCorrectionMethod="Model-based", ReconstructionMethod="PSF+TOF 4i5s",
        NumberOfSlices=476, FrameReferenceTime=58437.9, ActualFrameDuration=119449,
        DecayFactor=1.00619, DoseCalibrationFactor=76864200, SeriesType=["WHOLE BODY", "IMAGE"],
        CorrectedImage=["NORM", "DTIM"], CoincidenceWindowWidth=4.7,
        EnergyWindowRangeSequence={"EnergyWindowLowerLimit": 435, "EnergyWindowUpperLimit": 585},
    ).image  # fmt: skip

    assert (series.units, series.counts_source, series.decay_correction) == (
        "BQML", "EMISSION", "START",
    )  # fmt: skip
    assert (series.randoms_correction, series.scatter_correction) == ("DLYD", "Model-based")
    assert series.attenuation_correction == "measured,AC_CT_Body"
    assert series.reconstruction_method == "PSF+TOF 4i5s"
    assert (series.number_of_slices, series.actual_frame_duration_ms) == (476, 119449)
    assert (series.decay_factor, series.dose_calibration_factor) == (1.00619, 76864200)
    assert (series.frame_reference_time_ms, series.coincidence_window_ns) == (58437.9, 4.7)
    assert (series.series_type, series.corrected_image) == (
        ("WHOLE BODY", "IMAGE"), ("NORM", "DTIM"),
    )  # fmt: skip
    assert series.energy_windows == (EnergyWindow(lower_kev=435, upper_kev=585),)


def test_what_the_series_does_not_say_is_none_not_zero():
    series = pet().image

    assert (series.rr_intervals, series.time_slots, series.time_slices) == (None, None, None)
    assert series.coincidence_window_ns is None


def test_an_image_without_the_sequence_carries_no_dose():
    with pytest.raises(NoDose):
        read_image(PET, "PT")
