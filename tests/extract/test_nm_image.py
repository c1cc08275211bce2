import datetime as dt

import pytest

from kerma.errors import NoDose
from kerma.records import EnergyWindow
from tests.extract.image_objects import NM, read_image

TC99M = ("C-163A8", "SRT", "^99m^Technetium")


def nm(*items, **attributes):
    series = {"SeriesDate": "20220218", "SeriesTime": "120000"}
    return read_image(
        NM, "NM", **series | {"RadiopharmaceuticalInformationSequence": list(items)} | attributes
    )


def test_the_activity_of_a_gamma_camera_is_in_mbq():
    """PS3.3 C.8.4.10.1.7."""
    record = nm({"RadionuclideTotalDose": 764, "RadionuclideCodeSequence": TC99M})

    assert (record.kind, record.modality) == ("NM image", "NM")
    assert record.events[0].administered_activity_mbq == 764
    assert record.totals.administered_activity_mbq == 764


def test_what_was_given_and_how_is_kept():
    record = nm(
        {
            "Radiopharmaceutical": "Sestamibi",
            "RadiopharmaceuticalCodeSequence": ("C-B1231", "SRT", "Tc-99m sestamibi"),
            "RadionuclideCodeSequence": TC99M,
            "AdministrationRouteCodeSequence": ("G-D101", "SRT", "Intravenous route"),
            "RadiopharmaceuticalVolume": 1.5,
            "RadionuclideHalfLife": 21624,
            "RadiopharmaceuticalAdministrationEventUID": "1.2.3",
        }
    )

    event = record.events[0]
    assert (event.radiopharmaceutical, event.radiopharmaceutical_agent) == (
        "Sestamibi", "Tc-99m sestamibi",
    )  # fmt: skip
    assert (event.radionuclide, event.radionuclide_code) == ("^99m^Technetium", "C-163A8")
    assert (event.route, event.volume_cm3) == ("Intravenous route", 1.5)
    assert (event.radionuclide_half_life_s, event.administration_event_uid) == (21624, "1.2.3")


def test_a_route_in_words_only_is_kept():
    record = nm({"RadionuclideTotalDose": 40, "RadiopharmaceuticalRoute": "oral"})

    assert record.events[0].route == "oral"


def test_two_isotopes_are_two_administrations_and_their_activities_add_up():
    record = nm(
        {"RadionuclideTotalDose": 80, "RadionuclideCodeSequence": ("C-B1300", "SRT", "Tl-201")},
        {"RadionuclideTotalDose": 740, "RadionuclideCodeSequence": TC99M},
    )

    assert (record.totals.events, record.totals.administered_activity_mbq) == (2, 820)


def test_one_administration_described_for_each_energy_window_counts_once():
    item = {"RadionuclideTotalDose": 740, "RadionuclideCodeSequence": TC99M}

    record = nm(item, dict(item))

    assert (record.totals.events, record.totals.administered_activity_mbq) == (1, 740)
    assert any("word for word" in note for note in record.notes)


@pytest.mark.parametrize("items", [[], [{}]])
def test_an_empty_sequence_is_an_examination_of_which_nobody_entered_the_activity(items):
    record = nm(*items)

    assert (record.events, record.totals.administered_activity_mbq) == ((), None)
    assert any("which radiopharmaceutical" in note for note in record.notes)


def test_an_image_without_the_sequence_carries_no_dose():
    with pytest.raises(NoDose):
        read_image(NM, "NM")


def test_date_and_time_of_administration_are_kept():
    record = nm({"RadiopharmaceuticalStartDateTime": "20220218103000"})

    assert record.events[0].start.isoformat() == "2022-02-18T10:30:00"


def test_a_date_in_one_attribute_and_a_time_in_the_other_are_one_moment():
    record = nm(
        {
            "RadiopharmaceuticalStartDateTime": "20220217",
            "RadiopharmaceuticalStartTime": "103000",
        }
    )

    assert record.events[0].start.isoformat() == "2022-02-17T10:30:00"


def test_a_time_alone_is_of_the_day_of_the_series_and_a_note_says_so():
    record = nm({"RadiopharmaceuticalStartTime": "103000"})

    event = record.events[0]
    assert (event.start_time, event.start.isoformat()) == (dt.time(10, 30), "2022-02-18T10:30:00")
    assert any("time of administration only" in note for note in record.notes)


def test_a_time_alone_late_in_the_evening_before_a_series_after_midnight_is_of_the_day_before():
    record = nm({"RadiopharmaceuticalStartTime": "233000"}, SeriesTime="003000")

    assert record.events[0].start.isoformat() == "2022-02-17T23:30:00"
    assert any("midnight" in note for note in record.notes)


def test_an_injection_minutes_after_the_series_began_is_of_the_same_day():
    """Dynamic studies start before the injection."""
    record = nm({"RadiopharmaceuticalStartTime": "120130"})

    assert record.events[0].start.isoformat() == "2022-02-18T12:01:30"


def test_energy_windows_rotations_and_detectors_describe_the_series():
    record = nm(
        {"RadionuclideTotalDose": 320},
        SeriesDescription="Rest",
        NumberOfFrames=68,
        EnergyWindowInformationSequence=[
            {
                "EnergyWindowName": "peak",
                "EnergyWindowRangeSequence": [
                    {"EnergyWindowLowerLimit": 129.0, "EnergyWindowUpperLimit": 150.0}
                ],
            },
            {"EnergyWindowName": "nothing", "EnergyWindowRangeSequence": []},
        ],
        RotationInformationSequence=[
            {
                "StartAngle": 239, "AngularStep": 6, "RotationDirection": "CW", "ScanArc": 104,
                "ActualFrameDuration": 14695, "NumberOfFramesInRotation": 17,
            }
        ],
        DetectorInformationSequence=[{"CollimatorType": "PARA"}, {"CollimatorType": "PARA"}],
        PhaseInformationSequence=[{"ActualFrameDuration": 1000, "NumberOfFramesInPhase": 60}],
    )  # fmt: skip

    series = record.image
    assert record.series == (series,)
    assert series.energy_windows == (EnergyWindow(name="peak", lower_kev=129, upper_kev=150),)
    assert (series.rotations[0].angular_step_deg, series.rotations[0].frames) == (6, 17)
    assert (series.collimator, series.actual_frame_duration_ms) == ("PARA", 14695)
    assert (series.phases[0].frames, series.phases[0].frame_duration_ms) == (60, 1000)
    assert series.series_date_time.isoformat() == "2022-02-18T12:00:00"
    assert (series.frames, series.series_description) == (68, "Rest")


def test_the_patients_orientation_is_in_the_words_of_the_object():
    orientation = {
        "CodeValue": "F-10450",
        "CodingSchemeDesignator": "99SDM",
        "CodeMeaning": "Recumbent",
        "PatientOrientationModifierCodeSequence": ("F-10340", "99SDM", "Supine position"),
    }

    series = nm({}, PatientOrientationCodeSequence=orientation).image

    assert (series.patient_orientation, series.patient_orientation_modifier) == (
        "Recumbent", "Supine position",
    )  # fmt: skip
