"""The life of an export in a real browser: asked for, followed, downloaded, aborted, deleted."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from kerma.pipeline import exporting
from kerma.store.engine import run
from kerma.store.models import Export, Task
from tests.query.hospital import store_everything
from tests.web.people import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(live_page, live_server, settings, tmp_path):
    settings.KERMA_HOME = tmp_path
    store_everything()
    sign_in(live_page, live_server.url, "view", "export", "pid")
    return live_page


def go_on(export, state, **columns):
    Export.objects.filter(pk=export.pk).update(state=state)
    Task.objects.filter(pk=export.task_id).update(state=state, **columns)


def test_an_export_is_asked_for_followed_downloaded_and_deleted(page):
    page.goto("/ct/?study_description=low")
    page.get_by_role("link", name="Export", exact=True).click()
    page.get_by_label("CSV", exact=False).first.check()
    page.get_by_role("button", name="Export", exact=True).click()
    page.get_by_text("Waits for its turn").wait_for()
    export = Export.objects.get()
    page.evaluate("window.sameness = 1")

    go_on(export, "running", done=31, total=50, started_at=timezone.now())
    page.get_by_text("31 of 50 studies").wait_for()
    go_on(export, "queued")
    run(export.task_id)

    page.get_by_text("1 study, 1 row").wait_for()
    assert page.evaluate("window.sameness") == 1
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download CT: CSV").click()
    name = waiting.value.suggested_filename
    assert name.startswith("kerma-ct-csv-")
    assert name.endswith(".csv")
    said = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert "Thorax low dose" in said
    assert "Byron" not in said

    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Delete those ticked").click()
    page.get_by_text("No export has been made yet").wait_for()
    assert not Export.objects.exists()
    assert not list(exporting.folder().iterdir())


def test_an_export_under_way_is_aborted_by_one_click(page):
    page.goto("/exports/new/ct/")
    page.get_by_role("button", name="Export", exact=True).click()
    page.get_by_text("Waits for its turn").wait_for()

    page.get_by_role("button", name="Abort CT").click()
    page.get_by_text("The export is aborted").wait_for()

    page.get_by_text("Aborted", exact=True).wait_for()
    export = Export.objects.get()
    assert export.state == "aborted"
    assert Task.objects.get(pk=export.task_id).state == "cancelled"


def test_choices_of_a_format_are_seen_once_it_is_chosen_and_names_are_not_offered(page):
    page.goto("/exports/new/ct/")
    dates = page.get_by_label("Dates", exact=True).first
    assert page.get_by_text("With names", exact=False).first.is_visible()

    page.get_by_label("De-identified reports").check()

    dates.wait_for()
    assert not page.get_by_text("With names", exact=False).first.is_visible()


def test_ticks_stay_when_another_export_ends(page):
    first, second = ask_for_csv(), ask_for_csv()
    run(first.task_id)
    page.goto("/exports/")
    tick = page.locator(f"#tick-{first.pk}")
    tick.check()

    run(second.task_id)
    page.locator(f"#tick-{second.pk}").wait_for()

    assert tick.is_checked()
    assert page.evaluate("document.activeElement.id") == f"tick-{first.pk}"


def ask_for_csv():
    return exporting.ask(User.objects.get(username="ada"), "CT", "csv", [])
