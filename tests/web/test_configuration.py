"""The configuration: search, policies, patterns, audit."""

import re

import pytest
from django.urls import reverse

from kerma.records import Patient
from kerma.store import options
from kerma.store.models import AuditEntry, IdentityPolicy, NotPatientPattern, Study
from kerma.web import configuration
from kerma.web.access import GROUPS
from tests.query.hospital import store
from tests.web.configuration_roles import CONFIGURATION
from tests.web.people import client_of
from tests.web.test_frame import INLINE

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return client_of("admin")


def text(answer):
    return answer.content.decode()


PAGES = [page for section in configuration.SECTIONS for page in section.pages]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.view)
def test_every_page_of_the_side_menu_opens_and_is_marked(page):
    answer = client_of(*GROUPS).get(reverse(page.view))

    assert answer.status_code == 200
    assert f'<a href="{page.address}" aria-current="page">{page.label}' in text(answer)


@pytest.mark.parametrize("group", GROUPS)
def test_the_side_menu_and_the_pages_agree_on_who_may(group):
    client = client_of(group)

    for page in PAGES:
        assert (client.get(page.address).status_code == 200) == (group in page.groups)


SHOWN = sorted(address for address, _ in CONFIGURATION.values() if not address.startswith("POST"))


@pytest.mark.parametrize("address", SHOWN)
def test_no_page_has_inline_code_and_what_it_points_to_is_there(client, address):
    number = store("1.2", "CT")

    page = text(client.get(address.format(study=number)))

    assert not INLINE.search(page)
    wanted = set(re.findall(r'(?:popovertarget|for|aria-labelledby|list)="([^"]+)"', page))
    wanted |= set(re.findall(r'href="#([^"]+)"', page))
    assert wanted <= set(re.findall(r'\sid="([^"]+)"', page))


@pytest.mark.parametrize(
    ("words", "view"),
    [("birth", "privacy"), ("WILDCARD", "test-data"), ("dual", "systems"), ("reset", "users")],
)
def test_a_search_that_means_one_page_opens_it(client, words, view):
    assert client.get(f"/configuration/?q={words}")["Location"] == reverse(view)


def test_a_search_that_means_several_lists_them(client):
    found = text(client.get("/configuration/?q=delete"))

    assert "Days to keep copies" in found
    assert "Studies without events" in found


def test_a_search_that_means_none_says_so(client):
    assert "No setting has these words" in text(client.get("/configuration/?q=xyzzy"))


def test_the_identity_policy_is_kept_and_every_change_audited(client):
    given = {
        "name": "drop", "patient_id": "hash", "birth_date": "store", "accession_number": "store",
    }  # fmt: skip

    client.post("/configuration/privacy/", given)

    policy = IdentityPolicy.objects.get()
    assert {name: getattr(policy, name) for name in given} == given
    entries = AuditEntry.objects.order_by("pk").values_list("details", flat=True)
    assert list(entries) == [
        {"setting": "Patient ID", "old": "drop", "new": "hash"},
        {"setting": "Date of birth", "old": "drop", "new": "store"},
    ]


def test_a_birth_date_cannot_be_hashed(client):
    given = dict.fromkeys(("name", "patient_id", "birth_date", "accession_number"), "hash")

    answer = client.post("/configuration/privacy/", given)

    assert "Select a valid choice" in text(answer)
    assert IdentityPolicy.objects.get().birth_date == "drop"


def test_retention_is_kept_and_impossible_days_refused(client):
    given = {"keep_reports": "on", "keep_days": "365", "quarantine_days": "30"}
    client.post("/configuration/retention/", given)
    assert options.several("keep_reports", "keep_nuclear", "keep_days") == [True, False, 365]

    answer = client.post("/configuration/retention/", given | {"keep_days": "2oo"})

    assert 'aria-invalid="true"' in text(answer)
    assert options.get("keep_days") == 365


