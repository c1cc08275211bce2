"""The page of objects that could not be used."""

import pytest

from kerma.errors import CutShort, NotDicom
from kerma.store import quarantine
from kerma.store.models import AuditEntry, Quarantine
from tests.web.people import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.KERMA_HOME = tmp_path
    return tmp_path


@pytest.fixture
def held():
    quarantine.put(b"one", NotDicom("This is no DICOM file."), came_by="upload", origin="one.txt")
    quarantine.put(b"two", CutShort("Cut short at byte 1386."), came_by="import", origin="two.dcm")
    quarantine.put(b"six", CutShort("Cut short at byte 99."), came_by="import", origin="six.dcm")
    return list(Quarantine.objects.order_by("pk"))


def get(query=""):
    return client_of("admin").get(f"/quarantine/{query}").content.decode()


def act(do, **fields):
    return client_of("admin").post("/quarantine/act/", {"do": do, **fields}, follow=True)


def test_an_empty_quarantine_says_so():
    assert "The quarantine is empty" in get()


def test_reasons_are_grouped_whatever_the_numbers_in_them(held):
    page = get()

    assert "Cut short at byte …" in page
    assert 'href="?begins=Cut+short+at+byte+"' in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?begins=Cut+short", {"two.dcm", "six.dcm"}),
        ("?came_by=upload", {"one.txt"}),
        ("?q=byte+99", {"six.dcm"}),
        ("?q=TWO.DCM", {"two.dcm"}),
        ("?q=nothing", set()),
    ],
)
def test_the_filters_leave_out_the_rest(held, query, shown):
    page = get(query)

    assert {name for name in ("one.txt", "two.dcm", "six.dcm") if name in page} == shown


def test_an_object_that_still_cannot_be_used_stays(held):
    page = act("retry", chosen=[held[0].pk], which="chosen")

    assert "0 of 1 object could be used." in page.content.decode()
    assert Quarantine.objects.count() == 3
    assert AuditEntry.objects.get().details == {"objects": 1, "used": 0}


def test_deleting_asks_a_second_time(held):
    page = act("delete", which="all").content.decode()

    assert "Really delete 3 objects?" in page
    assert Quarantine.objects.count() == 3


def test_those_chosen_are_deleted_with_their_copies(held, home):
    act("delete", chosen=[held[0].pk, held[1].pk], which="chosen", sure="yes")

    assert [entry.origin for entry in Quarantine.objects.all()] == ["six.dcm"]
    assert len(list((home / "quarantine").iterdir())) == 1


def test_all_of_the_filter_are_deleted_and_no_others(held):
    act("delete", which="all", begins="Cut short", sure="yes")

    assert [entry.origin for entry in Quarantine.objects.all()] == ["one.txt"]


def test_nothing_chosen_deletes_nothing(held):
    page = act("delete", which="chosen", sure="")

    assert "Choose one or more objects first" in page.content.decode()
    assert Quarantine.objects.count() == 3


def test_long_work_is_done_in_portions_that_go_on(held, monkeypatch):
    monkeypatch.setattr("kerma.web.work.SECONDS", -1.0)
    client = client_of("admin")

    first = client.post("/quarantine/act/", {"do": "delete", "which": "all", "sure": "yes"})
    assert (first.status_code, Quarantine.objects.count()) == (200, 2)
    assert "1 of 3 done" in first.content.decode()

    step = {
        "do": "delete",
        "which": "all",
        "sure": "yes",
        "after": held[0].pk,
        "done": 1,
        "total": 3,
    }
    part = client.post("/quarantine/act/", step, headers={"HX-Request": "true"})
    assert part.content.decode().lstrip().startswith("<form")
    assert Quarantine.objects.count() == 1


def test_the_page_asks_the_database_a_fixed_number_of_times(held, django_assert_max_num_queries):
    client = client_of("admin")
    with django_assert_max_num_queries(12):
        client.get("/quarantine/")
    for number in range(40):
        quarantine.put(b"x%d" % number, NotDicom("No."), origin=str(number))

    with django_assert_max_num_queries(12):
        client.get("/quarantine/")
