"""Running tasks in a real browser: they go on without the page being loaded again."""

import pytest
from django.utils import timezone

from kerma.store import jobs
from kerma.store.models import Task
from tests.web.people import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _nothing(progress):
    return None


jobs.add(jobs.Job("test_browser", "Copying of things", _nothing))


@pytest.fixture
def running(live_page, live_server):
    """Log in as an administrator who has a task that runs."""
    user = sign_in(live_page, live_server.url, "admin")
    task = jobs.enqueue("test_browser", "Copy 50 things", user=user)
    go_on(task, state="running", started_at=timezone.now(), done=5, total=50)
    return task


def go_on(task, **columns):
    Task.objects.filter(pk=task.pk).update(**columns)


def test_progress_and_end_are_seen_without_loading_the_page_again(running, live_page):
    live_page.goto("/tasks/")
    live_page.evaluate("window.sameness = 1")
    row = live_page.locator(f"#task-{running.pk}")
    assert "10" in row.inner_text()

    go_on(running, done=40, note="Thing 40")
    row.get_by_text("Thing 40").wait_for()
    assert row.locator("progress").get_attribute("value") == "40"
    live_page.locator("[data-task-count]").get_by_text("1").wait_for()
    go_on(running, state="failed", error="The disk is full.", finished_at=timezone.now())

    row.get_by_text("Failed").wait_for()
    live_page.locator(".toast").get_by_text("The disk is full.").wait_for()
    assert live_page.evaluate("window.sameness") == 1


def test_a_task_is_terminated_by_two_clicks_even_after_the_page_renewed_itself(running, live_page):
    live_page.goto("/tasks/")
    go_on(running, done=41, note="Thing 41")
    live_page.locator(f"#task-{running.pk}").get_by_text("Thing 41").wait_for()

    live_page.get_by_role("button", name="Terminate Copy 50 things").click()
    live_page.get_by_role("heading", name="Really terminate").wait_for()
    live_page.get_by_role("button", name="Terminate", exact=True).click()
    live_page.get_by_role("button", name="Terminate").wait_for()

    assert Task.objects.get().cancel_requested
    go_on(running, state="cancelled", finished_at=timezone.now())
    live_page.get_by_role("button", name="Run again").wait_for()


def test_the_focus_stays_where_it_is_when_a_part_is_renewed(running, live_page):
    live_page.goto("/tasks/")
    live_page.locator(f"#open-{running.pk}").focus()

    go_on(running, done=42, note="Thing 42")
    live_page.locator(f"#task-{running.pk}").get_by_text("Thing 42").wait_for()

    assert live_page.evaluate("document.activeElement.id") == f"open-{running.pk}"
