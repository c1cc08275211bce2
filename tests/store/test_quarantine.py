"""Objects that could not be used."""

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from kerma.errors import ContentError, DamagedObject
from kerma.store import options, quarantine
from kerma.store.arrival import ObjectFacts
from kerma.store.models import Quarantine
from kerma.store.sealing import NotOurs, unseal

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

WHY = ContentError("The DLP is in XYZ.")


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.KERMA_HOME = tmp_path


def files():
    return sorted(Path(django_settings.KERMA_HOME).glob("quarantine/*"))


def test_reason_and_origin_are_kept_and_the_bytes_come_back():
    facts = ObjectFacts(sop_instance_uid="1", study_instance_uid="2", content_hash="x")

    entry = quarantine.put(b"DICM" * 10, WHY, came_by="upload", origin="a.dcm", facts=facts)

    entry.refresh_from_db()
    assert (entry.reason, entry.error) == ("The DLP is in XYZ.", "ContentError")
    assert (entry.came_by, entry.origin, entry.study_instance_uid) == ("upload", "a.dcm", "2")
    assert entry.retriable
    assert quarantine.copy_of(entry) == b"DICM" * 10


def test_the_copy_is_encrypted_with_the_key_of_the_site(settings):
    entry = quarantine.put(b"SMITH^JOHN", WHY)

    (path,) = files()
    assert b"SMITH" not in path.read_bytes()
    settings.KERMA_IDENTITY_KEY = b"another"
    with pytest.raises(NotOurs):
        quarantine.copy_of(entry)


def test_large_objects_come_back_whole():
    data = bytes(range(256)) * 10_000

    entry = quarantine.put(memoryview(data), WHY)

    assert quarantine.copy_of(entry) == data
    assert unseal(files()[0]) == data


def test_the_same_object_again_only_counts():
    quarantine.put(b"abc", WHY)
    quarantine.put(b"abc", DamagedObject("It is cut short."))

    entry = Quarantine.objects.get()
    assert (entry.times_seen, entry.reason) == (2, "It is cut short.")


def test_an_empty_file_has_a_reason_but_nothing_to_retry():
    entry = quarantine.put(b"", WHY, origin="empty.dcm")
    quarantine.put(b"", WHY, origin="other.dcm")

    assert not entry.retriable
    assert Quarantine.objects.count() == 2
    with pytest.raises(quarantine.CopyExpired):
        quarantine.copy_of(entry)


def test_a_released_object_leaves_no_copy_and_may_come_again():
    quarantine.release(quarantine.put(b"abc", WHY))

    assert files() == []
    quarantine.put(b"abc", WHY)
    assert Quarantine.objects.filter(released_at=None).count() == 1


def test_copies_expire_and_the_reason_stays():
    options.put("quarantine_days", 1)
    entry = quarantine.put(b"abc", WHY)
    assert quarantine.expire() == 0

    Quarantine.objects.update(expires_at=dt.datetime.now(dt.UTC))

    assert quarantine.expire() == 1
    assert files() == []
    entry.refresh_from_db()
    assert (entry.retriable, entry.reason) == (False, "The DLP is in XYZ.")


def test_removing_an_entry_removes_its_copy():
    quarantine.remove(quarantine.put(b"abc", WHY))

    assert files() == []
    assert not Quarantine.objects.exists()


def test_a_file_name_that_is_no_text_is_kept_as_well_as_it_can():
    entry = quarantine.put(b"abc", WHY, origin="a\udcff\0.dcm")

    entry.refresh_from_db()
    assert entry.origin == "a?.dcm"
