"""The audit log: who saw, searched, logged in and changed what, without a word about patients."""

import csv
import datetime as dt
import io

import pytest
from django.contrib.auth.models import User
from django.test import Client

from kerma.pipeline.tidy import tidy
from kerma.store import audit, options
from kerma.store.models import AuditEntry, Study
from tests.web.people import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_remembered():
    audit._seen.clear()


def entries(action):
    return list(AuditEntry.objects.filter(action=action).order_by("pk"))


def test_who_saw_a_study_is_written_once_an_hour(hospital):
    client = client_of("view")
    number = Study.objects.get(study_instance_uid="ct-thorax").pk

    for _ in range(3):
        client.get(f"/study/{number}/")

    (entry,) = entries("see study")
    assert entry.user_name == "user-view"
    assert entry.details == {"study": number, "modality": "CT"}


def test_each_user_each_study_and_each_hour_is_an_entry(hospital, monkeypatch):
    first, second = Study.objects.order_by("pk")[:2]
    one, other = client_of("view"), client_of("view", "pid")

    one.get(f"/study/{first.pk}/")
    one.get(f"/study/{second.pk}/")
    other.get(f"/study/{first.pk}/")
    later = audit.time.time() + 3600
    monkeypatch.setattr(audit.time, "time", lambda: later)
    one.get(f"/study/{first.pk}/")

    assert len(entries("see study")) == 4


def test_a_page_seen_again_costs_no_statement_for_the_audit(hospital, django_assert_num_queries):
    user = User.objects.create_user("ada")
    audit.write_once(user, "see study", study=1)

    with django_assert_num_queries(0):
        audit.write_once(user, "see study", study=1)


def test_a_search_for_a_patient_is_written_without_whom(hospital):
    client = client_of("view", "pid")

    client.get("/ct/?patient_name=byron&patient_id=00042")
    client.get("/search/?q=00042")

    by_list, by_box = entries("search patients")
    assert by_list.details == {"by": ["patient id", "patient name"], "modality": "CT"}
    assert by_box.details == {"by": ["search box"]}
    everything = str(list(AuditEntry.objects.values())).lower()
    assert "byron" not in everything
    assert "00042" not in everything


def test_a_list_without_patients_is_no_search_for_one(hospital):
    client_of("view", "pid").get("/ct/?study_description=low")

    assert entries("search patients") == []


def test_logging_in_and_out_and_failing_to_are_written(client):
    User.objects.create_user("ada", password="engine")

    client.post("/login/", {"username": "ada", "password": "wrong"})
    client.post("/login/", {"username": "ada", "password": "engine"})
    client.post("/logout/")

    found = list(AuditEntry.objects.order_by("pk").values_list("action", "user_name"))
    assert found == [("fail to log in", "ada"), ("log in", "ada"), ("log out", "ada")]
    assert entries("log in")[0].details == {"address": "127.0.0.1"}


def test_a_name_that_is_none_is_not_written_for_it_may_be_a_password(client):
    User.objects.create_user("ada", password="engine")

    client.post("/login/", {"username": "engine", "password": ""})

    (entry,) = AuditEntry.objects.all()
    assert entry.user_name == "stranger"
    assert "engine" not in str(entry.details)


def written(days_ago, **values):
    entry = AuditEntry.objects.create(**{"user_name": "ada", "action": "rename"} | values)
    at = dt.datetime.now(dt.UTC) - dt.timedelta(days=days_ago)
    AuditEntry.objects.filter(pk=entry.pk).update(at=at)
    return at


def lines(answer):
    text = b"".join(answer.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_entries_are_found_by_action_user_and_day():
    client = client_of("admin")
    day = f"{written(10, details={'display_name': 'Room 10'}):%Y-%m-%d}"
    written(5, details={"display_name": "Room 5"})
    written(10, user_name="bob", details={"display_name": "Room of Bob"})

    address = f"/audit/?action=rename&user_name=ada&since={day}&until={day}"
    page = client.get(address).content.decode()

    assert "Room 10" in page
    assert "Room 5" not in page
    assert "Room of Bob" not in page


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "9999-12-31"])
def test_a_day_that_is_none_is_no_filter_and_no_fault(day):
    written(1, details={"display_name": "Room 1"})

    page = client_of("admin").get(f"/audit/?until={day}")

    assert page.status_code == 200
    assert b"Room 1" in page.content


def test_the_download_holds_what_the_filter_meets_and_is_written_itself():
    client = client_of("admin")
    written(1, details={"display_name": "=1+1"})
    written(1, action="delete study")

    found = lines(client.get("/audit/download/?action=rename"))

    assert [line["action"] for line in found] == ["rename"]
    assert found[0]["details"] == "display name: =1+1"
    assert entries("download audit log")[0].details == {"of": ["rename"]}


def test_a_spreadsheet_takes_no_cell_for_a_formula():
    written(1, user_name="=HYPERLINK()")

    (line,) = lines(client_of("admin").get("/audit/download/?action=rename"))

    assert line["user"] == "'=HYPERLINK()"


def test_entries_go_after_the_days_chosen_and_stay_where_none_were():
    written(400)
    written(300)
    assert tidy().audited == 0

    client_of("admin").post("/audit/keep/", {"audit_days": 365})

    assert options.get("audit_days") == 365
    assert tidy().audited == 1
    assert len(entries("rename")) == 1


def test_strangers_read_nothing():
    written(1)
    client_of("admin")

    assert Client().get("/audit/download/").status_code == 302
