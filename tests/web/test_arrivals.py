"""The log of arrivals on its page."""

import datetime as dt

import pytest

from kerma.pipeline import spool
from kerma.store.models import Arrival, Study
from tests.query.hospital import store
from tests.web.people import client_of

pytestmark = pytest.mark.django_db

NOW = dt.datetime.now(dt.UTC)


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.KERMA_HOME = tmp_path


def an_arrival(name: str, **more: object) -> Arrival:
    given = {
        "spool_name": name,
        "arrived_at": NOW,
        "came_by": "receive",
        "store": "KERMA",
        "caller": "CT1",
        "sop_instance_uid": f"sop-{name}",
        "decision": "imported",
    }
    return Arrival.objects.create(**(given | more))


@pytest.fixture
def log():
    an_arrival("one", station_name="CT-9", modality="SR", study_instance_uid="1.2.3")
    an_arrival("two", decision="ignored", reason="Model name meets “CR 85”.", caller="CR2")
    an_arrival("three", decision="refused", came_by="watch", store="/srv/drop", caller="")
    an_arrival("four", arrived_at=NOW - dt.timedelta(days=20), store="SECOND")


def get(query="", *groups):
    return client_of(*(groups or ("admin",))).get(f"/arrivals/{query}").content.decode()


def shown(page: str) -> set[str]:
    return {name for name in ("one", "two", "three", "four") if f"sop-{name}<" in page}


def test_an_empty_log_says_what_to_do():
    page = get()

    assert "Nothing arrived in the last 7 days" in page
    assert 'href="/configuration/watched/"' in page
    assert 'href="/configuration/watched/"' not in get("", "import-qr")


def test_every_row_says_what_became_of_the_object_and_why(log):
    page = get()

    assert "Ignored by a rule" in page
    assert "Model name meets “CR 85”." in page
    assert "CR2 to KERMA" in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"one", "two", "three"}),
        ("?days=30", {"one", "two", "three", "four"}),
        ("?days=all", {"one", "two", "three", "four"}),
        ("?decision=refused", {"three"}),
        ("?came_by=watch", {"three"}),
        ("?caller=cr", {"two"}),
        ("?station_name=ct-", {"one"}),
        ("?modality=SR", {"one"}),
        ("?store=second&days=all", {"four"}),
        ("?uid=sop-four", {"four"}),
        ("?uid=1.2.3", {"one"}),
        (f"?until={(NOW - dt.timedelta(days=10)).date()}", {"four"}),
        (f"?since={(NOW - dt.timedelta(days=10)).date()}", {"one", "two", "three"}),
        ("?since=nonsense&days=x&after=nonsense", {"one", "two", "three", "four"}),
        ("?days=99999999999999999999", {"one", "two", "three", "four"}),
        ("?since=2026-02-30", {"one", "two", "three", "four"}),
    ],
)
def test_the_filters_leave_out_the_rest(log, query, names):
    assert shown(get(query)) == names


def test_the_numbers_by_decision_are_those_of_the_filter(log):
    page = get("?caller=c&decision=ignored")

    assert "<b>1</b> Imported" in page
    assert "<b>1</b> Ignored by a rule" in page
    assert "In quarantine</a>" not in page.split("<table")[0]


def test_objects_in_the_spool_are_counted_as_waiting():
    spool.put([b"x"], "receive", "KERMA")

    assert "<b>1</b> Waiting in the spool" in get()


def test_a_row_leads_to_its_study_for_those_who_may_see_it(log):
    store("1.2.3", "CT")
    address = f'href="/study/{Study.objects.get().pk}/"'

    assert address in get("", "admin", "view")
    assert address not in get("", "admin")


def test_a_row_leads_to_the_quarantine_for_administrators(log):
    an_arrival("five", decision="refused", sop_instance_uid="", reason="This is no DICOM file.")

    page = get()
    assert 'href="/quarantine/?q=sop-three"' in page
    assert 'href="/quarantine/?begins=This+is+no+DICOM+file."' in page
    assert "/quarantine/?" not in get("", "import-qr")


def test_older_rows_follow_and_none_is_missed_or_repeated():
    for number in range(120):
        an_arrival(f"{number:03}", arrived_at=NOW - dt.timedelta(seconds=number // 7))
    client = client_of("admin")
    address, seen = "/arrivals/", []

    while address:
        page = client.get(address)
        seen += [line.row.spool_name for line in page.context["lines"]]
        address = page.context["next"] and f"/arrivals/{page.context['next']}"

    assert len(seen) == 120
    assert len(set(seen)) == 120
    moments = dict(Arrival.objects.values_list("spool_name", "arrived_at"))
    assert [moments[name] for name in seen] == sorted(moments.values(), reverse=True)


def test_the_first_page_renews_itself_and_later_ones_stand_still(log):
    client = client_of("admin")

    first = client.get("/arrivals/")
    later = client.get("/arrivals/?after=2026-01-01T00:00:00Z_7")

    assert b'hx-trigger="every 5s"' in first.content
    assert b'hx-trigger="every 5s"' not in later.content


def test_the_page_asks_the_database_a_fixed_number_of_times(log, django_assert_max_num_queries):
    client = client_of("admin", "view")
    for number in range(49):
        an_arrival(str(number), study_instance_uid=f"1.2.{number}")

    with django_assert_max_num_queries(10):
        client.get("/arrivals/?days=all")
