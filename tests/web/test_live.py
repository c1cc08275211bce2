"""Open pages take up what arrives, by themselves."""

import datetime as dt

import pytest

from kerma.query.mark import mark
from kerma.store.models import Arrival
from tests.query.hospital import store
from tests.web.people import client_of, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(live_page, live_server):
    sign_in(live_page, live_server.url)
    live_page.goto("/")
    return live_page


def test_the_mark_changes_with_every_study_and_with_nothing_else():
    before = mark()
    assert mark() == before

    store("1.2.3", "CT", study_description="Thorax")

    assert mark() != before


def test_asking_for_the_mark_is_two_steps_into_indexes(django_assert_max_num_queries):
    client = client_of("view")

    with django_assert_max_num_queries(5):  # session, user and groups too
        assert client.get("/live/").status_code == 200


@pytest.mark.browser
def test_a_study_appears_on_the_open_list_without_a_reload(page):
    store("1.2.3", "CT", study_description="Thorax")
    page.goto("/ct/")
    page.evaluate("window.same = true")

    store("1.2.4", "CT", study_description="Abdomen")

    page.wait_for_selector("tr.fresh:has-text('Abdomen')")
    page.wait_for_selector("#count:has-text('2 studies')")
    assert page.evaluate("window.same")
    assert page.inner_text("[role=status].sr-only") == "1 new study"
    assert page.locator("tr.fresh").count() == 1


@pytest.mark.browser
def test_the_first_study_of_all_appears_on_an_empty_home_page(page):
    page.goto("/")
    page.wait_for_selector("h1:text('No studies yet')")

    store("1.2.3", "CT", study_description="Thorax", room="Room 7")

    page.wait_for_selector("a.main:text('Room 7')")


@pytest.mark.browser
def test_whoever_follows_a_link_gets_there_though_the_page_would_be_loaded_anew(page):
    page.wait_for_selector("h1:text('No studies yet')")
    held = {}

    def hold(route):
        if route.request.headers.get("x-requested-with") == "fetch":
            held["home"] = route
        elif route.request.is_navigation_request():
            held["link"] = route
        else:
            route.continue_()

    def wait_for(name):
        for _ in range(100):
            if name in held:
                return held[name]
            page.wait_for_timeout(100)
        raise AssertionError(f"{name} was not asked for")

    page.route("**/*", hold)
    store("1.2.3", "CT", study_description="Thorax")
    home = wait_for("home")
    page.click("nav a[href='/ct/']", no_wait_after=True)
    link = wait_for("link")
    home.continue_()
    page.wait_for_timeout(500)
    link.continue_()

    page.wait_for_url("**/ct/")
    page.wait_for_selector("tr:has-text('Thorax')")


@pytest.mark.browser
def test_where_the_keys_are_they_stay(page):
    store("1.2.3", "CT", study_description="Thorax")
    page.goto("/ct/")
    page.keyboard.press("j")

    store("1.2.4", "CT", study_description="Abdomen")
    page.wait_for_selector("tr:has-text('Abdomen')")

    assert page.evaluate("document.activeElement.textContent") == "Thorax"


@pytest.mark.browser
def test_a_later_page_of_the_list_stays_as_it_is(page):
    for number in range(26):
        store(f"1.2.{number}", "CT", study_description=f"Thorax {number}")
    page.goto("/ct/?page=2")

    assert page.locator("script[src*='live.js']").count() == 0


@pytest.mark.browser
def test_a_log_that_renews_itself_keeps_the_focus_and_the_place_on_the_page(page):
    store("1.2.3", "CT", study_description="Thorax")
    for number in range(40):
        arrive(number)
    page.goto("/arrivals/")
    page.locator("tr:has-text('1.2.20') a.main").focus()
    place = page.evaluate("scrollY")
    assert place > 0

    arrive(41)
    page.wait_for_selector(".shares:has-text('41')", timeout=15_000)

    assert page.evaluate("scrollY") == place
    assert "1.2.20" in page.evaluate("document.activeElement.closest('tr').innerText")


def arrive(number):
    Arrival.objects.create(
        spool_name=str(number), arrived_at=dt.datetime.now(dt.UTC), came_by="receive",
        store="KERMA", caller="CT1", sop_instance_uid=f"1.2.{number}", decision="imported",
        study_instance_uid="1.2.3",
    )  # fmt: skip
