"""Dose screens in a real browser: letters taught, a doubted table corrected, by keyboard."""

import pytest

from kerma.demo.screens import old_scanners
from kerma.store import glyph_sets, screens
from kerma.store.models import ScreenStudy, Study
from kerma.web.screen_letters import key_of
from tests.web import old_scans
from tests.web.people import sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def page(live_page, live_server, settings, tmp_path):
    settings.KERMA_HOME = tmp_path / "home"
    sign_in(live_page, live_server.url)
    return live_page


def test_letters_taught_by_keyboard_alone_bring_the_study(page, tmp_path):
    study = old_scans.take(tmp_path, old_scanners.ge_study(7, old_scans.AT))
    typed = old_scans.ge_glyphs(7).texts
    texts = {key_of(glyph): text for glyph, text in typed.items()}
    for glyph, text in list(typed.items())[:-6]:  # so that the test stays short
        glyph_sets.name_glyph(glyph, text, screens.scanner_of(study), None)
    page.goto("/screens/")
    page.click("text=Teach >> nth=-1")

    while page.locator("#text").count():
        key = page.input_value("[name=glyph]")
        if texts[key]:
            page.keyboard.type(texts[key])
            page.keyboard.press("Enter")
        else:
            page.click("text=Not a letter")
        page.wait_for_selector(f"#trainer [name=glyph][value='{key}']", state="detached")

    page.wait_for_selector("text=The screens are read anew")
    old_scans.work()
    page.wait_for_selector("text=All letters are known")
    page.click("table a.main")
    page.click("text=Stored study")
    page.wait_for_selector("text=Read from a dose screen")
    assert Study.objects.get().kinds == "CT dose screen"


def test_a_total_that_disagrees_is_corrected_beside_its_picture(page, tmp_path):
    old_scans.teach_toshiba()
    wrong = old_scanners.toshiba_study(2, old_scans.AT, total_mgycm=old_scans.WRONG_MGYCM)
    study = old_scans.take(tmp_path, wrong)
    right = old_scanners.toshiba_study(2, old_scans.AT).table.total_dlp_mgycm
    page.goto("/screens/")
    page.click("text=TOSHIBA Aquilion CX")

    page.focus("[name='total-total_dlp_body_mgycm']")
    page.wait_for_selector(".place.lit[data-cell='total-total_dlp_body_mgycm']")
    page.hover(".place[data-cell='0-dlp_mgycm']")
    page.wait_for_selector(".input.lit[name='0-dlp_mgycm']")

    page.fill("[name='total-total_dlp_body_mgycm']", str(right))
    page.wait_for_selector("text=Everything agrees.")
    page.click("text=Confirm and store")

    page.click("text=Stored study")
    page.wait_for_selector("text=Corrected by a person")
    study.refresh_from_db()
    assert study.state == ScreenStudy.State.STORED
    assert Study.objects.get().dlp_mgycm == pytest.approx(right)


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_is_wider_than_the_screen(page, tmp_path, width):
    old_scans.teach_toshiba()
    wrong = old_scanners.toshiba_study(2, old_scans.AT, total_mgycm=old_scans.WRONG_MGYCM)
    doubted = old_scans.take(tmp_path, wrong)
    untaught = old_scans.take(tmp_path, old_scanners.ge_study(7, old_scans.AT))
    ScreenStudy.objects.filter(pk=untaught.pk).update(model="LightSpeed" + "X" * 80)
    own = glyph_sets.own_set(screens.scanner_of(doubted))
    page.set_viewport_size({"width": width, "height": 844})

    for address in (
        "/screens/",
        f"/screens/{doubted.pk}/",
        f"/screens/{untaught.pk}/",
        "/screens/letters/?manufacturer=GE+MEDICAL+SYSTEMS&model=LightSpeed" + "X" * 80
        + "&software_versions=07MW11.10",
        "/screens/glyphs/",
        f"/screens/glyphs/{own.pk}/",
    ):  # fmt: skip
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
