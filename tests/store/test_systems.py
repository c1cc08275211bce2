"""Renaming, merging and re-sorting systems."""

import pytest

from kerma.records import StudyHeader
from kerma.store.models import (
    AuditEntry,
    CtEvent,
    DailyCount,
    Device,
    ProjectionEvent,
    Study,
    System,
)
from kerma.store.systems import NoName, rename, set_modality, sort_anew
from tests.merge.builders import ct, ct_report, device, observer, report, shot
from tests.store.helpers import arrive, contents

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def study(number, **fields):
    sop = f"1.{number}.1"
    return StudyHeader(study_instance_uid=f"1.{number}", sop_instance_uid=sop, **fields)


def scans(number, station, **fields):
    events = [ct(0), ct(1)]
    made_by = device(station, station=station)
    arrive(ct_report("", events, study=study(number), device=made_by, **fields))


def exposes(number, *, fluoro, modality):
    events = [shot(0, fluoro=fluoro)]
    given = {"study": study(number), "device": device(), "observer": observer("1.9")}
    arrive(report("", events, modality=modality, **given))


def modalities():
    return list(Study.objects.order_by("study_instance_uid").values_list("modality", flat=True))


def test_renaming_the_only_device_of_a_system_renames_the_system():
    scans(1, "A")
    system = System.objects.get()

    rename(Device.objects.all(), "  CT 1 ")

    system.refresh_from_db()
    assert system.display_name == "CT 1"
    assert AuditEntry.objects.get().action == "rename"


def test_devices_of_one_name_are_one_system_with_studies_events_and_counts():
    scans(1, "A")
    scans(2, "B")

    target = rename(Device.objects.filter(station_name="B"), "A")

    assert System.objects.get() == target
    assert set(Study.objects.values_list("system", flat=True)) == {target.pk}
    assert set(CtEvent.objects.values_list("system", flat=True)) == {target.pk}
    assert sum(DailyCount.objects.filter(system=target).values_list("studies", flat=True)) == 2


def test_one_of_two_devices_can_leave_its_system():
    scans(1, "A")
    scans(2, "B")
    rename(Device.objects.all(), "Both")

    rename(Device.objects.filter(station_name="B"), "B alone")

    names = Study.objects.order_by("study_instance_uid").values_list(
        "system__display_name", flat=True
    )
    assert list(names) == ["Both", "B alone"]


def test_a_new_study_of_a_renamed_device_has_the_new_name():
    scans(1, "A")
    rename(Device.objects.all(), "CT 1")

    scans(2, "A")

    assert set(Study.objects.values_list("system__display_name", flat=True)) == {"CT 1"}


def test_a_system_cannot_be_without_a_name():
    scans(1, "A")

    with pytest.raises(NoName, match="display name"):
        rename(Device.objects.all(), "  ")


def test_dual_sorts_stored_studies_by_content_and_leaves_those_that_are_right():
    exposes(1, fluoro=False, modality="DX")
    exposes(2, fluoro=True, modality="RF")
    before = contents()

    moved = set_modality(System.objects.get(), "Dual")

    assert (moved, modalities()) == (0, ["DX", "RF"])
    assert sort_anew(System.objects.get()) == 0
    assert contents() == before


def test_dual_moves_what_was_sorted_wrongly():
    exposes(1, fluoro=False, modality="RF")
    exposes(2, fluoro=True, modality="DX")

    assert set_modality(System.objects.get(), "Dual") == 2

    assert modalities() == ["DX", "RF"]
    assert list(
        ProjectionEvent.objects.order_by("study__study_instance_uid").values_list(
            "modality", flat=True
        )
    ) == ["DX", "RF"]
    counted = DailyCount.objects.exclude(studies=0).values_list("modality", flat=True)
    assert sorted(counted) == ["DX", "RF"]


def test_a_report_that_arrives_at_a_dual_system_goes_by_its_content():
    exposes(1, fluoro=False, modality="RF")
    set_modality(System.objects.get(), "Dual")

    exposes(2, fluoro=True, modality="RF")
    exposes(3, fluoro=False, modality="RF")

    assert modalities() == ["DX", "RF", "DX"]


def test_a_modality_set_by_hand_moves_stored_studies_and_holds_for_new_ones():
    exposes(1, fluoro=True, modality="RF")

    assert set_modality(System.objects.get(), "DX") == 1
    exposes(2, fluoro=True, modality="RF")

    assert modalities() == ["DX", "DX"]


def test_taking_back_a_modality_set_by_hand_restores_that_of_the_objects():
    exposes(1, fluoro=True, modality="RF")
    before = contents()
    set_modality(System.objects.get(), "DX")

    set_modality(System.objects.get(), "")

    assert contents() == before


def test_ct_is_ct_whatever_the_system_is_said_to_be():
    scans(1, "A")

    assert set_modality(System.objects.get(), "RF") == 0

    assert modalities() == ["CT"]


def test_rows_that_coincide_become_one():
    header = {"study_instance_uid": "1.1"}
    for sop, fluoro, modality in (("a", False, "DX"), ("b", True, "RF")):
        events = [shot(0 if fluoro else 1, fluoro=fluoro)]
        arrive(
            report(
                sop, events, modality=modality,
                study=StudyHeader(sop_instance_uid=sop, **header), device=device(),
            )
        )  # fmt: skip
    assert Study.objects.count() == 2

    set_modality(System.objects.get(), "RF")

    merged = Study.objects.get()
    assert (merged.modality, merged.number_of_events) == ("RF", 2)
    assert ProjectionEvent.objects.filter(modality="RF").count() == 2
    assert sum(DailyCount.objects.values_list("studies", flat=True)) == 1


def test_renaming_to_a_system_with_a_modality_sorts_the_studies_that_come_with_it():
    exposes(1, fluoro=False, modality="RF")
    System.objects.create(display_name="Room 5", user_defined_modality="Dual")

    rename(Device.objects.all(), "Room 5")

    assert modalities() == ["DX"]
