"""The map and the body of a skin dose map, in a browser."""

import re

import pytest

from kerma.dosimetry.skin import picture
from kerma.pipeline import follow_up, skin_dose
from kerma.store.models import SkinMap
from tests.dosimetry.skin_cases import beam
from tests.query.hospital import store
from tests.web.people import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PIXELS = """canvas => {
  const pen = canvas.getContext("2d");
  const all = pen.getImageData(0, 0, canvas.width, canvas.height).data;
  const found = new Set();
  for (let n = 0; n < all.length; n += 4) found.add(all.slice(n, n + 3).join());
  return found.size;
}"""
"""How many colours a canvas shows."""


@pytest.fixture
def number(live_page):
    events = tuple(
        beam(irradiation_event_uid=f"1.2.{n}", primary_angle_deg=angle)
        for n, angle in enumerate((-30.0, 0.0, 30.0))
    )
    made = store("1.2.3", "RF", maker="Siemens", model="AXIOM-Artis", events=events)
    follow_up.follow(made)
    return made


def opened(page, live_server, address):
    if not page.context.cookies():
        sign_in(page, live_server.url, "view")
    page.goto(address)
    page.wait_for_selector("[data-skin-ready]")


def drag(page, canvas, at, across):
    """Drag sideways from a point of a canvas."""
    canvas.hover(position=at)
    box = canvas.bounding_box()
    page.mouse.down()
    page.mouse.move(box["x"] + at["x"] + across, box["y"] + at["y"])
    page.mouse.up()


def test_the_map_reads_doses_and_keeps_its_range_in_the_address(live_page, live_server, number):
    opened(live_page, live_server, f"/study/{number}/skin/")
    found = skin_dose.stored(SkinMap.objects.get())
    canvas = live_page.locator("canvas[data-skin-map]")
    assert canvas.evaluate(PIXELS) > 20
    box = canvas.bounding_box()
    size = box["width"] / found.columns
    at = {"x": (found.peak_column + 0.5) * size, "y": (found.peak_row + 0.5) * size}

    canvas.hover(position=at)
    tip = live_page.locator("[data-skin-tip]")
    assert tip.is_visible()
    assert tip.locator("b").inner_text() == picture.words(found.peak_gy)
    assert found.place.split(",")[0] in tip.inner_text()

    canvas.focus()
    live_page.keyboard.press("ArrowDown")
    said = live_page.locator("[data-skin-said]")
    assert re.search(r"Gy, back of the trunk, \d+ cm below the crown", said.inner_text())

    drag(live_page, canvas, at, -150)
    assert "to=" in live_page.url
    narrowed = float(live_page.locator("[data-skin-high]").input_value())
    live_page.locator("[data-skin-colours]").select_option("viridis")
    address = live_page.url
    assert "colours=viridis" in address
    assert "colours=viridis" in live_page.locator("[data-skin-picture]").get_attribute("href")

    opened(live_page, live_server, address)
    high = float(live_page.locator("[data-skin-high]").input_value())
    assert high == pytest.approx(narrowed, rel=1e-3)
    live_page.get_by_role("button", name="Whole range").click()
    assert "to=" not in live_page.url


def test_the_body_turns_by_mouse_keys_and_buttons(live_page, live_server, number):
    opened(live_page, live_server, f"/study/{number}/skin/?body=human")
    canvas = live_page.locator("canvas[data-skin-body]")
    seen = [canvas.evaluate("canvas => canvas.toDataURL()")]

    def another_view():
        live_page.wait_for_function(
            "([canvas, before]) => canvas.toDataURL() !== before",
            arg=[canvas.element_handle(), seen[-1]],
        )
        seen.append(canvas.evaluate("canvas => canvas.toDataURL()"))

    canvas.focus()
    live_page.keyboard.press("ArrowRight")
    another_view()
    live_page.get_by_role("button", name="Front").click()
    another_view()
    drag(live_page, canvas, {"x": 100, "y": 100}, 80)
    another_view()
    assert len(set(seen)) == 4


def test_the_study_shows_the_map(live_page, live_server, number):
    opened(live_page, live_server, f"/study/{number}/")

    assert live_page.locator("canvas[data-skin-map]").evaluate(PIXELS) > 20
