"""Several reports of one study: cumulative, continued, overlapping, repeated."""

import pytest
from msgspec.structs import replace

from kerma.merge import event_keys, merge
from kerma.records import CtEvent, Device, Observer, Patient, Totals
from tests.merge.builders import at, ct, ct_report, ct_totals, report, shot

TOPOGRAM = CtEvent(
    irradiation_event_uid="1.1", acquisition_type="Constant Angle Acquisition", dlp_mgycm=7.46
)
FIRST = CtEvent(irradiation_event_uid="1.2", acquisition_type="Spiral Acquisition", dlp_mgycm=69.81)
SECOND = CtEvent(
    irradiation_event_uid="1.3", acquisition_type="Spiral Acquisition", dlp_mgycm=158.82
)
ONE = ct_report("M1", [TOPOGRAM], 10)
TWO = ct_report("M2", [TOPOGRAM, FIRST], 20)
THREE = ct_report("M3", [TOPOGRAM, FIRST, SECOND], 30)


@pytest.mark.parametrize(
    ("arrived", "events", "dlp", "spiral"),
    [
        ([ONE], 1, 7.46, None),
        ([ONE, TWO], 2, 77.27, 1),
        ([ONE, TWO, THREE], 3, 236.09, 2),
        ([ONE, TWO, THREE, ONE], 3, 236.09, 2),
        ([THREE, ONE], 3, 236.09, 2),
        ([THREE, TWO, ONE], 3, 236.09, 2),
    ],
)
def test_a_report_sent_after_each_exposure_replaces_the_ones_before(arrived, events, dlp, spiral):
    (study,) = merge(arrived)

    assert len(study.record.events) == study.record.totals.events == events
    assert study.record.totals.dlp_mgycm == pytest.approx(dlp)
    assert study.record.totals.events_by_type.get("spiral acquisition") == spiral
    assert study.record.totals.events_by_type["constant angle acquisition"] == 1
    assert study.record.totals.summed is None


def test_the_sources_of_a_cumulative_study_are_each_listed_once_with_their_state():
    (study,) = merge([ONE, TWO, THREE, ONE])

    assert study.states == {"M1": "superseded", "M2": "superseded", "M3": "active"}


def test_a_continued_study_adds_its_events_and_the_totals_declared():
    before = ct_report("A", [ct(0), ct(1)], totals=Totals(events=2, dlp_mgycm=30.0))
    after = ct_report("B", [ct(2)], 900, totals=Totals(events=1, dlp_mgycm=12.6))

    (study,) = merge([after, before])

    assert [event.irradiation_event_uid[-1] for event in study.record.events] == ["0", "1", "2"]
    assert study.record.totals.dlp_mgycm == pytest.approx(42.6)
    assert study.record.totals.dlp_sum_of_events_mgycm == pytest.approx(10.5 + 11.5 + 12.5)
    assert study.record.totals.summed is None
    assert study.states == {"A": "active", "B": "active"}


def test_where_reports_overlap_the_events_are_summed_and_that_is_said():
    one = ct_report("A", [ct(0), ct(1)], totals=Totals(events=2, dlp_mgycm=23.0))
    other = ct_report("B", [ct(1), ct(2)], 900, totals=Totals(events=2, dlp_mgycm=25.0))

    (study,) = merge([other, one])

    assert len(study.record.events) == 3
    assert study.record.totals.dlp_mgycm == pytest.approx(10.5 + 11.5 + 12.5)
    assert study.record.totals.summed is True


def test_a_report_apart_from_two_that_overlap_keeps_its_declared_total():
    one = ct_report("A", [ct(0), ct(1)])
    other = ct_report("B", [ct(1), ct(2)], 900)
    apart = ct_report("C", [ct(5)], 1800, totals=Totals(events=1, dlp_mgycm=100.0))

    (study,) = merge([other, apart, one])

    assert study.record.totals.dlp_mgycm == pytest.approx(10.5 + 11.5 + 12.5 + 100.0)
    assert study.record.totals.summed is True


def test_the_later_report_wins_field_by_field_but_not_with_nothing():
    early = ct_report("A", [ct(1, kvp=100.0, acquisition_protocol="Thorax", pitch=0.9)], 10)
    late = ct_report("B", [ct(1, kvp=120.0, acquisition_protocol="", pitch=None)], 20)

    (study,) = merge([late, early])

    assert study.record.events[0].kvp == 120.0
    assert study.record.events[0].acquisition_protocol == "Thorax"
    assert study.record.events[0].pitch == 0.9


def test_a_report_without_event_uids_is_found_again_in_the_cumulative_one():
    early = ct_report("A", [ct(0, uid=False)], 10)
    late = ct_report("B", [ct(0, uid=False), ct(1, uid=False)], 20)

    (study,) = merge([late, early])

    assert len(study.record.events) == 2
    assert study.states == {"A": "superseded", "B": "active"}


