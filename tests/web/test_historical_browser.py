"""A study of the past is typed by keyboard alone, and a list is imported, in a browser."""

import pytest

from kerma.store.models import HistoricalDoses, Study
from tests.pipeline.test_historical import LIST
from tests.web.people import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.KERMA_HOME = tmp_path
    return tmp_path


def test_a_study_is_typed_looked_at_and_stored(live_page, live_server):
    sign_in(live_page, live_server.url, "import-size", "view")
    live_page.goto("/doses/enter/")
    for name, text in {
        "study_date": "2004-03-01", "study_time": "09:30", "model": "Old 4",
        "scan-0-protocol": "Thorax", "scan-0-ctdivol_mgy": "8,0", "scan-0-dlp_mgycm": "240",
    }.items():  # fmt: skip
        live_page.fill(f"[name={name}]", text)
    live_page.get_by_role("button", name="Add a row").press("Enter")
    live_page.fill("[name=scan-1-dlp_mgycm]", "60")
    live_page.fill("[name=total_dlp_mgycm]", "300")
    live_page.press("[name=total_dlp_mgycm]", "Enter")

    live_page.get_by_text("2 acquisitions, sum of DLP 300").wait_for()
    assert not Study.objects.exists()
    live_page.get_by_role("button", name="Store").press("Enter")

    live_page.get_by_text("The study is stored.").wait_for()
    assert Study.objects.get().dlp_mgycm == 300


def test_a_list_is_uploaded_looked_at_and_imported(live_page, live_server, tmp_path):
    sign_in(live_page, live_server.url, "admin")
    path = tmp_path / "log book.csv"
    path.write_text(LIST)
    live_page.goto("/doses/")
    live_page.set_input_files("[name=list]", path)
    live_page.get_by_role("button", name="Upload and look at it").click()

    live_page.get_by_text("2 studies would be stored").wait_for()
    live_page.get_by_role("button", name="Import", exact=True).click()

    live_page.get_by_role("button", name="Undo this import").wait_for()
    assert HistoricalDoses.objects.get().studies == 2
