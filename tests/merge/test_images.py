"""Projection images: one exposure each, however many images and reports tell of it."""

import datetime as dt

import pytest
from msgspec.structs import replace

from kerma.merge import merge
from kerma.records import DoseEstimate, Totals
from tests.merge.builders import at, header, image, report, shot

RAW = {"presentation_intent": "FOR PROCESSING", "laterality": "Left", "view": "cranio-caudal"}
SHOWN = RAW | {"presentation_intent": "FOR PRESENTATION"}
SAME = {"irradiation_event_uid": "", "kvp": 28.0, "exposure_mas": 52.0, "agd_mgy": 1.4}


def only(records):
    (study,) = merge(records)
    return study


def test_for_processing_and_for_presentation_of_one_irradiation_event_are_one_exposure():
    study = only([image("P", shot(1, **SHOWN, kvp=28.0)), image("R", shot(1, **RAW))])

    assert len(study.record.events) == 1
    assert study.record.events[0].image_uid == "R"
    assert study.record.events[0].kvp == 28.0
    assert study.record.totals.dap_gym2 == pytest.approx(2.5e-6)
    assert study.states == {"P": "superseded", "R": "active"}


def test_the_pair_is_known_by_its_acquisition_where_no_uid_is_given():
    study = only(
        [
            image("P", shot(1, **SHOWN, **SAME), modality="MG"),
            image("R", shot(1, **RAW, **SAME), modality="MG"),
        ]
    )

    assert len(study.record.events) == 1
    assert study.record.totals.agd_left_mgy == pytest.approx(1.4)


@pytest.mark.parametrize(
    "other",
    [
        {"laterality": "Right"},
        {"view": "medio-lateral oblique"},
        {"kvp": 29.0},
        {"exposure_mas": 53.0},
        {"date_time_started": at(61.0)},
    ],
)
def test_images_of_different_acquisitions_are_two_exposures(other):
    study = only(
        [
            image("R", shot(1, **RAW, **SAME), modality="MG"),
            image("P", shot(1, **(SHOWN | SAME | other)), modality="MG"),
        ]
    )

    assert len(study.record.events) == 2


def test_two_repeats_at_one_recorded_time_are_two_though_each_has_its_pair():
    """Some devices write the time of the series as the time of each image."""
    records = [
        image(f"{letter}{n}", shot(1, **intent, **SAME), modality="MG")
        for n in (1, 2)
        for letter, intent in (("R", RAW), ("P", SHOWN))
    ]

    assert len(only(records).record.events) == 2


def test_images_without_presentation_intent_are_never_paired():
    plain = SAME | {"laterality": "Left"}

    study = only([image("A", shot(1, **plain)), image("B", shot(1, **plain))])

    assert len(study.record.events) == 2


def test_all_objects_of_one_tomosynthesis_scan_are_one_exposure():
    objects = [
        image(f"T{n}", shot(1, **intent, agd_mgy=1.9), modality="MG")
        for n, intent in enumerate((RAW, RAW, SHOWN, SHOWN))
    ]

    study = only(objects)

    assert len(study.record.events) == 1
    assert study.record.totals.agd_left_mgy == pytest.approx(1.9)


def test_images_of_three_exposures_add_up():
    study = only([image(f"I{n}", shot(n)) for n in range(3)])

    assert [event.image_uid for event in study.record.events] == ["I0", "I1", "I2"]
    assert study.record.totals.dap_gym2 == pytest.approx(1.25e-6 * 6)
    assert study.record.totals.dap_sum_of_events_gym2 == pytest.approx(1.25e-6 * 6)
    assert study.record.totals.acquisition_dap_gym2 is None


@pytest.mark.parametrize(
    ("in_report", "in_image"),
    [
        ({}, {}),
        ({"acquired_image_uids": ("I",), "date_time_started": None}, {"irradiation_event_uid": ""}),
        (
            {"acquired_image_uids": ("I",)},
            {"irradiation_event_uid": "9", "date_time_started": None},
        ),
        ({}, {"irradiation_event_uid": "", "date_time_started": at(61.9)}),
        ({}, {"irradiation_event_uid": "9", "date_time_started": at(58.1)}),
    ],
    ids=["event-uid", "image-uid", "image-uid-beside-event-uid", "time", "time-beside-event-uid"],
)
def test_a_report_supersedes_the_image_of_its_exposure(in_report, in_image):
    study = only([image("I", shot(1, **in_image)), report("R", [shot(1, **in_report)], 300)])

    assert len(study.record.events) == 1
    assert study.record.kind == "RF RDSR"
    assert study.states == {"I": "superseded", "R": "active"}
    assert study.record.totals.dap_gym2 == 2.5e-6