def test_the_periods_of_the_home_page_are_kept(client):
    given = {"home_shows_workload": "on", "first": "1", "second": "365"}

    client.post("/configuration/home/", given)

    assert options.several("home_workload_days", "home_shows_workload") == [[1, 365], True]


def add(client, pattern, target="name"):
    return client.post("/configuration/test-data/", {"target": target, "pattern": pattern})


def test_a_pattern_is_added_changed_and_deleted(client):
    add(client, "physics*")
    address = f"/configuration/test-data/{NotPatientPattern.objects.get().pk}/"
    client.post(address, {"pattern": "phys*"})
    assert str(NotPatientPattern.objects.get()) == "name: phys*"

    again = f"/configuration/test-data/{NotPatientPattern.objects.get().pk}/"
    client.post(again, {"do": "delete"})

    assert not NotPatientPattern.objects.exists()
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["add pattern", "change pattern", "delete pattern"]


@pytest.mark.parametrize("pattern", ["*", "**", "?*", " * "])
def test_a_pattern_that_marks_everybody_is_refused(client, pattern):
    assert "every patient" in text(add(client, pattern))
    assert not NotPatientPattern.objects.exists()


def test_the_historic_patterns_are_one_click_away_until_they_are_there(client):
    """OpenREM 0.7.4: *phy*, *test*, *qa* for ids; *phys*, *test*, *qa* for names."""
    assert "Add these patterns" in text(client.get("/configuration/test-data/"))

    client.post("/configuration/test-data/historic/")

    known = {str(pattern) for pattern in NotPatientPattern.objects.all()}
    assert known == {
        "id: *phy*", "id: *test*", "id: *qa*", "name: *phys*", "name: *test*", "name: *qa*",
    }  # fmt: skip
    assert "Add these patterns" not in text(client.get("/configuration/test-data/"))


def store_as(policy, uid="1", **patient):
    choices = {"name": policy, "patient_id": policy}
    IdentityPolicy.objects.update_or_create(pk=1, defaults=choices)
    store(uid, "CT", patient=Patient(**patient))


def test_patterns_are_applied_to_stored_studies(client):
    store_as("store", "1", name="Physics^QC", id="1")
    store_as("store", "2", name="Smith^Ann", id="2")
    add(client, "physics*")

    client.post("/configuration/test-data/apply/")

    marks = Study.objects.order_by("study_instance_uid").values_list("not_patient", flat=True)
    assert list(marks) == ["IDs:  | Names: physics*", ""]
    assert AuditEntry.objects.filter(action="apply patterns").get().details["changed"] == 1


def test_a_pattern_that_is_gone_marks_no_study_after_it_is_applied(client):
    add(client, "physics*")
    store_as("store", name="Physics^QC", id="1")
    NotPatientPattern.objects.all().delete()

    client.post("/configuration/test-data/apply/")

    assert Study.objects.get().not_patient == ""


@pytest.mark.parametrize("policy", ["hash", "drop"])
def test_what_is_not_stored_in_the_clear_keeps_its_mark(client, policy):
    add(client, "physics*")
    store_as(policy, name="Physics^QC", id="1")
    NotPatientPattern.objects.all().delete()

    client.post("/configuration/test-data/apply/")

    assert Study.objects.get().not_patient == "IDs:  | Names: physics*"


def test_a_hash_is_never_taken_for_a_name(client):
    store_as("hash", name="Smith^Ann", id="1")
    add(client, "*a*")
    add(client, "*h*")

    client.post("/configuration/test-data/apply/")

    assert Study.objects.get().not_patient == ""


def test_the_audit_log_is_filtered_by_action_and_person(client):
    add(client, "physics*")
    client.post("/configuration/test-data/historic/")

    assert "physics*" in text(client.get("/audit/"))
    assert "physics*" not in text(client.get("/audit/?action=add+historic+patterns"))
    assert "No entry meets the filter" in text(client.get("/audit/?user_name=nobody"))
