"""Nuclear medicine: one entry an administration, one a series, whatever the objects."""

import datetime as dt

import pytest
from msgspec.structs import replace

from kerma.merge import merge
from kerma.merge.nuclides import nuclide
from kerma.records import EnergyWindow, ImageSeries
from kerma.records.nuclear import Rotation
from tests.merge.builders import at, ct, ct_report, injection, nm_image, nm_report

REPORT = nm_report(
    "R",
    [
        injection(
            administration_event_uid="1.3.12.1",
            radionuclide="^18^Fluorine",
            start=dt.datetime(2022, 2, 24, 10, 40, 30),  # noqa: DTZ001 - as in the object
            stop=dt.datetime(2022, 2, 24, 10, 40, 30),  # noqa: DTZ001
            effective_dose_msv=7.486,
        )
    ],
)
IN_IMAGE = injection(
    administration_event_uid="1.3.12.2",
    radiopharmaceutical="Fluorodeoxyglucose",
    radionuclide="Fluorine F^18^",
    radionuclide_code="C-111A1",
    start=dt.datetime(2022, 2, 24, 10, 48, 30),  # noqa: DTZ001
)
FIRST = nm_image("PET1", [IN_IMAGE], "S.3")
SECOND = nm_image("PET2", [IN_IMAGE], "S.5", 458)
THIRD = nm_image("PET3", [IN_IMAGE], "S.6", 470)
THIRD_AGAIN = nm_image("PET3b", [IN_IMAGE], "S.6", 458)


def only(records):
    (study,) = merge(records)
    return study


@pytest.mark.parametrize("records", [[REPORT, FIRST], [FIRST, REPORT]])
def test_report_and_image_of_one_examination_are_one_administration(records):
    """Facts: a report and a PET image of one examination that differ on start and UID."""
    study = only(records)

    (event,) = study.record.events
    assert event.administered_activity_mbq == study.record.totals.administered_activity_mbq == 394
    assert event.start == event.stop == dt.datetime(2022, 2, 24, 10, 40, 30)  # noqa: DTZ001
    assert event.administration_event_uid == "1.3.12.1"
    assert event.radiopharmaceutical == "Fluorodeoxyglucose"
    assert study.record.totals.effective_dose_msv == 7.486
    assert [series.series_instance_uid for series in study.record.series] == ["S.3"]
    assert study.record.kind == "NM RRDSR"
    assert study.states == {"PET1": "active", "R": "active"}


def test_an_image_that_contradicts_the_report_leaves_a_note():
    notes = " ".join(only([REPORT, FIRST]).record.notes)

    assert "10:48:30" in notes
    assert "10:40:30" in notes


def test_a_second_image_of_a_series_adds_nothing():
    study = only([FIRST, THIRD_AGAIN, SECOND, THIRD])

    assert len(study.record.events) == 1
    assert study.record.totals.administered_activity_mbq == 394
    assert [series.series_instance_uid for series in study.record.series] == ["S.3", "S.5", "S.6"]
    assert study.states == {
        "PET1": "active",
        "PET2": "active",
        "PET3": "duplicate",
        "PET3b": "active",
    }


def test_of_a_series_the_image_with_the_lowest_number_speaks():
    study = only([THIRD, THIRD_AGAIN])

    assert study.record.series[0].decay_factor == pytest.approx(5.58)


def test_energy_windows_and_rotations_of_all_images_of_a_series_are_kept():
    def part(sop, number, windows, rotations):
        record = nm_image(sop, [IN_IMAGE], "S.1", number)
        series = replace(record.series[0], energy_windows=windows, rotations=rotations)
        return replace(record, series=(series,))

    low, high = EnergyWindow(lower_kev=108.0), EnergyWindow(lower_kev=129.0)
    turn = Rotation(scan_arc_deg=104.0)

    (series,) = only(
        [part("B", 2, (high, low), (turn,)), part("A", 1, (high,), (turn,))]
    ).record.series

    assert series.energy_windows == (high, low)
    assert series.rotations == (turn,)


