"""Systems and devices: names, modalities, review of what studies hold, failed imports."""

import pytest
from django.contrib.auth.models import User

from kerma.records import Totals
from kerma.store import options
from kerma.store.models import AuditEntry, Device, Study, System, UntrustedObserverModel
from kerma.web.pages.systems import study_counts
from tests.query.hospital import ct_event, exposure, store
from tests.web.people import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.KERMA_HOME = tmp_path


def ct(uid, room="CT 1", events=1):
    return store(uid, "CT", room=room, events=tuple(ct_event() for _ in range(events)),
                 totals=Totals(dlp_mgycm=5.0) if events else None)  # fmt: skip


def device(room):
    return Device.objects.get(station_name=room)


def page(client, address="/systems/"):
    return client.get(address).content.decode()


def edit(client, *rooms, **fields):
    chosen = [device(room).pk for room in rooms]
    return client.post("/systems/edit/", {"chosen": chosen, **fields}, follow=True)


def names():
    return sorted(System.objects.values_list("display_name", flat=True))


def test_devices_stand_under_each_modality_they_have_studies_of():
    ct("1")
    store("2", "RF", room="CT 1", events=(exposure(),))

    text = page(client_of("admin"))

    number = device("CT 1").pk
    assert f"/systems/device/{number}/ct/" in text
    assert f"/systems/device/{number}/rf/" in text


def test_people_who_browse_see_them_and_can_change_nothing():
    ct("1")

    text = page(client_of("view"))

    assert "City Hospital CT 1" in text
    assert "Give name" not in text


def test_words_find_devices_by_any_attribute():
    ct("1")
    ct("2", room="Annexe")

    text = page(client_of("admin"), "/systems/?q=acme+annexe")

    assert "City Hospital Annexe</a>" in text
    assert "City Hospital CT 1</a>" not in text


def test_several_devices_get_one_name_and_are_one_system():
    ct("1")
    ct("2", room="CT 2")
    ct("3", room="CT 3")

    edit(client_of("admin"), "CT 1", "CT 2", do="name", name="CT old wing")

    assert names() == ["CT old wing", "City Hospital CT 3"]
    assert Study.objects.filter(system__display_name="CT old wing").count() == 2


def test_no_name_is_refused_in_a_sentence():
    ct("1")

    answer = edit(client_of("admin"), "CT 1", do="name", name=" ")

    assert "at least one character" in answer.content.decode()
    assert names() == ["City Hospital CT 1"]


def test_choosing_nothing_is_said():
    answer = client_of("admin").post("/systems/edit/", {"do": "name", "name": "x"}, follow=True)

    assert "Choose one or more devices first" in answer.content.decode()


def test_a_dual_system_is_sorted_anew_by_content():
    fluoro = store("1", "DX", room="R", events=(exposure("Fluoroscopy"),),
                   totals=Totals(fluoro_time_s=10.0))  # fmt: skip
    plain = store("2", "DX", room="R", events=(exposure(),))
    client = client_of("admin")

    shown = edit(client, "R", do="modality", modality="Dual")
    assert "Sorting the studies" in shown.content.decode()
    client.post(shown.request["PATH_INFO"])

    assert Study.objects.get(pk=fluoro).modality == "RF"
    assert Study.objects.get(pk=plain).modality == "DX"


def test_sorting_goes_on_where_a_portion_stopped(monkeypatch):
    for number in range(3):
        store(f"1.{number}", "DX", room="R", events=(exposure(),))
    monkeypatch.setattr("kerma.web.pages.systems.SECONDS", -1.0)
    client = client_of("admin")
    address = f"/systems/{System.objects.get().pk}/sort/"

    text = client.post(address).content.decode()
    assert "1 of 3 done" in text
    assert 'name="after" value="1.0"' in text

    answers = [{"after": f"1.{n}", "done": n + 1, "total": 3} for n in range(3)]
    statuses = [client.post(address, answer).status_code for answer in answers]
    assert statuses == [200, 200, 302]


def test_an_unknown_modality_is_refused():
    ct("1")

    assert edit(client_of("admin"), "CT 1", do="modality", modality="XX").status_code == 400


