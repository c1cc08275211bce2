"""The pages of schedules: the grid of hours, the preview in words, switching, running, history."""

import re

import pytest

from kerma.net.schedule import hours as week
from kerma.net.wanted import Wanted
from kerma.store.models import AuditEntry, LocalStore, Query, RemoteNode, Schedule
from tests.web.people import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return client_of("import-qr")


@pytest.fixture
def node(db):
    return RemoteNode.objects.create(name="PACS", ae_title="PACS", address="192.0.2.1")


@pytest.fixture
def store(db):
    return LocalStore.objects.create(name="Kerma", ae_title="KERMA", port=11112)


@pytest.fixture
def nightly(node, store):
    return Schedule.objects.create(
        name="Nightly", node=node, store=store, hours=week.night(),
        wanted=Wanted(modalities=("CT",), station_include=("CT1",)).as_json(),
    )  # fmt: skip


def text(answer):
    return answer.content.decode()


def given(node, store, **changed):
    """Return a form as a browser sends it: one hour of Monday, another of Sunday."""
    form = {
        "name": "Nightly", "enabled": "on", "node": node.pk, "store": store.pk,
        "modalities": ["CT", "DX"], "every_min": "30", "overlap_h": "12", "first_days": "3",
        "hours": ["2", "167"], "ignore_stored": "on",
    }  # fmt: skip
    return form | changed


def boxes(page):
    """Return the numbers of the hours that are ticked."""
    return [int(n) for n in re.findall(r'name="hours" value="(\d+)"[^>]* checked', page)]


def test_a_schedule_is_added_with_its_hours_and_what_it_asks(client, node, store):
    answer = client.post("/schedules/add/", given(node, store))

    assert answer["Location"] == "/schedules/"
    schedule = Schedule.objects.get()
    assert [n for n, is_on in enumerate(schedule.hours) if is_on] == [2, 167]
    assert (schedule.every_min, schedule.overlap_h, schedule.first_days) == (30, 12, 3)
    assert Wanted.of(schedule.wanted) == Wanted(modalities=("CT", "DX"))
    assert AuditEntry.objects.get().action == "add schedule"


def test_the_grid_is_a_table_of_real_boxes_each_with_its_day_and_hour(client, nightly):
    page = text(client.get(f"/schedules/{nightly.pk}/"))

    assert page.count('name="hours"') == 168
    assert boxes(page) == [n for n, is_on in enumerate(week.night()) if is_on]
    for label in ("Monday, 0 to 1 h", "Sunday, 23 to 24 h"):
        assert f'aria-label="{label}"' in page
    assert page.count('scope="row" role="rowheader"') == 7


@pytest.mark.parametrize("preset", week.PRESETS)
def test_a_ready_made_week_fills_the_grid_without_a_script_and_saves_nothing(
    client, node, store, preset
):
    page = text(client.post("/schedules/add/", given(node, store, preset=preset, name="")))

    assert boxes(page) == [n for n, is_on in enumerate(week.PRESETS[preset][1]()) if is_on]
    assert not Schedule.objects.exists()


def test_the_page_says_in_words_when_it_runs_next_and_for_which_days(client, node, store):
    form = given(node, store, hours=[str(n) for n in range(168)])

    page = text(client.post("/schedules/preview/", form))

    assert "Runs at any hour. The next run is now." in page
    assert re.search(r"It then asks for studies from \w{3} \d+ \w{3} \d{4} to \w{3} \d+", page)
    assert "It never runs" in text(client.post("/schedules/preview/", form | {"hours": []}))
    assert "cannot be used" in text(client.post("/schedules/preview/", form | {"every_min": "x"}))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"name": ""}, "This field is required."),
        ({"every_min": "4"}, "greater than or equal to 5"),
        ({"overlap_h": "-1"}, "greater than or equal to 0"),
        ({"modalities": []}, "Choose at least one modality."),
        ({"store": ""}, "choose the store it sends to"),
        ({"hours": ["168"]}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_used_is_told_and_not_saved(client, node, store, changed, reason):
    page = text(client.post("/schedules/add/", given(node, store) | changed))

    assert reason in page
    assert not Schedule.objects.exists()


def test_two_schedules_do_not_share_a_name(client, node, store, nightly):
    page = text(client.post("/schedules/add/", given(node, store, name="NIGHTLY")))

    assert "This name is taken." in page


def test_a_schedule_is_changed_where_it_stands(client, node, store, nightly):
    page = text(client.get(f"/schedules/{nightly.pk}/"))
    assert 'name="station_include" value="CT1"' in page

    client.post(f"/schedules/{nightly.pk}/", given(node, store, name="Weekly"))

    nightly.refresh_from_db()
    assert (nightly.name, sum(nightly.hours)) == ("Weekly", 2)


def test_a_schedule_is_switched_off_and_on(client, nightly):
    client.post(f"/schedules/{nightly.pk}/act/", {"do": "off"})
    assert "Switched off" in text(client.get("/schedules/"))

    client.post(f"/schedules/{nightly.pk}/act/", {"do": "on"})

    nightly.refresh_from_db()
    assert nightly.enabled
    switched = AuditEntry.objects.order_by("pk").values_list("details__switched", flat=True)
    assert list(switched) == ["off", "on"]


def test_run_now_leads_to_the_query_and_is_refused_while_it_is_under_way(client, nightly):
    address = f"/schedules/{nightly.pk}/act/"

    first = client.post(address, {"do": "run"})

    assert first["Location"] == f"/queries/{Query.objects.get().pk}/"
    second = client.post(address, {"do": "run"}, follow=True)
    assert "The previous run of Nightly is still under way." in text(second)


def test_a_schedule_without_its_store_says_so_and_does_not_run(client, nightly, store):
    store.delete()

    assert "No store to retrieve to" in text(client.get("/schedules/"))
    answer = client.post(f"/schedules/{nightly.pk}/act/", {"do": "run"}, follow=True)
    assert "The store it retrieves to is deleted." in text(answer)


def test_the_history_of_runs_stays_when_the_schedule_is_deleted(client, nightly):
    client.post(f"/schedules/{nightly.pk}/act/", {"do": "run"})
    query = Query.objects.get()
    assert f'href="/queries/{query.pk}/"' in text(client.get(f"/schedules/{nightly.pk}/"))
    assert "Its 1 query stays in the summary" in text(
        client.get(f"/schedules/{nightly.pk}/delete/")
    )

    client.post(f"/schedules/{nightly.pk}/act/", {"do": "delete"})

    query.refresh_from_db()
    assert query.schedule is None


def test_without_schedules_the_page_says_what_to_do(client, node):
    assert "No schedule yet" in text(client.get("/schedules/"))


def test_without_nodes_the_page_says_what_to_do(client):
    assert "There is no node to ask" in text(client.get("/schedules/"))
