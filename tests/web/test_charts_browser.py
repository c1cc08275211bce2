"""Charts in a real browser: all are drawn, and what one does with them."""

import statistics

import pytest

from kerma.charts import charts_of
from kerma.store.models import CtEvent
from tests.web.charted import MODALITIES, store_ct, store_others
from tests.web.people import sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

PATIENCE_MS = 120_000
"""For a page of dozens of charts on a busy machine."""


@pytest.fixture
def page(live_page, live_server):
    sign_in(live_page, live_server.url, "view", "export")
    return live_page


def show(page, modality, *names, **options):
    """Open the page of charts and wait until all are there."""
    pairs = "".join(f"&{name}={value}" for name, value in options.items())
    page.goto(f"/charts/{modality}/?charts={','.join(names)}{pairs}")
    for unfinished in ("[aria-busy=true]", "[data-plot]:not([data-drawn])"):
        page.wait_for_selector(unfinished, state="detached", timeout=PATIENCE_MS)


def names_of_each_kind(modality):
    """Return a chart of each measure and form; other levels differ in their names alone."""
    found = {}
    for one in charts_of(modality.upper()):
        if not one.level.startswith("standard"):
            found.setdefault((one.measure, one.form), one.name)
    return list(found.values())


@pytest.mark.parametrize("modality", MODALITIES)
def test_every_kind_of_chart_is_drawn(page, modality):
    store_ct() if modality == "ct" else store_others()
    names = names_of_each_kind(modality)

    show(page, modality, *names, average="median", per_row=4)

    assert page.locator("[data-plot] .main-svg").count() >= len(names)
    assert page.locator("[data-drawn=yes]").count() == len(names)
    assert page.locator(".chart .banner").count() == 0


def test_what_is_drawn_are_the_numbers_of_the_rows_and_a_click_leads_to_them(page):
    store_ct()
    show(page, "ct", "ct-acquisition-dlp", average="mean", sort="name", direction="ascending")

    ticks, values = page.evaluate(
        "(() => { const plot = document.querySelector('[data-plot]');"
        " return [plot.layout.yaxis.ticktext, plot.data[0].x]; })()"
    )
    found = {}
    for item, value in CtEvent.objects.exclude(dlp_mgycm=None).values_list(
        "acquisition_protocol", "dlp_mgycm"
    ):
        found.setdefault(item, []).append(value)
    expected = [statistics.mean(found[item]) for item in sorted(found, key=str.casefold)]
    assert sorted(values) == pytest.approx(sorted(expected))
    assert "&lt;b&gt;Neck&lt;/b&gt; &amp; more" in ticks
    assert "<b>Neck</b> & more" in page.locator("[data-plot] .ytick text").all_text_contents()

    at = ticks.index("Thorax")
    box = page.locator("[data-plot] .barlayer .point").nth(at).bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.wait_for_selector("[data-plot] .hovertext")
    page.mouse.click(*middle)
    page.wait_for_url("**/ct/?behind=**")
    page.wait_for_selector("#count:has-text('8 of 24 studies')")


def test_legend_table_and_keyboard(page):
    store_ct()
    show(page, "ct", "ct-study-dlp", average="median", per_system="yes")
    series = page.locator("[data-series]")

    def drawn():
        return page.evaluate(
            "[...document.querySelector('[data-plot]').data].map((trace) => trace.visible)"
        )

    series.first.click()
    assert drawn() == [False, True]
    series.first.press("Enter")
    assert drawn() == [True, True]
    series.first.dblclick()
    assert drawn() == [True, False]
    series.first.dblclick()
    assert drawn() == [True, True]

    page.locator("[data-sort='2']").press("Enter")
    counts = page.locator(".sortable tbody td:nth-child(3)").all_inner_texts()
    assert counts == sorted(counts, key=int, reverse=True)
    assert page.locator("th[aria-sort=descending]").count() == 1
    page.locator(".sortable tbody th a").first.press("Enter")
    page.wait_for_url("**/ct/?behind=**")


def test_pictures_and_tables_are_downloaded(page):
    store_ct()
    show(page, "ct", "ct-study-dlp", average="median")
    starts = {"svg": b"<svg", "png": b"\x89PNG"}

    for kind, start in starts.items():
        page.click("[popovertarget=c1-more]")
        with page.expect_download() as waiting:
            page.click(f"[data-picture={kind}]")
        assert waiting.value.suggested_filename == f"ct-study-dlp.{kind}"
        assert waiting.value.path().read_bytes().startswith(start)

    page.click("[popovertarget=c1-more]")
    with page.expect_download() as waiting:
        page.click("text=Table, CSV")
    assert waiting.value.suggested_filename == "ct-study-dlp.csv"


def test_light_and_dark_follow_the_switch(page):
    store_ct()
    page.emulate_media(color_scheme="light")
    show(page, "ct", "ct-study-dlp", average="median")
    bar = page.locator("[data-plot] .barlayer .point path").first

    light = bar.get_attribute("style")
    page.click("[popovertarget=me]")
    page.click("label:has-text('Dark')")
    page.wait_for_selector(f"[data-plot] .barlayer .point path:not([style='{light}'])")

    assert bar.get_attribute("style") != light


def test_a_chart_that_fails_says_so_and_is_asked_for_again(page):
    store_ct()
    page.route("**/ct-study-dlp/*", lambda route: route.fulfill(status=500, body="no"))
    page.goto("/charts/ct/?charts=ct-study-dlp,ct-study-frequency&average=median")
    page.wait_for_selector("#c1 .banner:has-text('could not be drawn')")
    page.wait_for_selector("#c2 [data-drawn]")

    page.unroute("**/ct-study-dlp/*")
    page.click("#c1 [data-again]")

    page.wait_for_selector("#c1 [data-drawn]")


def test_charts_may_be_stopped_at_work_and_while_they_wait(page):
    store_ct()
    page.route("**/ct-study-dlp/*", lambda route: None)
    page.goto("/charts/ct/?charts=ct-study-dlp,ct-study-frequency,ct-study-workload&average=median")
    page.wait_for_selector("#c1 .htmx-request")

    page.click("#c2 [data-stop]")
    page.click("#c1 [data-stop]")

    page.wait_for_selector("#c3 [data-drawn]")
    assert page.locator(".banner:has-text('You stopped it.')").count() == 2
    page.click("#c2 [data-again]")
    page.wait_for_selector("#c2 [data-drawn]")


def test_options_are_chosen_and_charts_found_by_name(page):
    store_ct()
    show(page, "ct", "ct-study-dlp", average="median")

    page.click("[popovertarget=chart-chooser]")
    page.fill("#chart-find", "study descr freq")
    assert page.locator("[data-row]:visible").count() == 1
    page.check("[data-row]:visible input[value=ct-study-frequency]")
    page.click("text=Draw these")
    page.wait_for_selector("#c2")
    page.click(".chart-bar label:has-text('Mean')")

    page.wait_for_url("**average=median%2Cmean**")
    page.wait_for_selector("#c3")
    assert page.locator("h2").all_inner_texts() == [
        "Frequency by study description", "DLP by study description", "DLP by study description",
    ]  # fmt: skip


def test_a_phone_has_one_chart_in_a_row_and_nothing_wider_than_it(page):
    store_ct()
    page.set_viewport_size({"width": 390, "height": 844})
    show(page, "ct", "ct-study-dlp", "ct-study-workload", average="median", per_row=4)

    boxes = [one.bounding_box() for one in page.locator(".chart").all()]
    assert len({box["x"] for box in boxes}) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
