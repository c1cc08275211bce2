"""The ledger of arriving objects, their consumers, the groups, and the choices of the site."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from kerma.registry import Registry
from kerma.store import consumers, ledger, options
from kerma.store.arrival import Saved
from kerma.store.consumers import Consumer
from kerma.store.models import ObjectUse, StoredObject
from tests.merge.builders import ct, ct_report
from tests.store.helpers import arrive, facts

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

RECORD = ct_report("1", [ct(0)])


def test_every_consumer_has_its_own_line_on_an_object():
    arrive(RECORD)
    ledger.note(facts(RECORD), "physics", Saved(outcome="skipped", reason="No phantom."))

    uses = {use.consumer: use for use in StoredObject.objects.get().uses.all()}
    assert uses["dose"].disposition == "imported"
    assert (uses["physics"].disposition, uses["physics"].reason) == ("skipped", "No phantom.")


def test_objects_that_nobody_saves_are_in_the_ledger_too():
    obj = facts(RECORD, sop_instance_uid="", study_instance_uid="")

    ledger.note(obj, "dose", Saved(outcome="refused", reason="No."))
    ledger.note(obj, "dose", Saved(outcome="skipped", reason="Better known now."))

    assert ObjectUse.objects.get().reason == "Better known now."


def test_the_device_of_a_saved_object_is_known():
    arrive(RECORD, came_by="upload", path="a/b")

    stored = StoredObject.objects.get()
    assert stored.device.manufacturer == "ACME"
    assert (stored.came_by, stored.path) == ("upload", "a/b")


def test_consumers_are_asked_in_their_order(monkeypatch):
    monkeypatch.setattr(consumers, "consumers", Registry("consumer"))
    for name, order in (("b", 100), ("a", 100), ("dose", 0)):
        consumers.consumers.add(Consumer(name, bool, lambda obj, facts: None, order))

    assert [consumer.name for consumer in consumers.in_order()] == ["dose", "a", "b"]


def test_the_groups_are_there_and_come_back():
    names = {"view", "import-size", "import-qr", "export", "pid", "admin"}
    assert set(Group.objects.values_list("name", flat=True)) == names
    Group.objects.all().delete()

    call_command("migrate", verbosity=0)

    assert set(Group.objects.values_list("name", flat=True)) == names


def test_choices_have_defaults_and_are_kept():
    assert options.get("quarantine_days") == 90

    options.put("quarantine_days", 5)

    assert options.get("quarantine_days") == 5
    assert options.get("keep_reports") is True


def test_an_unknown_choice_is_an_error_that_names_the_known_ones():
    with pytest.raises(KeyError, match="quarantine_days"):
        options.get("nonsense")
    with pytest.raises(KeyError, match="quarantine_days"):
        options.put("nonsense", 1)