def test_the_image_completes_the_reported_event_but_never_its_dose():
    reported = shot(1, exposure_index=None, agd_mgy=None, rp_dose_gy=None)
    known = shot(1, exposure_index=410.0, view="postero-anterior", agd_mgy=9.0, rp_dose_gy=9.0)

    (event,) = only([image("I", known), report("R", [reported])]).record.events

    assert (event.exposure_index, event.view) == (410.0, "postero-anterior")
    assert (event.agd_mgy, event.rp_dose_gy, event.image_uid) == (None, None, "")


def test_an_image_with_an_event_uid_the_report_does_not_know_is_a_further_exposure():
    study = only([image("I", shot(7)), report("R", [shot(1)], scope_of_accumulation="Study")])

    assert len(study.record.events) == 2
    assert study.record.totals.dap_gym2 == pytest.approx(1.25e-6 * (2 + 8))
    assert study.states == {"I": "active", "R": "active"}


def test_an_image_without_event_uid_counts_as_reported_where_the_report_is_of_the_study():
    images = [image(f"I{n}", shot(n, irradiation_event_uid="")) for n in (6, 7)]

    study = only([*images, report("R", [shot(1)], scope_of_accumulation="Study")])

    assert len(study.record.events) == 1
    assert any(note.startswith("2 exposure(s)") for note in study.record.notes)


def test_an_image_without_event_uid_at_another_time_is_further_where_the_report_is_of_a_step():
    unknown = image("I", shot(7, irradiation_event_uid=""))

    assert len(only([unknown, report("R", [shot(1)])]).record.events) == 2


def test_an_image_with_no_time_to_compare_counts_as_reported():
    untimed = image("I", shot(7, irradiation_event_uid="", date_time_started=None))

    assert len(only([untimed, report("R", [shot(1)])]).record.events) == 1


def test_images_of_a_combined_system_follow_the_report_that_holds_their_exposure():
    fluoro = report("RF", [shot(1, fluoro=True), shot(2)], modality="RF")
    plain = report("DX", [shot(5)], modality="DX")

    studies = merge([image("I2", shot(2)), fluoro, plain, image("I5", shot(5))])

    assert [study.record.modality for study in studies] == ["DX", "RF"]
    assert [len(study.record.events) for study in studies] == [1, 2]
    assert [set(study.states) for study in studies] == [{"DX", "I5"}, {"RF", "I2"}]


def test_images_of_a_fluoroscopy_system_make_no_second_study():
    unknown = image("I", shot(1, irradiation_event_uid="", date_time_started=at(61.0)))

    (study,) = merge([unknown, report("R", [shot(1)])])

    assert (study.record.modality, len(study.record.events)) == ("RF", 1)


def test_images_from_another_station_are_of_the_exposure_their_event_uid_names():
    elsewhere = image("P", shot(1, **SHOWN))
    elsewhere = replace(
        elsewhere, device=replace(elsewhere.device, serial_number="", model="Workstation")
    )

    (study,) = merge([elsewhere, image("R", shot(1, **RAW))])

    assert len(study.record.events) == 1


def test_the_notes_and_quirks_of_all_sources_are_kept_once_in_order():
    records = [
        image("B", shot(2), 20, notes=("same", "b"), quirks=("q",)),
        image("A", shot(1), 10, notes=("same", "a"), quirks=("q",)),
    ]

    record = only(records).record

    assert record.notes == ("same", "a", "b")
    assert record.quirks == ("q",)


def test_the_header_is_that_of_the_report_completed_from_the_image():
    known = image("I", shot(1), 500)
    known = replace(known, study=header("I", 500, accession_number="ACC", study_id="image"))
    told = report("R", [shot(1)], 100)
    told = replace(told, study=header("R", 100, study_id="report"))

    study = only([known, told]).record.study

    assert (study.sop_instance_uid, study.study_id) == ("R", "report")
    assert study.accession_number == "ACC"


def test_beside_a_report_that_lists_no_events_images_tell_them_and_its_totals_stand():
    told = report("R", [], totals=Totals(events=0, dap_gym2=9e-6), scope_of_accumulation="Study")
    images = [image("I1", shot(1)), image("I2", shot(2, irradiation_event_uid=""))]

    study = only([told, *images])

    assert len(study.record.events) == study.record.totals.events == 2
    assert study.record.totals.dap_gym2 == 9e-6


