import pytest

from tests.conftest import watch

pytestmark = pytest.mark.browser

INLINE_SCRIPT = """() => {
    const script = document.createElement("script");
    script.textContent = "window.wasRun = true";
    document.body.append(script);
    return window.wasRun === true;
}"""


def test_a_page_of_a_running_kerma_loads_its_files_from_kerma(live_page):
    answer = live_page.goto("/static/django_htmx/htmx-2.min.js")

    assert answer.status == 200
    assert "htmx" in answer.text()


def test_an_inline_script_is_blocked_and_noticed(browser, live_server):
    page = browser.new_page(base_url=live_server.url)
    faults = watch(page)
    page.goto("/there-is-no-such-page")

    was_run = page.evaluate(INLINE_SCRIPT)
    page.close()

    assert was_run is False
    assert "Content Security Policy" in faults[0]


def test_a_script_that_raises_is_noticed(browser, live_server):
    page = browser.new_page(base_url=live_server.url)
    faults = watch(page)
    page.goto("/there-is-no-such-page")

    page.evaluate("() => { setTimeout(() => { throw new Error('broken'); }) }")
    page.wait_for_timeout(200)
    page.close()

    assert faults == ["broken"]