def test_two_images_of_one_injection_without_start_are_not_640_mbq():
    said = injection(
        administration_event_uid="",
        radionuclide="99m Technetium",
        administered_activity_mbq=320.0,
        start=None,
    )

    study = only([nm_image("A", [said], "S.1"), nm_image("B", [said], "S.2")])

    assert study.record.totals.administered_activity_mbq == 320.0
    assert study.record.totals.events == len(study.record.events) == 1


def test_an_item_repeated_for_each_energy_window_of_one_image_is_one_administration():
    said = injection(administration_event_uid="", start=None)

    study = only([nm_image("A", [said, said])])

    assert len(study.record.events) == 1
    assert study.record.totals.administered_activity_mbq == 394.0


def test_two_nuclides_in_one_image_are_two_administrations():
    thallium = injection(1, radionuclide="Thallium-201", administered_activity_mbq=80.0)
    technetium = injection(2, radionuclide="99m Technetium", administered_activity_mbq=500.0)

    study = only(
        [nm_image("A", [thallium, technetium], "S.1"), nm_image("B", [technetium, thallium], "S.2")]
    )

    assert len(study.record.events) == 2
    assert study.record.totals.administered_activity_mbq == 580.0


REST = injection(administration_event_uid="", administered_activity_mbq=300.0, start=at(0))
STRESS = injection(administration_event_uid="", administered_activity_mbq=900.0, start=at(14400))


def test_rest_and_stress_injections_stay_two():
    study = only([nm_image("A", [REST], "S.1"), nm_image("B", [STRESS], "S.2")])

    assert [event.administered_activity_mbq for event in study.record.events] == [300.0, 900.0]
    assert study.record.totals.administered_activity_mbq == 1200.0


def test_an_image_without_start_belongs_to_the_injection_of_its_activity():
    unknown = replace(STRESS, start=None)

    study = only(
        [
            nm_image("A", [REST], "S.1"),
            nm_image("B", [STRESS], "S.2"),
            nm_image("C", [unknown], "S.3"),
        ]
    )

    assert len(study.record.events) == 2


def test_two_reports_of_one_administration_each_add_up():
    rest = nm_report("R1", [replace(REST, administration_event_uid="1")], 10)
    stress = nm_report("R2", [replace(STRESS, administration_event_uid="2")], 20)

    study = only([stress, rest, nm_image("A", [REST], "S.1"), nm_image("B", [STRESS], "S.2")])

    assert len(study.record.events) == 2
    assert study.record.totals.administered_activity_mbq == 1200.0


def test_an_injection_the_report_does_not_hold_is_added_from_the_images():
    rest = nm_report("R1", [replace(REST, administration_event_uid="1")], 10)

    study = only([rest, nm_image("A", [REST], "S.1"), nm_image("B", [STRESS], "S.2")])

    assert study.record.totals.administered_activity_mbq == 1200.0


def test_equal_injections_at_different_times_match_only_their_own_report():
    first, second = at(0), at(7200)
    told = nm_report("R", [injection(start=first)])
    images = [
        nm_image("A", [injection(8, administration_event_uid="", start=first)], "S.1"),
        nm_image("B", [injection(9, administration_event_uid="", start=second)], "S.2"),
    ]

    assert len(only([told, *images]).record.events) == 2


@pytest.mark.parametrize(
    ("said", "administrations"),
    [
        ({"administered_activity_mbq": 380.0, "start": None}, 1),
        ({"administered_activity_mbq": 370.0, "start": None}, 2),
        ({"administered_activity_mbq": 300.0, "start": at(1799)}, 1),
        ({"administered_activity_mbq": 300.0, "start": at(1801)}, 2),
        ({"administered_activity_mbq": None, "start": None}, 1),
        ({"start": None, "start_time": at(600).time()}, 1),
        ({"radionuclide": "Gallium-68"}, 2),
        ({"radionuclide": "F-18"}, 1),
    ],
)
def test_an_image_shows_the_reported_administration(said, administrations):
    """5 % of 394 MBq are 19.7 MBq; starts may differ by 30 minutes."""
    shown = replace(injection(administration_event_uid=""), **said)

    study = only([nm_report("R", [injection()]), nm_image("A", [shown])])

    assert len(study.record.events) == administrations