def test_estimates_of_patient_dose_are_kept_beside_the_exposures():
    estimate = DoseEstimate(organ="Skin", dose_mgy=120.0)
    estimated = report("E", [], 99, kind="patient dose SR", estimates=(estimate,), totals=Totals())

    study = only([estimated, report("R", [shot(1)])])

    assert study.record.estimates == (estimate,)
    assert (study.record.kind, len(study.record.events)) == ("RF RDSR", 1)
    assert study.states == {"E": "active", "R": "active"}
    assert study.record.notes == ()


def test_a_relabelled_copy_in_another_study_is_a_study_of_its_own():
    copy = report("R", [shot(1)], study=header("R", study_instance_uid="9.9"))

    studies = merge([report("R", [shot(1)]), copy])

    assert [study.record.study.study_instance_uid for study in studies] == ["1.2.3", "9.9"]


def test_values_by_hand_beside_images_count_nothing_twice():
    by_hand = report("M", [shot(1, irradiation_event_uid="")], modality="DX", kind="manual")

    study = only([by_hand, image("I", shot(1))])

    assert len(study.record.events) == 1
    assert study.states == {"I": "active", "M": "superseded"}


def test_each_raw_image_is_completed_from_its_own_presentation_image():
    records = [
        image(f"{letter}{n}", shot(1, **intent, **SAME, exposure_index=index))
        for n, known in ((1, 100.0), (2, 200.0))
        for letter, intent, index in (("R", RAW, None), ("P", SHOWN, known))
    ]

    assert [event.exposure_index for event in only(records).record.events] == [100.0, 200.0]


def test_two_irradiation_event_uids_are_two_exposures_however_alike_the_images():
    records = [
        image("R", shot(1, **RAW, **(SAME | {"irradiation_event_uid": "8.1"}))),
        image("P", shot(1, **SHOWN, **(SAME | {"irradiation_event_uid": "8.2"}))),
    ]

    assert len(only(records).record.events) == 2


def test_an_image_without_presentation_intent_is_not_made_from_a_raw_one():
    plain = RAW | {"presentation_intent": ""}

    study = only([image("R", shot(1, **RAW, **SAME)), image("A", shot(1, **plain, **SAME))])

    assert len(study.record.events) == 2


def test_the_second_image_of_an_exposure_goes_where_the_first_is_named():
    named = shot(1, fluoro=True, acquired_image_uids=("I",), date_time_started=None)
    images = [image(sop, shot(3, irradiation_event_uid="9")) for sop in ("I", "J")]

    studies = merge([report("RF", [named]), report("DX", [shot(5)], modality="DX"), *images])

    assert {frozenset(study.states) for study in studies} == {
        frozenset({"RF", "I", "J"}),
        frozenset({"DX"}),
    }


def test_a_study_of_images_stays_one_when_somebody_estimates_the_patient_dose():
    estimated = report(
        "E", [], 99, "DX", kind="patient dose SR", estimates=(DoseEstimate(dose_mgy=1.0),)
    )

    study = only([estimated, image("I", shot(1))])

    assert study.record.kind == "DX image"
    assert study.record.totals.dap_gym2 == 2.5e-6


def test_what_belongs_to_one_object_is_not_mixed_with_another():
    shown = image("I", shot(1), study=header("I", series_description="AP", series_number=4))

    study = only([shown, report("R", [shot(1)])]).record.study

    assert (study.series_description, study.series_number) == ("", None)


def test_a_zone_in_the_report_but_not_in_the_image_does_not_hinder():
    local = shot(1, date_time_started=at(60).replace(tzinfo=dt.UTC))
    shown = shot(1, irradiation_event_uid="", date_time_started=at(61))

    assert len(only([report("R", [local]), image("I", shown)]).record.events) == 1


def test_images_go_with_the_reports_of_a_combined_system_that_belong_together():
    early = report("A", [shot(1)], 10, modality="DX")
    late = report("B", [shot(1), shot(2, fluoro=True)], 20, modality="RF")
    unknown = image("I", shot(1, irradiation_event_uid="", date_time_started=at(61.0)))

    (study,) = merge([unknown, late, early])

    assert (study.record.modality, len(study.record.events)) == ("RF", 2)
