"""The pages of administrators in a real browser: they fit, follow, and act."""

import pytest
from django.core.cache import cache

from kerma import logs
from kerma.dicom.write import to_bytes
from kerma.pipeline.find import Arrival
from kerma.pipeline.ingest import ingest
from kerma.store import options
from kerma.store.models import LocalStore, Source
from tests.dicom.objects import report
from tests.web.people import sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

LINE = "2026-03-01 10:00:00,123 {} kerma.query 7: {}\n"
PAGES = (
    "/health/", "/logs/?component=query", "/audit/", "/users/", "/configuration/mail/",
    "/configuration/retention/", "/configuration/home/", "/",
)  # fmt: skip


@pytest.fixture
def page(live_page, live_server, settings, tmp_path):
    cache.clear()
    settings.KERMA_HOME = tmp_path
    logs.folder(tmp_path).mkdir()
    sign_in(live_page, live_server.url)
    live_page.goto("/")
    return live_page


@pytest.fixture
def query_log(tmp_path):
    path = logs.path_of(tmp_path, "query")
    path.write_text(LINE.format("WARNING", "The archive " + "is_slow_" * 60))
    return path


def test_every_page_fits_a_desk_and_a_phone(page, query_log):
    LocalStore.objects.create(name="A store with a long name " * 3, ae_title="K", port=1)
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 800})
        for address in PAGES:
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
            assert page.locator("h1").count() == 1


def test_a_log_that_is_followed_shows_a_new_entry_by_itself(page, query_log):
    page.goto("/logs/?component=query&follow=1")

    with query_log.open("a") as file:
        file.write(LINE.format("ERROR", "Just now"))

    page.wait_for_selector("tr.over >> text=Just now", timeout=6000)


def test_the_level_is_marked_as_changed_saved_and_found_by_the_search(page):
    page.goto("/configuration/?q=level+of+a+log")
    page.wait_for_url("**/logs/")

    page.select_option("#id_level", "DEBUG")
    page.wait_for_selector("text=1 change not saved")
    page.click("form[data-settings] button")

    page.wait_for_selector("text=Running processes follow")
    assert page.input_value("#id_level") == "DEBUG"


def test_copies_kept_no_more_are_removed_by_a_click(page, tmp_path):
    (tmp_path / "a.dcm").write_bytes(to_bytes(report()))
    ingest(Arrival(str(tmp_path / "a.dcm")))
    options.put("keep_reports", False)
    page.goto("/configuration/retention/")

    page.click("text=Remove these copies")

    page.wait_for_selector("text=1 copy removed")
    assert Source.objects.get().path == ""


def test_the_home_page_leads_to_what_should_be_seen_to(page):
    LocalStore.objects.create(name="Main store", ae_title="K", port=1)
    cache.clear()
    page.goto("/")

    page.click(".banner >> text=Health")

    page.wait_for_selector("li.over >> text=Nothing receives for the store Main store")
    assert page.locator("code", has_text="kerma receive").count() >= 1
