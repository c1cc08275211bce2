"""The lists: rows, filters in the address, order, pages, columns, marks."""

import re

import pytest

from kerma.query.columns import COLUMNS
from kerma.records import Totals
from tests.query.hospital import store
from tests.web.people import client_of

pytestmark = pytest.mark.django_db

ROWS = re.compile(r'<a class="main" href="/study/\d+/[^"]*">([^<]+)</a>')


def rows(client, address):
    return ROWS.findall(client.get(address).content.decode())


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/ct/", ["Constancy", "CAVITÉ CRÂNIENNE", "Thorax low dose"]),
        ("/ct/?order=-dlp", ["CAVITÉ CRÂNIENNE", "Thorax low dose", "Constancy"]),
        ("/ct/?study_description=thorax", ["Thorax low dose"]),
        ("/ct/?date_from=2026-03-05&test_data=exclude", ["CAVITÉ CRÂNIENNE"]),
        ("/rf/?dap_min=20000", ["PCI"]),
        ("/dx/?acquisition_dap_max=10", ["Chest PA"]),
        ("/mg/?thickness_min=40", ["Assessment"]),
        ("/nm/?radionuclide=fluorine", ["PET body"]),
        ("/nm/?radionuclide=iodine", []),
    ],
)
def test_the_address_tells_what_is_listed(hospital, address, expected):
    assert rows(client_of("view"), address) == expected


@pytest.mark.parametrize("modality", COLUMNS)
def test_any_column_orders_the_list(hospital, modality):
    client = client_of("view", "pid")

    for column in COLUMNS[modality]:
        for order in (column.name, f"-{column.name}"):
            page = client.get(f"/{modality.lower()}/?order={order}&columns={column.name}")
            assert page.status_code == 200
            assert 'aria-sort="' in page.content.decode()


def test_numbers_of_ct_events_are_shown_by_type(hospital):
    page = client_of("view").get("/ct/?study_description=low").content.decode()

    assert "1·0·0·1" in page
    assert "Spiral 1, sequenced 0, stationary 0, localiser 1" in page


def test_studies_over_an_alert_level_are_marked_in_words_too(hospital):
    page = client_of("view").get("/rf/").content.decode()

    assert page.count('<tr class="over">') == 1
    assert 'aria-label="Over level"' in page
    assert "125\u202f%" in page  # 2.5 Gy of 2 Gy; DAP 25 000 of 20 000


def test_a_wrong_filter_is_explained(hospital):
    page = client_of("view").get("/ct/?colour=red")

    assert page.status_code == 400
    assert b"There is no filter" in page.content
    assert b"study_description" in page.content


def test_empty_boxes_of_the_form_leave_the_address(hospital):
    page = client_of("view").get("/ct/?dlp_min=&study_description=low")

    assert page["Location"] == "/ct/?study_description=low"


def test_a_filter_in_use_is_a_chip_that_can_be_removed(hospital):
    page = client_of("view").get("/ct/?dlp_min=30&dlp_max=200&spiral=some").content.decode()

    assert "<b>30 to 200 mGy·cm</b>" in page
    assert 'href="/ct/?spiral=some" aria-label="Remove filter DLP"' in page


def test_nothing_found_invites_to_the_next_step(hospital):
    assert b"No studies match" in client_of("view").get("/ct/?dlp_min=99999").content


def test_an_empty_list_says_how_to_fill_it(db):
    page = client_of("view").get("/mg/").content

    assert b"No Mammography studies yet" in page
    assert b"kerma import FOLDER" in page


@pytest.fixture
def thirty(db):
    for n in range(30):
        store(f"s{n}", "CT", day=f"2026-03-{n + 1:02}", study_description=f"No {n}",
              totals=Totals(dlp_mgycm=float(n)))  # fmt: skip


def test_pages_and_their_length(thirty):
    client = client_of("view")

    assert len(rows(client, "/ct/")) == 25
    assert rows(client, "/ct/?page=2") == ["No 4", "No 3", "No 2", "No 1", "No 0"]
    assert len(rows(client, "/ct/?size=50")) == 30
    client.post("/options/ct/", {"size": "50"})
    assert len(rows(client, "/ct/")) == 30


def test_the_count_and_the_pages_come_afterwards(thirty):
    part = client_of("view").get("/ct/count/?dlp_min=3&page=2").content.decode()

    assert "27 of 30 studies" in part
    assert '<a href="/ct/?dlp_min=3&amp;page=1">1</a>' in part
    assert '<span aria-current="page">2</span>' in part


def test_the_foot_shows_the_median_under_its_column(thirty):
    """0 … 29: median 14.5, quartiles 7.25 and 21.75."""
    foot = client_of("view").get("/ct/statistics/").content.decode()

    assert "14.5" in foot
    assert "(7.25–21.75)" in foot


def test_the_foot_says_when_it_is_of_the_newest_alone(thirty, monkeypatch):
    monkeypatch.setattr("kerma.query.pages.MOST_READ", 29)
    client = client_of("view")

    assert "Median of the newest 20\u202f000" in client.get("/ct/statistics/").content.decode()
    assert "Median of the filter" in client.get("/ct/statistics/?dlp_min=1").content.decode()


def test_chosen_columns_are_kept_and_given_up_again(hospital):
    client = client_of("view")
    chosen = {"choose": "columns", "columns": ["dlp", "manufacturer"], "next": "/ct/"}

    client.post("/options/ct/", chosen)
    heads = re.findall(r'<th scope="col".*?</th>', client.get("/ct/").content.decode())
    assert len(heads) == 3  # the study's name always stays
    assert "Manufacturer" in client.get("/ct/").content.decode()

    client.post("/options/ct/", chosen | {"reset": "yes"})
    assert 'aria-sort="descending"' in client.get("/ct/").content.decode()


def test_suggestions_show_how_often(hospital):
    part = client_of("view").get("/ct/suggest/?filter=study_description&study_description=THOR")

    assert b"Thorax low dose" in part.content
    assert b'<span class="muted">1</span>' in part.content


def test_text_of_objects_is_escaped(db):
    store("x", "CT", study_description="<script>alert(1)</script>", room='"><img src=x>')

    page = client_of("view").get("/ct/").content

    assert b"<script>alert" not in page
    assert b"<img src=x>" not in page
    assert b"&lt;script&gt;" in page


def test_a_list_costs_the_same_queries_for_few_and_many_rows(thirty, django_assert_max_num_queries):
    client = client_of("view")

    for address in ("/ct/", "/ct/?size=50", "/ct/?study_description=no&dlp_min=1&order=-dlp"):
        with django_assert_max_num_queries(10):
            client.get(address)


def test_the_foot_stands_under_its_columns_where_some_leave_on_a_narrow_screen(hospital):
    client = client_of("view")
    for modality in ("ct", "rf", "dx", "mg", "nm"):
        page = client.get(f"/{modality}/").content.decode()
        foot = client.get(f"/{modality}/statistics/").content.decode()
        head = page.split("<thead>")[1].split("</thead>")[0]
        leaving = [("p2" in tag) * 2 + ("p3" in tag) for tag in re.findall(r"<th[^>]*>", head)]
        spanned = int(re.findall(r'colspan="(\d+)"', foot)[0])
        cells = [("p2" in tag) * 2 + ("p3" in tag) for tag in re.findall(r"<td[^>]*>", foot)]

        assert leaving == [0] * spanned + cells
        assert re.findall(r'<tfoot.*?colspan="(\d+)"', page, re.DOTALL) == [str(spanned)]
