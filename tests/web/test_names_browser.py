"""Standard names and levels in a real browser: they fit, and a text is named by ticking it."""

import pytest

from kerma.store import name_book
from kerma.store.models import ReferenceLink, StandardNameRule
from tests.query.hospital import store_everything
from tests.web.people import sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def page(live_page, live_server):
    store_everything()
    owner = name_book.name("CT", "study", "Chest " + "of a name that is long " * 3)
    name_book.add_rule(owner, "study_description", "Thorax low dose")
    ReferenceLink.objects.create(standard_name=owner, level_set="uk-ndrl-ct", procedure="chest")
    sign_in(live_page, live_server.url)
    return live_page


def test_every_page_fits_a_desk_and_a_phone(page):
    addresses = (
        "/configuration/names/", "/configuration/names/?modality=DX&level=acquisition",
        "/configuration/names/import/", "/configuration/levels/", "/levels/?by=description",
    )  # fmt: skip
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 800})
        for address in addresses:
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
            assert page.locator("h1").count() == 1


def test_a_text_is_named_by_ticking_it(page):
    page.goto("/configuration/names/")
    page.get_by_label("Choose Constancy").check()
    assert page.locator("[data-picked]").inner_text() == "1"

    page.get_by_label("Standard name", exact=True).fill("Constancy test")
    page.get_by_role("button", name="Give name").click()

    page.wait_for_selector("text=1 text named")
    assert StandardNameRule.objects.filter(pattern="Constancy").exists()


def test_typical_values_come_by_themselves(page):
    page.goto("/levels/?by=description&year=2026")

    page.wait_for_selector("text=Thorax low dose")
    assert page.locator("h2", has_text="How these values are found").count() == 1
