"""Where a worker lives, long work of a page becomes a task that ends as the portions would."""

import pytest
from django_tasks_db.models import DBTaskResult

from kerma.records import Patient
from kerma.store import engine, processes
from kerma.store.models import (
    AuditEntry,
    Device,
    IdentityPolicy,
    NotPatientPattern,
    Process,
    Study,
    System,
    Task,
)
from tests.query.hospital import store
from tests.web.people import client_of
from tests.web.test_size_import import LIST, number, size, start, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return client_of("admin")


@pytest.fixture(autouse=True)
def worker():
    """Say that a worker lives on this host."""
    processes.beat("work", {"does": "tasks"})


def work():
    """Do the tasks there are, as the worker would."""
    for found in DBTaskResult.objects.ready():
        engine.execute.call(*found.args_kwargs["args"])


def the_task():
    found = Task.objects.get()
    assert found.error == ""
    return found.job, found.state, found.done


def test_patterns_are_applied_by_a_task(client):
    IdentityPolicy.objects.update_or_create(pk=1, defaults={"name": "store"})
    store("1.2", "CT", patient=Patient(name="PHYSICS^TEST"))
    store("1.3", "CT", patient=Patient(name="Byron^Ada"))
    NotPatientPattern.objects.create(target="name", pattern="physics*")

    answer = client.post("/configuration/test-data/apply/")
    before = Study.objects.exclude(not_patient="").count()
    work()

    assert answer["Location"] == f"/tasks/{Task.objects.get().pk}/"
    assert before == 0
    assert the_task() == ("apply-patterns", "done", 2)
    marked = Study.objects.exclude(not_patient="")
    assert [study.study_instance_uid for study in marked] == ["1.2"]
    entry = AuditEntry.objects.get(action="apply patterns")
    assert (entry.user_name, entry.details) == ("user-admin", {"studies": 2, "changed": 1})


def test_studies_of_a_device_are_deleted_by_a_task_with_the_device(client):
    store("1.2", "CT")
    store("1.3", "CT")
    store("1.4", "CT", room="Room 2")
    device = Device.objects.get(station_name="Room 1")

    client.post(
        f"/systems/device/{device.pk}/ct/delete/",
        {"sure": "yes", "reason": "A test", "and_device": "on"},
    )
    work()

    assert the_task() == ("delete-studies", "done", 2)
    assert [study.study_instance_uid for study in Study.objects.all()] == ["1.4"]
    assert not Device.objects.filter(pk=device.pk).exists()
    deleted = AuditEntry.objects.filter(action="delete study")
    assert [entry.details["reason"] for entry in deleted] == ["A test", "A test"]


def test_studies_without_events_are_deleted_by_a_task(client):
    store("1.2", "CT")

    client.post("/systems/failed/delete/", {"reason": "Empty", "sure": "yes"})
    work()

    assert the_task()[:2] == ("delete-studies", "done")
    assert not Study.objects.exists()


def test_studies_of_several_systems_are_sorted_by_one_task(client):
    store("1.2", "DX", room="Room 1")
    store("1.3", "DX", room="Room 2")
    one, other = System.objects.order_by("pk")
    System.objects.update(user_defined_modality="RF")

    client.post(f"/systems/{one.pk}/sort/?then={other.pk}")
    work()

    assert the_task()[:2] == ("sort-studies", "done")
    assert Task.objects.get().result == {"done": 2, "changed": 2}
    assert set(Study.objects.values_list("modality", flat=True)) == {"RF"}


def test_sizes_are_imported_and_undone_by_tasks():
    store("1.2", "CT", accession_number="A1")
    client = client_of("import-size")
    upload(client, LIST)

    page = start(client, "run").content.decode()
    before = size()
    work()
    entered = size()
    client.post(f"/sizes/{number()}/undo/")
    work()

    assert "Importing sizes" in page
    assert before == (None, None)
    assert entered != (None, None)
    assert size() == (None, None)
    assert [task.state for task in Task.objects.all()] == ["done", "done"]


def test_a_list_stays_with_its_host_where_workers_live_on_another(client):
    store("1.2", "CT", accession_number="A1")
    Process.objects.update(host="another")
    upload(client, LIST)

    start(client, "run")

    assert size() != (None, None)
    assert not Task.objects.exists()