def test_two_equal_localisers_without_uid_in_one_report_are_two_exposures():
    (study,) = merge([ct_report("A", [ct(0, uid=False), ct(0, uid=False)])])

    assert len(study.record.events) == 2


def test_an_event_listed_twice_word_for_word_in_one_report_is_one():
    twice = ct_report("A", [ct(0), ct(1), ct(1)], totals=ct_totals([ct(0), ct(1)]))

    (study,) = merge([twice])

    assert len(study.record.events) == study.record.totals.events == 2


def test_two_planes_under_one_irradiation_event_uid_are_two_events():
    planes = [shot(1, acquisition_plane="Plane A"), shot(1, acquisition_plane="Plane B")]

    (study,) = merge([report("A", planes), report("B", planes, 10)])

    assert [event.acquisition_plane for event in study.record.events] == ["Plane A", "Plane B"]
    assert len(set(event_keys(study.record))) == 2


def test_the_planes_of_continued_biplane_reports_are_added_plane_by_plane():
    def biplane(sop, seconds, a, b):
        planes = (Totals(plane="Plane A", dap_gym2=a), Totals(plane="Plane B", dap_gym2=b))
        events = [shot(int(seconds), acquisition_plane="Plane A", dap_gym2=a + b)]
        totals = Totals(dap_gym2=a + b, planes=planes, number_of_planes=2, events=1)
        return report(sop, events, seconds, totals=totals)

    (study,) = merge([biplane("A", 1, 1e-6, 2e-6), biplane("B", 2, 3e-6, 5e-6)])

    by_plane = {plane.plane: plane.dap_gym2 for plane in study.record.totals.planes}
    assert by_plane == {"Plane A": pytest.approx(4e-6), "Plane B": pytest.approx(7e-6)}
    assert study.record.totals.dap_gym2 == pytest.approx(11e-6)
    assert study.record.totals.number_of_planes == 2


def test_a_total_only_one_report_declares_is_completed_from_the_events_of_the_other():
    declared = report("A", [shot(0)], totals=Totals(events=1, dap_gym2=2e-6))
    silent = report("B", [shot(1)], 90, totals=Totals(events=1))

    (study,) = merge([declared, silent])

    assert study.record.totals.dap_gym2 == pytest.approx(2e-6 + 2.5e-6)
    assert study.record.totals.summed is True


def test_a_report_without_fluoroscopy_need_not_declare_its_fluoroscopy_time():
    fluoro = report("A", [shot(0, fluoro=True)], totals=Totals(events=1, fluoro_time_s=4.0))
    other = report("B", [shot(1)], 90, totals=Totals(events=1))

    (study,) = merge([fluoro, other])

    assert study.record.totals.fluoro_time_s == 4.0
    assert study.record.totals.summed is None


def test_totals_without_events_that_only_grow_are_the_latest():
    early = report("A", [], 10, totals=Totals(events=0, dap_gym2=1e-6))
    late = report("B", [], 20, totals=Totals(events=0, dap_gym2=3e-6))

    (study,) = merge([late, early])

    assert study.record.totals.dap_gym2 == 3e-6
    assert study.states == {"A": "superseded", "B": "active"}


def test_a_dose_screen_beside_the_report_counts_nothing_twice():
    screen = ct_report("S", [ct(0, uid=False), ct(1, uid=False)], kind="CT dose screen")

    (study,) = merge([screen, ct_report("R", [ct(0), ct(1)])])

    assert len(study.record.events) == 2
    assert study.record.kind == "CT RDSR"
    assert study.states == {"R": "active", "S": "superseded"}
    assert any("1 further source" in note for note in study.record.notes)


def test_of_two_contents_with_one_sop_instance_uid_one_is_kept_in_any_order():
    one, other = ct_report("A", [ct(0)]), ct_report("A", [ct(1)])

    assert merge([one, other]) == merge([other, one])
    assert len(merge([one, other])[0].record.events) == 1


def test_a_later_report_wins_the_description_but_an_empty_one_does_not():
    early = ct_report("A", [ct(0)], 10)
    early = replace(early, study=replace(early.study, study_description="Thorax", operator="x"))
    late = ct_report("B", [ct(1)], 20)
    late = replace(late, study=replace(late.study, study_description="Abdomen"))

    (study,) = merge([late, early])

    assert study.record.study.study_description == "Abdomen"
    assert study.record.study.operator == "x"
    assert study.record.study.sop_instance_uid == "B"