def test_how_new_devices_are_named_is_kept_and_audited():
    client = client_of("admin")

    client.post("/systems/naming/", {"adopts": "on", "untrusted": "Fluorostar\n\n Ray 9 \n"})
    client.post("/systems/naming/", {"adopts": "on", "untrusted": "Ray 9"})

    assert options.get("adopt_display_names") is True
    assert list(UntrustedObserverModel.objects.values_list("model", flat=True)) == ["Ray 9"]
    assert AuditEntry.objects.filter(action="change setting").count() == 3


def test_a_review_counts_the_studies_and_says_what_they_hold():
    ct("1")
    ct("2", events=0)
    store("3", "RF", room="CT 1", events=(exposure(),))

    text = page(client_of("admin"), f"/systems/device/{device('CT 1').pk}/ct/")

    figures = text.split("Studies of this device")[1]
    assert '<dd class="value">3</dd>' in figures
    assert '<dd class="value">2</dd>' in figures
    assert '<dd class="value">1</dd>' in figures
    assert "No events" in text


def delete(client, room, modality="ct", **fields):
    address = f"/systems/device/{device(room).pk}/{modality}/delete/"
    return client.post(address, {"reason": "wrong room", **fields}, follow=True)


def test_deleting_asks_a_second_time():
    ct("1")

    answer = delete(client_of("admin"), "CT 1")

    assert "Really delete 1 study?" in answer.content.decode()
    assert Study.objects.count() == 1


def test_only_the_modality_shown_is_deleted_and_the_entry_stays_for_the_others():
    ct("1")
    rf = store("3", "RF", room="CT 1", events=(exposure(),))

    delete(client_of("admin"), "CT 1", sure="yes", and_device="on")

    assert [study.pk for study in Study.objects.all()] == [rf]
    assert Device.objects.filter(station_name="CT 1").exists()


@pytest.mark.parametrize(("keep", "left"), [("", 0), ("keep", 1)])
def test_the_entry_of_the_device_goes_or_stays_as_wanted(keep, left):
    ct("1")
    ct("2", room="CT 2")

    delete(client_of("admin"), "CT 1", sure="yes", **({} if keep else {"and_device": "on"}))

    assert Device.objects.filter(station_name="CT 1").count() == left
    assert Study.objects.get().station_name == "CT 2"
    assert AuditEntry.objects.filter(action="delete study", details__reason="wrong room").exists()


def test_deleting_without_a_reason_is_refused():
    ct("1")

    answer = delete(client_of("admin"), "CT 1", sure="yes", reason="")

    assert "the audit log needs it" in answer.content.decode()
    assert Study.objects.count() == 1


def test_studies_without_events_are_listed_by_modality_and_deleted():
    ct("1")
    ct("2", events=0)
    store("3", "RF", room="R", study_description="Empty run")
    client = client_of("admin")

    assert "2 studies" in page(client, "/systems/failed/")
    assert "Empty run" not in page(client, "/systems/failed/?modality=CT")
    client.post("/systems/failed/delete/", {"modality": "CT", "reason": "empty"})

    left = Study.objects.order_by("study_instance_uid").values_list("study_instance_uid", flat=True)
    assert list(left) == ["1", "3"]


def test_studies_are_counted_and_found_along_an_index(settings):
    if "sqlite" not in settings.DATABASES["default"]["ENGINE"]:
        pytest.skip("the words of a plan are those of SQLite")

    assert "COVERING INDEX study_by_device" in study_counts().explain()
    without_events = Study.objects.filter(number_of_events=0, modality="CT")
    assert "study_without_events" in without_events.order_by("-date_time").explain()


def test_the_page_of_systems_asks_the_database_a_fixed_number_of_times(
    django_assert_max_num_queries,
):
    client = client_of("admin")
    for number in range(10):
        ct(f"1.{number}", room=f"CT {number}")

    with django_assert_max_num_queries(11):
        client.get("/systems/")


def test_studies_are_linked_for_those_only_who_may_open_them():
    ct("1", events=0)
    study = f'href="/study/{Study.objects.get().pk}/"'

    for address in (f"/systems/device/{device('CT 1').pk}/ct/", "/systems/failed/"):
        assert study in page(client_of("admin", "view"), address)
        User.objects.all().delete()
        assert study not in page(client_of("admin"), address)
        User.objects.all().delete()


def test_a_device_without_dated_studies_has_no_latest_date():
    store("1", "CT", events=(ct_event(),), day="")

    assert "1 Jan 1<" not in page(client_of("admin"))