def test_the_activity_an_image_knows_completes_a_report_without_one():
    told = nm_report("R", [replace(injection(), administered_activity_mbq=None)])

    study = only([told, nm_image("A", [injection()])])

    assert study.record.events[0].administered_activity_mbq == 394.0
    assert study.record.totals.administered_activity_mbq == 394.0


def test_ct_and_nuclear_medicine_of_one_examination_are_two_studies():
    studies = merge([REPORT, ct_report("CT", [ct(0), ct(1)]), FIRST])

    assert [study.record.modality for study in studies] == ["CT", "NM"]
    assert [len(study.record.events) for study in studies] == [2, 1]


def test_the_station_name_may_differ_between_image_and_report_of_one_scanner():
    named = replace(REPORT, device=replace(REPORT.device, station_name="CTAWP00001", model="Other"))

    assert len(merge([named, FIRST])) == 1


def test_a_series_without_uid_of_its_own_is_that_of_the_header():
    bare = [replace(record, series=(ImageSeries(units="BQML"),)) for record in (THIRD, THIRD_AGAIN)]

    assert len(only(bare).record.series) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("99m Technetium", "Tc99m"),
        ("^99m^Technetium", "Tc99m"),
        ("Technetium-99m", "Tc99m"),
        ("TC99M", "Tc99m"),
        ("^18^Fluorine", "F18"),
        ("Fluorodeoxyglucose F^18^", "F18"),
        ("[18F]FDG", "F18"),
        ("Lu-177 PSMA-617", "Lu177"),
        ("Iodine^131^", "I131"),
        ("Sestamibi", ""),
        ("DPD", ""),
        ("", ""),
    ],
)
def test_a_radionuclide_is_known_however_it_is_written(text, expected):
    assert nuclide(text) == expected


def test_the_start_an_image_knows_completes_a_report_without_one():
    told = nm_report("R", [injection(start=None)])

    study = only([told, nm_image("A", [injection(start=at(5))])])

    assert study.record.events[0].start == at(5)


def test_two_items_of_one_image_are_two_even_with_one_nuclide_and_activity():
    items = [
        injection(administration_event_uid="", start=None, radiopharmaceutical=name)
        for name in ("FDG", "NaF")
    ]

    study = only([nm_image("A", items, "S.1"), nm_image("B", items, "S.2")])

    assert len(study.record.events) == 2


def test_a_time_of_day_is_compared_across_midnight():
    told = nm_report("R", [injection(start=at(15 * 3600 - 10))])
    shown = injection(
        administration_event_uid="",
        administered_activity_mbq=300.0,
        start=None,
        start_time=dt.time(0, 0, 10),
    )

    assert len(only([told, nm_image("A", [shown])]).record.events) == 1


def test_an_image_that_says_little_joins_the_images_that_say_more():
    def shown(sop, activity, start):
        said = injection(
            administration_event_uid="", administered_activity_mbq=activity, start=start
        )
        return nm_image(sop, [said], f"S.{sop}")

    study = only([shown("A", None, at(0)), shown("B", 300.0, at(0)), shown("C", 600.0, None)])

    assert [event.administered_activity_mbq for event in study.record.events] == [300.0, 600.0]


def test_the_activity_of_one_of_two_reports_may_come_from_an_image():
    second = injection(2, administered_activity_mbq=None, start=at(9000))
    told = [nm_report("R1", [injection(1)]), nm_report("R2", [second], 10)]
    shown = injection(2, administered_activity_mbq=300.0, start=at(9000))

    study = only([*told, nm_image("A", [shown])])

    assert study.record.totals.administered_activity_mbq == 694.0
    assert study.record.totals.summed is True
