"""Fixtures shared by all tests."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from pytest_django.live_server_helper import LiveServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

settings.register_profile("kerma", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("kerma")

CHROMIUM = Path("/usr/bin/chromium")
"""Debian's; Playwright's own download is not used."""

CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""No sandbox, because continuous integration runs as root; nothing that calls out."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Look once more where a browser did not answer in time; pytest names the tests it repeats.

    Two cores serve two browsers, a server and a database at once. Wrong content fails at once.
    """
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=["TimeoutError"]))


def pytest_runtest_setup() -> None:
    """Forget what another test saw in a database that is rolled back or emptied by now."""
    from kerma.store import known_texts

    known_texts.forget_seen()


def shared_data(folder: str) -> Path:
    """Return a folder of the shared objects of other makers; skips the test without them."""
    root = os.environ.get("KERMA_TEST_DATA", "")
    if not root or not (Path(root) / folder).is_dir():
        pytest.skip("KERMA_TEST_DATA does not name the folder of shared objects")
    return Path(root) / folder


@pytest.fixture(scope="session")
def shared_objects() -> Path:
    """Folder of real, anonymised objects of many makers."""
    return shared_data("dicom")


@pytest.fixture(scope="session")
def expected(shared_objects: Path) -> Callable[[str], Any]:
    """Read the facts about one shared object: `expected("CT-ESR-GE_Optima")`."""

    def read(name: str) -> Any:
        path = shared_objects / "expected" / f"{name.removesuffix('.dcm')}.json"
        return json.loads(path.read_text(encoding="utf-8"))

    return read


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Headless Chromium, started once; skips the test where the machine has none."""
    if not CHROMIUM.exists():
        pytest.skip("there is no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in this very thread
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield found
        found.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def live_page(browser: "Browser", live_server: LiveServer) -> "Iterator[Page]":
    """Open a fresh page whose addresses start at a running Kerma: `live_page.goto("/")`.

    The test fails where a script raises, or the page asks for what the content security policy
    forbids.
    """
    page = browser.new_page(base_url=live_server.url)
    faults = watch(page)
    yield page
    page.close()
    assert not faults, "\n".join(faults)


def watch(page: "Page") -> list[str]:
    """Return a list to which every fault of the page is added as it happens."""
    faults: list[str] = []

    def hear(said: "ConsoleMessage") -> None:
        if "Content Security Policy" in said.text:
            faults.append(said.text)

    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", hear)
    return faults