def test_of_two_reports_of_the_same_events_the_later_one_counts():
    early = ct_report("A", [ct(0)], 10, totals=Totals(events=1, dlp_mgycm=10.0))
    late = ct_report("B", [ct(0)], 20, totals=Totals(events=1, dlp_mgycm=11.0))

    (study,) = merge([late, early])

    assert study.record.totals.dlp_mgycm == 11.0
    assert study.record.totals.summed is None
    assert study.states == {"A": "superseded", "B": "active"}


def test_a_dose_report_is_believed_more_than_a_later_report_of_another_class():
    told = ct_report("A", [ct(0, kvp=120.0)], 10)
    other = ct_report("B", [ct(0, kvp=119.0, pitch=1.0)], 20, kind="enhanced SR")

    (study,) = merge([other, told])

    assert (study.record.events[0].kvp, study.record.events[0].pitch) == (120.0, 1.0)
    assert study.record.kind == "CT RDSR"
    assert study.states == {"A": "active", "B": "superseded"}


def test_the_latest_report_that_says_something_is_believed():
    early = ct_report("A", [ct(0, kvp=100.0)], 10)
    middle = ct_report("B", [ct(0, kvp=120.0)], 20)
    late = ct_report("C", [ct(0)], 30)

    (study,) = merge([middle, late, early])

    assert study.record.events[0].kvp == 120.0


def test_an_event_of_one_plane_is_not_taken_for_that_of_the_other():
    early = report("A", [shot(1, acquisition_plane="Plane B", kvp=80.0)], 10)
    late = report("B", [shot(1, acquisition_plane=f"Plane {p}") for p in "AB"], 20)

    (study,) = merge([late, early])

    assert [event.kvp for event in study.record.events] == [None, 80.0]


@pytest.mark.parametrize(("declared", "expected"), [(1, 3), (None, None)])
def test_the_number_of_events_declared_is_known_if_all_reports_declare_it(declared, expected):
    before = ct_report("A", [ct(0), ct(1)], 10)
    totals = Totals(events=1, events_declared=declared)

    (study,) = merge([before, ct_report("B", [ct(2)], 20, totals=totals)])

    assert study.record.totals.events_declared == expected


def test_totals_without_events_that_have_become_less_belong_to_another_part_of_the_study():
    early = report("A", [], 10, totals=Totals(events=0, dap_gym2=3e-6))
    late = report("B", [], 20, totals=Totals(events=0, dap_gym2=1e-6))

    (study,) = merge([late, early])

    assert study.record.totals.dap_gym2 == pytest.approx(4e-6)


def test_irradiation_starts_with_the_first_report_and_ends_with_the_last():
    early = ct_report("A", [ct(0)], 10, start_of_irradiation=at(1), end_of_irradiation=at(2))
    late = ct_report("B", [ct(1)], 20, start_of_irradiation=at(11), end_of_irradiation=at(12))

    (study,) = merge([late, early])

    assert study.record.start_of_irradiation == at(1)
    assert study.record.end_of_irradiation == at(12)


def test_a_repeated_event_is_left_out_without_losing_equal_ones_that_have_no_uid():
    events = [ct(1), ct(1), ct(0, uid=False), ct(0, uid=False)]

    (study,) = merge([ct_report("A", events)])

    assert len(study.record.events) == 3


def test_the_largest_total_of_overlapping_reports_stays_where_no_event_says_it():
    def screened(sop, numbers, time):
        events = [shot(n, fluoro=True, irradiation_duration_s=None) for n in numbers]
        return report(sop, events, 10.0 * time, totals=Totals(events=2, fluoro_time_s=time))

    (study,) = merge([screened("A", (0, 1), 4.0), screened("B", (1, 2), 7.0)])

    assert study.record.totals.fluoro_time_s == 7.0
    assert study.record.totals.summed is True


def test_a_sum_is_written_as_a_person_would_add_it():
    reports = [
        ct_report(sop, [ct(n, dlp=dlp)], n) for n, (sop, dlp) in enumerate([("A", 0.1), ("B", 0.2)])
    ]

    assert merge(reports)[0].record.totals.dlp_mgycm == 0.3


def test_patient_observer_and_device_are_completed_from_the_other_report():
    early = ct_report(
        "A",
        [ct(0)],
        10,
        patient=Patient(weight_kg=70.0, age_years=60.0),
        observer=Observer(device_observer_uid="1.2", device_observer_name="ROOM"),
    )
    late = ct_report("B", [ct(1)], 20, patient=Patient(age_years=61.0), device=Device())
    late = replace(late, manufacturer="ACME", observer=Observer(device_observer_uid="1.2"))

    (study,) = merge([late, early])

    assert study.record.patient == Patient(weight_kg=70.0, age_years=61.0)
    assert study.record.observer.device_observer_name == "ROOM"
    assert study.record.device.serial_number == "S1"
