"""The pages in a real browser: keys, rows as links, filters, appearance, phones."""

import pytest
from django.contrib.auth.models import Group, User

from kerma.web.access import GROUPS
from tests.query.hospital import store, store_everything

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def page(live_page):
    for name in GROUPS:
        Group.objects.get_or_create(name=name)
    user = User.objects.create_user("ada", password="lovelace-1815")
    user.groups.set(Group.objects.all())
    store_everything()
    live_page.goto("/login/")
    live_page.fill("[name=username]", "ada")
    live_page.fill("[name=password]", "lovelace-1815")
    live_page.click("main button")
    live_page.wait_for_selector("h1:text('Systems and studies')")
    return live_page


def test_a_row_opens_its_list_and_a_study(page):
    page.click("tbody tr:has-text('City Hospital CT 1') td:nth-child(3)")
    page.wait_for_url("**/ct/?system=*")
    page.click("tbody tr:has-text('Thorax low dose') td.num >> nth=1")

    page.wait_for_url("**/study/**")
    assert page.inner_text("h1") == "Thorax low dose"


def test_keys_search_move_and_open(page):
    page.goto("/ct/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("Tab")
    page.evaluate("document.activeElement.blur()")

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("Enter")

    page.wait_for_selector("h1:text('CAVITÉ CRÂNIENNE')")


def test_a_filter_is_found_by_name_and_filled_from_a_suggestion(page):
    page.goto("/ct/")
    page.click("button.add")
    page.fill("#f-find", "study desc")
    page.keyboard.press("Enter")
    page.click("#s-study_description button:has-text('Constancy')")

    page.wait_for_url("**/ct/?study_description=Constancy")
    assert page.locator("tbody tr").count() == 1


def test_the_form_leaves_empty_boxes_out_of_the_address(page):
    page.goto("/ct/")
    page.click("button.add")
    page.click("#f-names button:has-text('DLP')")
    page.fill("#i-dlp_min", "200")
    page.press("#i-dlp_min", "Enter")

    page.wait_for_url("**/ct/?dlp_min=200")


def test_count_and_median_arrive(page):
    page.goto("/ct/?dlp_min=1")

    page.wait_for_selector("#count:text('2 of 3 studies')")
    page.wait_for_selector("tfoot:has-text('385')")  # of 150 and 620


def test_appearance_changes_at_once_and_stays(page):
    page.click("[aria-label='Your menu']")
    with page.expect_response("**/options/theme/"):
        page.click("label:has(#theme-dark)")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"

    page.reload()

    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_events_sort_in_place(page):
    page.goto("/rf/?study_description=PCI")
    page.click("a.main >> nth=0")
    page.click("#events-part th a:text('DAP')")
    page.wait_for_selector("#events-part th[aria-sort=ascending]:has-text('DAP')")

    first = page.inner_text("#events-part tbody tr:first-child .main")

    assert first == "Coro 15"
    assert "events=dap_gym2" in page.url


def test_every_value_is_loaded_when_its_fold_opens(page):
    page.goto("/ct/?study_description=low")
    page.click("a.main >> nth=0")

    page.click("summary:has-text('Every value')")

    page.wait_for_selector("#every-value h3:text('Event 2')")


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_no_page_scrolls_sideways(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    store("long", "RF", study_description="x" * 60, room="Y" * 40)

    for address in ("/", "/ct/", "/rf/", "/options/", "/search/?q=1", "/mg/?thickness_min=1"):
        page.goto(address, wait_until="networkidle")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, address
    for modality in ("ct", "rf", "dx", "mg", "nm"):
        page.goto(f"/{modality}/")
        page.click("a.main >> nth=0")
        page.wait_for_selector("#events-part")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, modality


def test_on_a_phone_what_is_touched_is_large_enough(page):
    page.set_viewport_size(PHONE)
    page.goto("/ct/")

    heights = page.eval_on_selector_all(
        ".btn, .chip, .input",
        "all => all.filter(e => e.offsetParent).map(e => e.getBoundingClientRect().height)",
    )

    assert heights
    assert min(heights) >= 44
