"""The task that gives stored studies their standard names."""

import pytest

from kerma.pipeline.jobs import apply_names
from kerma.store import jobs, name_book
from kerma.store.models import AuditEntry, CtEvent, Study, Task
from tests.query.hospital import ct_event, store

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(apply_names, "_SECOND_LOOK_S", 0.0)


def mapped():
    owner = name_book.name("CT", "study", "Head")
    name_book.add_rule(owner, "study_description", "CT Head")
    protocol = name_book.name("CT", "acquisition", "Head")
    name_book.add_rule(protocol, "acquisition_protocol", "^head", "regex")
    name_book.touch()
    Task.objects.update(state=Task.State.RUNNING)
    return Task.objects.get()


def test_it_names_studies_and_events_and_says_how_many():
    for n in range(3):
        store(f"s{n}", "CT", study_description="CT head",
              events=(ct_event(acquisition_protocol="Head seq"), ct_event()))  # fmt: skip
    task = mapped()

    found = jobs.jobs[task.job].run(jobs.Progress(task.pk))

    assert (found["studies"], found["events"]) == (3, 3)
    assert Study.objects.filter(standard_name="Head", standard_acquisitions="Head").count() == 3
    assert CtEvent.objects.filter(standard_name="Head").count() == 3
    assert AuditEntry.objects.get(action="apply standard names").details["studies"] == 3


def test_a_study_stored_by_an_older_mapping_meanwhile_is_named_by_the_second_look(monkeypatch):
    store("early", "CT", study_description="CT head")
    task = mapped()
    progress = jobs.Progress(task.pk)

    def late(seconds):
        Study.objects.update(
            standard_name=""
        )  # as an import that began before the change leaves it

    monkeypatch.setattr(progress, "wait", late)
    jobs.jobs[task.job].run(progress)

    assert Study.objects.get().standard_name == "Head"


def test_terminated_it_stops_at_its_next_step():
    store("s", "CT", study_description="CT head")
    task = mapped()
    Task.objects.update(cancel_requested=True)

    with pytest.raises(jobs.Cancelled):
        jobs.jobs[task.job].run(jobs.Progress(task.pk))
