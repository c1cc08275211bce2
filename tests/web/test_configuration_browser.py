"""Upload, sizes and settings in a real browser, by mouse and by keyboard."""

import pytest

from kerma.dicom.write import to_bytes
from kerma.store.models import IdentityPolicy, Study, System
from tests.dicom.objects import report
from tests.query.hospital import store
from tests.web.people import sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def page(live_page, live_server, settings, tmp_path):
    settings.KERMA_HOME = tmp_path
    sign_in(live_page, live_server.url)
    live_page.goto("/")
    return live_page


def test_files_chosen_are_sent_at_once_and_their_outcomes_listed(page):
    good = to_bytes(report(Manufacturer="ACME", StudyDate="20260102"))
    page.goto("/upload/")

    page.set_input_files("#files", [
        {"name": "good.dcm", "mimeType": "application/dicom", "buffer": good},
        {"name": "letter.txt", "mimeType": "text/plain", "buffer": b"hello"},
    ])  # fmt: skip

    page.wait_for_selector("text=new study: 1, refused: 1")
    page.click("tbody tr:has-text('good.dcm') a")
    page.wait_for_url(f"**/study/{Study.objects.get().pk}/")


def test_files_dropped_are_sent(page):
    page.goto("/upload/")
    transfer = page.evaluate_handle(
        """() => {
            const transfer = new DataTransfer();
            transfer.items.add(new File(["hello"], "letter.txt"));
            return transfer;
        }"""
    )

    page.dispatch_event("[data-upload]", "drop", {"dataTransfer": transfer})

    page.wait_for_selector("tr:has-text('letter.txt') >> text=This is no DICOM file.")


def test_a_long_size_import_goes_on_by_itself(page, monkeypatch):
    monkeypatch.setattr("kerma.web.pages.size_import.SECONDS", 0)
    store("1.2", "CT", accession_number="A120")
    rows = "".join(f"A{n};170;80\n" for n in range(130))
    page.goto("/sizes/")
    page.set_input_files("#list", {
        "name": "list.csv", "mimeType": "text/csv", "buffer": f"acc;height;weight\n{rows}".encode(),
    })  # fmt: skip
    page.click("text=Upload and choose columns")

    page.click("button:text-is('Import')")

    page.wait_for_selector(".state.ok:has-text('Done')")
    assert Study.objects.get().height_m == 1.70


def test_a_changed_setting_is_marked_and_counted_until_it_is_saved(page):
    page.goto("/configuration/privacy/")

    page.click("fieldset[aria-labelledby='l-name'] label:has-text('Store a hash')")
    assert page.inner_text("[data-changes]") == "1 change not saved"
    assert page.locator(".setting.changed").count() == 1
    page.click("text=Discard")
    page.wait_for_selector("text=Changes apply to what arrives from now on.")

    page.focus("fieldset[aria-labelledby='l-name'] input:checked")
    page.keyboard.press("ArrowLeft")
    page.click("text=Save changes")

    page.wait_for_selector("text=Saved.")
    assert IdentityPolicy.objects.get().name == "hash"


def test_ticking_the_head_chooses_all_devices_to_rename(page):
    store("1.2", "CT", room="CT 1")
    store("1.3", "CT", room="CT 2")
    page.goto("/systems/")

    page.check("[data-pick-all]")
    assert page.inner_text("[data-picked]") == "2"
    page.fill("#name", "CT centre")
    page.click("text=Give name")

    page.wait_for_selector("text=2 devices named “CT centre”")
    assert [system.display_name for system in System.objects.all()] == ["CT centre"]


def test_work_on_many_studies_goes_on_by_itself(page, monkeypatch):
    monkeypatch.setattr("kerma.web.work.SECONDS", -1.0)
    for number in range(3):
        store(f"1.{number}", "CT", room="CT 1")
    page.goto("/systems/failed/")
    page.fill("[name=reason]", "empty")

    page.click("button:has-text('Delete 3 studies')")

    page.wait_for_selector("text=3 studies without events deleted.")
    assert not Study.objects.exists()


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize(
    "address",
    ["/upload/", "/systems/", "/quarantine/", "/sizes/", "/configuration/", "/users/", "/audit/",
     "/configuration/privacy/", "/configuration/test-data/", "/configuration/retention/"],
)  # fmt: skip
def test_no_page_is_wider_than_the_screen(page, address, width):
    store("1.2", "CT", room="A station with a name that is far longer than any column is wide")
    page.set_viewport_size({"width": width, "height": 844})

    page.goto(address)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
