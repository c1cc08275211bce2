"""The form of a query and the grid of hours in a real browser, by mouse and by keyboard."""

import datetime as dt

import pytest

from kerma.net.schedule import hours as week
from kerma.net.wanted import MODALITIES, Wanted
from kerma.store.models import LocalStore, Query, QuerySeries, QueryStudy, RemoteNode, Schedule
from tests.web.people import sign_in

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket"),  # pynetdicom's
]

LONG = "A PACS whose name is far longer than any column of any table could ever be wide"


@pytest.fixture
def page(live_page, live_server):
    sign_in(live_page, live_server.url)
    live_page.goto("/")
    return live_page


@pytest.fixture
def site(db):
    """Make a node that answers nothing, a store, a schedule, a query with a study, a check."""
    node = RemoteNode.objects.create(name=LONG, ae_title="A" * 16, address="127.0.0.1", port=1)
    store = LocalStore.objects.create(name=LONG, ae_title="B" * 16, port=2, is_ours=False)
    asked = Wanted(modalities=MODALITIES, date_from=dt.date(2026, 3, 4))
    Schedule.objects.create(
        name=LONG, node=node, store=store, hours=week.never(), wanted=asked.as_json()
    )
    query = Query.objects.create(
        node=node, node_name=LONG, store=store, wanted=asked.as_json(), state="found"
    )
    study = QueryStudy.objects.create(
        query=query, study_instance_uid="1." + "23" * 31, study_description=LONG,
        modalities=["CT", "SR", "SC", "OT", "PR"], reason=LONG,
    )  # fmt: skip
    QuerySeries.objects.create(study=study, series_instance_uid="1." + "23" * 31, reason=LONG)
    Query.objects.create(
        node=node, node_name=LONG, wanted=asked.as_json(), state="done", purpose="completeness",
        counts={"listed": 123456, "missing": 123456, "by_modality": {"CT": {"listed": 123456}}},
    )  # fmt: skip
    return study


def ticked(page):
    """Return the numbers of the hours that are ticked."""
    return page.eval_on_selector_all(
        "[name=hours]:checked", "boxes => boxes.map(box => Number(box.value))"
    )


def middle(page, number):
    box = page.locator(f"[name=hours][value='{number}']").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_dragging_over_hours_ticks_them_and_dragging_back_clears_them(page, site):
    page.set_viewport_size({"width": 1440, "height": 1200})
    page.goto("/schedules/add/")
    page.click("button:text-is('None')")
    assert ticked(page) == []

    page.mouse.move(*middle(page, 24 + 8))
    page.mouse.down()
    for number in (24 + 9, 24 + 10, 48 + 10):
        page.mouse.move(*middle(page, number))
    page.mouse.up()
    assert ticked(page) == [32, 33, 34, 58]

    page.mouse.move(*middle(page, 33))
    page.mouse.down()
    page.mouse.move(*middle(page, 34))
    page.mouse.up()
    page.mouse.move(*middle(page, 58))

    assert ticked(page) == [32, 58]


def test_a_finger_ticks_by_a_tap(browser, page, site):
    with browser.new_context(has_touch=True, storage_state=page.context.storage_state()) as touch:
        phone = touch.new_page()
        phone.set_viewport_size({"width": 390, "height": 844})
        phone.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + "/schedules/add/")
        phone.click("button:text-is('None')")

        phone.locator("label:has([name=hours][value='30'])").tap()
        phone.locator("label:has([name=hours][value='54'])").tap()
        assert ticked(phone) == [30, 54]

        phone.locator("label:has([name=hours][value='30'])").tap()
        assert ticked(phone) == [54]


def test_arrow_keys_move_over_the_hours_and_the_space_bar_ticks_them(page, site):
    page.goto("/schedules/add/")
    page.click("button:text-is('None')")
    page.focus("[name=hours][value='0']")

    for key in ("ArrowRight", "ArrowDown", " ", "ArrowRight", " ", "ArrowUp", " ", " "):
        page.keyboard.press(key)

    assert ticked(page) == [25, 26]
    assert page.evaluate("document.querySelectorAll('[name=hours][tabindex=\"0\"]').length") == 1


def test_heads_switch_a_day_or_an_hour_of_all_days(page, site):
    page.goto("/schedules/add/")
    page.click("button:text-is('None')")

    page.click("th:has-text('Sunday')")
    assert ticked(page) == list(range(144, 168))

    page.click("thead th >> nth=6")
    assert [n for n in ticked(page) if n < 144] == [n * 24 + 5 for n in range(6)]


@pytest.mark.parametrize("name", week.PRESETS)
def test_ready_made_weeks_are_the_same_with_and_without_the_script(page, site, name):
    page.goto("/schedules/add/")

    page.click(f"button[value='{name}']")

    assert ticked(page) == [n for n, is_on in enumerate(week.PRESETS[name][1]()) if is_on]
    assert page.url.endswith("/schedules/add/")


def test_the_preview_follows_the_grid(page, site):
    page.goto("/schedules/add/")

    page.click("button:text-is('None')")
    page.wait_for_selector("footer:has-text('It never runs')")
    page.click("[name=hours][value='0']", force=True)

    page.wait_for_selector("footer:has-text('Runs Mon 0–1 h.')")


def test_a_wide_range_warns_at_once_and_ready_made_days_end_it(page, site):
    page.goto("/query/?fresh=1")
    assert not page.is_visible("[data-wide-warning]")

    page.fill("[name=date_from]", "2020-01-01")
    page.wait_for_selector("[data-wide-warning]")
    page.click("text=Last 7 days")

    assert not page.is_visible("[data-wide-warning]")


def test_one_day_shows_its_hours_and_reports_only_close_the_modalities(page, site):
    page.goto("/query/?fresh=1")
    assert not page.is_visible("[name=time_from]")

    page.click("text=One day, or some hours of it")
    page.click("summary:has-text('More options')")
    page.check("[name=sr_only]")

    assert page.is_visible("[name=time_from]")
    assert page.is_disabled("[name=modalities][value=CT]")


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_is_wider_than_the_screen(page, site, width):
    page.set_viewport_size({"width": width, "height": 844})
    query, check = site.query_id, Query.objects.latest("pk").pk
    schedule, node = Schedule.objects.get().pk, RemoteNode.objects.get().pk

    for address in (
        "/network/", f"/network/node/{node}/", "/network/store/add/", "/query/", "/queries/",
        f"/queries/{query}/", f"/queries/{query}/{site.pk}/", "/schedules/",
        f"/schedules/{schedule}/", "/completeness/", f"/completeness/{check}/",
    ):  # fmt: skip
        page.goto(address)
        if address in ("/network/", "/query/"):
            page.wait_for_selector("text=the connection was refused")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
