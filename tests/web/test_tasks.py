"""The pages of background work."""

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from kerma.store import jobs, options, processes
from kerma.store.models import AuditEntry, Task
from kerma.web.task_lines import how_far, left
from tests.web.people import client_of
from tests.web.test_frame import INLINE

pytestmark = pytest.mark.django_db


def _nothing(progress):
    return None


jobs.add(
    jobs.Job(
        "test_page", "Copying of things", _nothing, effect="What was copied stays, the rest waits."
    )
)


@pytest.fixture
def client():
    return client_of("admin")


def made(title="Copy 5 things", client=None, **columns):
    user = User.objects.get(pk=client.session["_auth_user_id"]) if client else None
    task = jobs.enqueue("test_page", title, user=user)
    Task.objects.filter(pk=task.pk).update(**columns)
    task.refresh_from_db()
    return task


def ended(title="Copy 5 things", state="done", **columns):
    return made(title, state=state, finished_at=timezone.now(), **columns)


def page(client, address="/tasks/"):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_running_waiting_and_ended_tasks_are_told_apart(client):
    made("Runs now", state="running", started_at=timezone.now(), done=31, total=50, note="Room 3")
    made("Waits")
    ended("Worked")
    ended("Broke", "failed", error="There is no such room. Choose another.")

    said = page(client)

    running, waiting = said.index('id="running"'), said.index('id="waiting"')
    recent = said.index('id="recent"')
    assert running < said.index("Runs now") < waiting < said.index("Waits") < recent
    assert recent < said.index("Broke") < said.index("Worked")
    assert 'max="50" value="31"' in said
    assert "62\u202f%" in said
    assert "Room 3" in said
    assert "There is no such room. Choose another." in said
    assert not INLINE.search(said)


def test_an_empty_page_says_what_will_be_there(client):
    said = page(client)

    assert "Nothing is running." in said
    assert "No task has ended yet" in said


def test_without_a_worker_the_page_says_what_to_start(client):
    assert "kerma work" in page(client)

    processes.beat("work", {"does": "tasks"})

    said = page(client)
    assert "kerma work" not in said
    assert "Worker: tasks" in said


def test_a_filter_shows_one_kind_and_one_state(client):
    ended("Worked")
    ended("Broke", "failed")

    assert "Worked" not in page(client, "/tasks/?state=failed")
    assert "Broke" in page(client, "/tasks/?state=failed&job=test_page")
    assert "No task meets the filter" in page(client, "/tasks/?job=no-such-job")


def test_the_page_costs_the_same_queries_however_many_tasks_there_are(
    client, django_assert_max_num_queries
):
    page(client)
    for number in range(60):
        ended(f"Task {number}")

    with django_assert_max_num_queries(14):
        page(client)


def test_terminating_is_asked_once_and_tells_what_it_means(client):
    task = made(state="running", started_at=timezone.now())

    asked = client.post(f"/tasks/{task.pk}/terminate/").content.decode()
    task.refresh_from_db()
    before = task.cancel_requested
    client.post(f"/tasks/{task.pk}/terminate/", {"sure": "yes"})
    task.refresh_from_db()

    assert "What was copied stays, the rest waits." in asked
    assert (before, task.cancel_requested) == (False, True)
    entry = AuditEntry.objects.get(action="terminate task")
    assert entry.details == {"task": task.pk, "title": "Copy 5 things"}


def test_a_task_that_ended_meanwhile_is_not_terminated(client):
    task = ended()

    client.post(f"/tasks/{task.pk}/terminate/", {"sure": "yes"})

    task.refresh_from_db()
    assert (task.state, task.cancel_requested) == ("done", False)


def test_an_ended_task_can_be_run_again_a_running_one_cannot(client):
    client.post(f"/tasks/{ended(state='cancelled').pk}/again/")
    client.post(f"/tasks/{made(state='running').pk}/again/")

    assert [task.state for task in Task.objects.order_by("pk")] == [
        "cancelled", "queued", "running",
    ]  # fmt: skip


def test_people_see_and_terminate_their_own_tasks_not_those_of_others():
    client = client_of("import-qr")
    own = made("My query", client)
    other = made("Another's query")

    assert "My query" in page(client, f"/tasks/{own.pk}/")
    assert "My query" in page(client, "/tasks/mine/")
    assert "Another" not in page(client, "/tasks/mine/")
    assert client.get(f"/tasks/{other.pk}/").status_code == 404
    assert client.post(f"/tasks/{other.pk}/terminate/", {"sure": "yes"}).status_code == 404
    client.post(f"/tasks/{own.pk}/terminate/", {"sure": "yes"})
    assert sorted(Task.objects.values_list("title", "state")) == [
        ("Another's query", "queued"), ("My query", "cancelled"),
    ]  # fmt: skip


def test_the_end_of_a_watched_task_is_told_with_its_error():
    client = client_of("admin")
    task = made("My query", client)
    assert 'data-ended="' not in page(client, f"/tasks/mine/?watched={task.pk}")

    Task.objects.update(state="failed", error="The node does not answer.")

    said = page(client, f"/tasks/mine/?watched={task.pk}&watched=x")
    assert f'data-ended="{task.pk}"' in said
    assert "The node does not answer." in said


def test_the_size_of_the_history_is_a_setting_with_an_audit_entry(client):
    client.post("/tasks/settings/", {"task_history": "50"})

    assert options.get("task_history") == 50
    assert AuditEntry.objects.get().details["new"] == 50
    refused = client.post("/tasks/settings/", {"task_history": "1"}).content.decode()
    assert "greater than or equal to 10" in refused


def test_only_those_who_may_start_tasks_have_them_in_the_top_bar():
    assert "data-own-tasks" in page(client_of("import-size"), "/")
    assert "data-own-tasks" not in page(client_of("view"), "/")


def test_the_time_left_follows_from_what_is_done_in_what_time():
    now = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
    task = Task(state="running", started_at=now - dt.timedelta(seconds=60), done=20, total=50)

    assert left(task, now) == "90 s left"
    assert how_far(task) == "40\u202f%"
    assert left(Task(state="running", started_at=now, done=20, total=50), now) == ""
    assert how_far(Task(done=1204)) == "1\u202f204 done"
