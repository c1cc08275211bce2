"""Which sources of one Study Instance UID are of one piece of equipment, and one modality."""

import itertools

import pytest
from msgspec.structs import replace

from kerma.merge import merge, modality_by_content
from kerma.records import Device, DoseEstimate, Totals
from tests.merge.builders import ct, ct_report, device, header, image, observer, report, shot


def parts(records, **options):
    """Return the SOP Instance UIDs of each study, the same in every order of arrival."""
    found = {
        tuple(frozenset(study.states) for study in merge(order, **options))
        for order in itertools.permutations(records)
    }
    assert len(found) == 1
    return set(found.pop())


def test_two_devices_in_one_study_are_two_studies():
    records = [
        ct_report("A", [ct(0)], device=device("S1")),
        ct_report("B", [ct(1)], device=device("S2")),
    ]

    assert parts(records) == {frozenset("A"), frozenset("B")}


def test_the_serial_number_is_compared_trimmed_and_in_any_case():
    records = [
        ct_report("A", [ct(0)], device=device("ab1 ", maker="SIEMENS")),
        ct_report("B", [ct(1)], device=device("AB1", maker="Siemens Healthineers")),
    ]

    assert parts(records) == {frozenset("AB")}


def test_a_trusted_observer_uid_parts_what_has_no_other_identity():
    nobody = Device(manufacturer="ACME")
    records = [
        ct_report(sop, [ct(n)], device=nobody, observer=observer(uid))
        for n, (sop, uid) in enumerate([("A", "1"), ("B", "2"), ("C", "1")])
    ]

    assert parts(records) == {frozenset("AC"), frozenset("B")}
    assert parts(records, trusts_observer_uid=lambda record: False) == {frozenset("ABC")}


def test_a_new_observer_uid_in_each_cumulative_report_does_not_count_exposures_twice():
    records = [
        ct_report("A", [ct(0)], observer=observer("1")),
        ct_report("B", [ct(0), ct(1)], 10, observer=observer("2")),
    ]

    assert parts(records) == {frozenset("AB")}


def test_an_image_without_observer_joins_the_equipment_with_its_serial_number():
    records = [
        report("R", [shot(0)], modality="DX", observer=observer("1"), device=device("S1")),
        report("Q", [shot(5)], modality="DX", observer=observer("2"), device=device("S2")),
        image("I", shot(1), device=device("S2", station="elsewhere")),
    ]

    assert parts(records) == {frozenset("R"), frozenset("QI")}


def test_a_source_without_serial_number_joins_the_only_equipment_of_its_model():
    bare = replace(device(), serial_number="", station_name="elsewhere")

    assert parts([report("R", [shot(0)], modality="DX"), image("I", shot(1), device=bare)]) == {
        frozenset("RI")
    }


def test_a_source_without_serial_number_stays_apart_where_two_would_fit():
    bare = replace(device(), serial_number="", station_name="elsewhere")
    records = [
        report("R", [shot(0)], modality="DX", device=device("S1")),
        report("Q", [shot(5)], modality="DX", device=device("S2")),
        image("I", shot(1), device=bare),
    ]

    assert parts(records) == {frozenset("R"), frozenset("Q"), frozenset("I")}


def test_without_serial_number_all_eight_fields_must_agree():
    one = replace(device(), serial_number="")
    records = [
        image("A", shot(0), device=one),
        image("B", shot(1), device=one),
        image("C", shot(2), device=replace(one, software_versions="2")),
    ]

    assert parts(records) == {frozenset("AB"), frozenset("C")}


def test_the_key_of_a_study_stays_when_its_report_arrives_after_its_image():
    shown = image("I", shot(0))
    told = report("R", [shot(0)], modality="DX", observer=observer("1.2.840.1"))

    assert merge([shown])[0].equipment == merge([shown, told])[0].equipment


def test_two_observers_with_one_serial_number_have_different_keys():
    records = [
        ct_report("A", [ct(0)], observer=observer("1")),
        ct_report("B", [ct(1)], observer=observer("2")),
    ]

    keys = [study.equipment for study in merge(records)]

    assert len(set(keys)) == 2


def test_studies_of_different_study_instance_uids_are_apart():
    other = ct_report("B", [ct(0)], study=header("B", study_instance_uid="9.9"))

    assert len(merge([ct_report("A", [ct(0)]), other])) == 2


@pytest.mark.parametrize(
    ("record", "modality"),
    [
        (report("R", [shot(0, fluoro=True)]), "RF"),
        (report("R", [shot(0)], modality="RF", totals=Totals(fluoro_time_s=4.0)), "RF"),
        (report("R", [shot(0)], modality="RF", totals=Totals(fluoro_time_s=0.0)), "DX"),
        (report("R", [shot(0)], modality="DX"), "DX"),
        (report("R", [shot(0, event_type="", event_type_code="P5-06000")]), "RF"),
        (report("R", [shot(0, event_type="Durchleuchtung", event_type_code="44491008")]), "RF"),
        (image("I", shot(0, fluoro=True)), "DX"),
        (report("R", [shot(0)], modality="MG"), "MG"),
        (ct_report("R", [ct(0)]), "CT"),
    ],
)
def test_a_record_of_a_combined_system_is_sorted_by_what_it_holds(record, modality):
    assert modality_by_content(record) == modality


def dual(record):
    return replace(record, modality=modality_by_content(record))


def test_radiography_and_fluoroscopy_of_a_combined_system_are_two_studies_before_and_after():
    records = [
        report("RF", [shot(0, fluoro=True), shot(1)], modality="RF", observer=observer("1")),
        report("DX", [shot(5)], modality="DX", observer=observer("1")),
    ]

    before, after = merge(records), merge(map(dual, map(dual, records)))

    assert [study.record.modality for study in before] == ["DX", "RF"]
    assert before == after
    assert len({study.equipment for study in before}) == 1


def test_a_report_that_has_become_fluoroscopy_takes_its_earlier_state_along():
    early = dual(report("A", [shot(0)], 10))
    late = dual(report("B", [shot(0), shot(1, fluoro=True)], 20))
    assert (early.modality, late.modality) == ("DX", "RF")

    (study,) = merge([early, late])

    assert study.record.modality == "RF"
    assert study.record.totals.dap_gym2 == pytest.approx(1.25e-6 * 3)
    assert study.states == {"A": "superseded", "B": "active"}


@pytest.mark.parametrize(
    "used", [{"reports_used": ("R",)}, {"events_used": ("1.2.3.8.0",)}], ids=["report", "event"]
)
def test_an_estimate_made_by_other_software_belongs_to_the_exposures_it_names(used):
    told = report("R", [shot(0)])
    estimated = report(
        "E",
        [],
        99,
        kind="patient dose SR",
        device=device("0", maker="Aaa"),
        estimates=(DoseEstimate(organ="Skin", dose_mgy=3.0, **used),),
        totals=Totals(effective_dose_msv=1.5),
    )

    assert parts([told, estimated]) == {frozenset("RE")}
    (study,) = merge([told, estimated])
    assert study.equipment == merge([told])[0].equipment
    assert study.record.device == told.device
    assert study.record.totals.effective_dose_msv == 1.5
    assert study.record.totals.dap_gym2 == 1.25e-6


def test_an_estimate_of_exposures_nobody_told_of_is_a_study_of_its_own():
    estimate = DoseEstimate(dose_mgy=3.0, reports_used=("unknown",))
    estimated = report(
        "E", [], kind="patient dose SR", device=device("9", maker="Other"), estimates=(estimate,)
    )

    assert parts([report("R", [shot(0)]), estimated]) == {frozenset("R"), frozenset("E")}
