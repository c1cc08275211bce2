"""Deleting studies."""

import pytest
from django.db import transaction

from kerma.records import StudyHeader
from kerma.store.forget import forget_studies_of_device, forget_study, remove_if_unused
from kerma.store.models import AuditEntry, CtEvent, DailyCount, Device, Source, Study, System
from tests.merge.builders import ct, ct_report, device, report, shot
from tests.store.helpers import arrive, contents

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def record(number=1, **fields):
    header = StudyHeader(study_instance_uid=f"1.{number}", sop_instance_uid=f"1.{number}.1")
    return ct_report("", [ct(0)], study=header, **fields)


def test_a_study_goes_with_all_that_belongs_to_it(django_capture_on_commit_callbacks):
    arrive(record(), path="ab/cd.dcm.zst")
    discarded = []

    with django_capture_on_commit_callbacks(execute=True):
        forget_study(Study.objects.get(), discard=discarded.append)

    assert not any(model.objects.exists() for model in (Study, CtEvent, Source))
    assert sum(DailyCount.objects.values_list("studies", flat=True)) == 0
    assert discarded == ["ab/cd.dcm.zst"]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.user_name) == ("delete study", "command")
    assert entry.details["study_instance_uid"] == "1.1"


def test_copies_stay_if_the_deletion_is_undone(django_capture_on_commit_callbacks):
    arrive(record(), path="ab/cd.dcm.zst")
    discarded = []

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        forget_study(Study.objects.get(), discard=discarded.append)
        transaction.set_rollback(True)

    assert (Study.objects.count(), discarded) == (1, [])


def test_a_deleted_study_can_be_imported_again():
    arrive(record())
    before = contents()
    forget_study(Study.objects.get())

    assert arrive(record()).outcome == "imported"

    assert contents() == before


def test_only_the_studies_of_the_modality_shown_go_and_the_device_stays():
    arrive(record())
    header = StudyHeader(study_instance_uid="1.2", sop_instance_uid="1.2.1")
    arrive(report("", [shot(0)], study=header))
    device_row = Device.objects.get()

    assert forget_studies_of_device(device_row, "CT", and_device=True) == 1

    assert Study.objects.get().modality == "RF"
    assert Device.objects.get() == device_row


def test_device_and_system_go_when_nothing_is_left_of_them():
    arrive(record())

    forget_studies_of_device(Device.objects.get(), "CT", and_device=True)

    assert not Device.objects.exists()
    assert not System.objects.exists()


def test_the_device_may_be_kept_for_studies_to_come():
    arrive(record())

    forget_studies_of_device(Device.objects.get(), "CT")

    assert Device.objects.count() == System.objects.count() == 1
    assert remove_if_unused(Device.objects.get())


def test_the_other_study_of_a_uid_stays():
    for number, serial in enumerate("AB"):
        arrive(ct_report(serial, [ct(number)], device=device(serial)))

    forget_study(Study.objects.get(device__serial_number="A"))

    assert Study.objects.get().device.serial_number == "B"
    assert CtEvent.objects.count() == 1
