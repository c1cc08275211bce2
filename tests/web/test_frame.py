"""What every page has around it: log-in, first administrator, appearance, no inline code."""

import re

import pytest
from django.contrib.auth.models import User
from django.template.loader import get_template
from django.test import Client

from kerma.store.models import Study
from kerma.web.access import GROUPS
from tests.web.people import client_of

pytestmark = pytest.mark.django_db


def test_a_fresh_installation_leads_to_making_the_first_administrator():
    client = Client()

    assert client.get("/", follow=True).redirect_chain == [("/first-administrator/", 302)]
    assert client.get("/login/")["Location"] == "/first-administrator/"

    made = client.post(
        "/first-administrator/",
        {"username": "ada", "password1": "lovelace-1815", "password2": "lovelace-1815"},
    )

    assert made["Location"] == "/"
    user = User.objects.get()
    assert {group.name for group in user.groups.all()} == set(GROUPS)
    assert b"No studies yet" in client.get("/").content


def test_a_weak_password_makes_no_administrator():
    page = Client().post(
        "/first-administrator/", {"username": "ada", "password1": "123", "password2": "123"}
    )

    assert page.status_code == 200
    assert b"too short" in page.content
    assert not User.objects.exists()


def test_there_is_no_second_first_administrator():
    client_of("view")
    data = {"username": "eve", "password1": "lovelace-1815", "password2": "lovelace-1815"}

    assert Client().get("/first-administrator/")["Location"] == "/login/"
    assert Client().post("/first-administrator/", data)["Location"] == "/login/"
    assert not User.objects.filter(username="eve").exists()


def test_log_in_leads_back_to_where_one_wanted_to_go():
    User.objects.create_user("ada", password="lovelace-1815")
    client = Client()
    page = client.get("/search/?q=1")

    back = client.post(page["Location"], {"username": "ada", "password": "lovelace-1815"})

    assert back["Location"] == "/search/?q=1"


def test_log_in_does_not_lead_elsewhere():
    User.objects.create_user("ada", password="lovelace-1815")

    back = Client().post(
        "/login/?next=https://evil.example/", {"username": "ada", "password": "lovelace-1815"}
    )

    assert back["Location"] == "/"


def test_a_wrong_password_is_refused_in_words():
    User.objects.create_user("ada", password="lovelace-1815")

    page = Client().post("/login/", {"username": "ada", "password": "wrong"})

    assert page.status_code == 200
    assert b"correct username and password" in page.content


def test_the_appearance_is_kept_with_the_user():
    client = client_of()

    assert b"data-theme" not in client.get("/").content.partition(b"<head>")[0]
    client.post("/options/theme/", {"theme": "dark"})

    assert b'data-theme="dark"' in client.get("/").content
    assert client.post("/options/theme/", {"theme": "pink"}).status_code == 400


def test_settings_are_kept_and_wrong_ones_explained():
    client = client_of("view")
    given = {"first": 3, "second": 90, "page_size": 50, "density": "dense", "theme": "light"}

    client.post("/options/", given)

    page = client.get("/options/").content.decode()
    assert 'name="first" value="3"' in page
    assert 'name="second" value="90"' in page
    wrong = client.post("/options/", given | {"first": 0})
    assert b"greater than or equal to 1" in wrong.content


def test_a_form_does_not_lead_to_another_site():
    back = client_of("view").post("/options/ct/", {"size": 50, "next": "https://evil.example/"})

    assert back["Location"] == "/ct/"


def test_what_is_not_there_is_said_in_our_frame():
    page = client_of("view").get("/study/999999/")

    assert page.status_code == 404
    assert b"There is nothing here" in page.content
    assert b'class="top"' in page.content


def test_what_is_not_allowed_names_the_groups():
    page = client_of("import-qr").get("/ct/")

    assert page.status_code == 403
    assert b"view, export" in page.content


def test_our_own_fault_is_admitted_without_asking_anything():
    page = get_template("500.html").render()

    assert "This is a fault of Kerma" in page
    assert not INLINE.search(page)


def test_nothing_that_may_name_a_patient_stays_in_the_browser():
    assert client_of("view", "pid").get("/")["Cache-Control"] == "no-store"
    assert client_of("view").get("/")["Cache-Control"] == "private, no-cache"


INLINE = re.compile(
    r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:|(?:src|href)=[\"']data:", re.I
)
"""What a policy of `default-src 'self'` forbids."""

EMPTY = ("/", "/ct/", "/login/", "/password/", "/options/", "/search/", "/nowhere/")


@pytest.mark.parametrize("address", EMPTY)
def test_no_page_without_studies_has_inline_code(address):
    page = client_of("view", "admin").get(address)

    assert not INLINE.search(page.content.decode())


def test_no_page_with_studies_has_inline_code(hospital):
    client = client_of("view", "pid", "admin")
    addresses = ["/", "/search/?q=A", "/ct/?colour=red", "/rf/?dap_min=1&order=-level"]
    addresses += [f"/{name}/" for name in ("ct", "rf", "dx", "mg", "nm")]
    addresses += [f"/ct/{part}/" for part in ("count", "statistics")]
    for number in Study.objects.values_list("pk", flat=True):
        addresses += [f"/study/{number}/", f"/study/{number}/values/"]

    for address in addresses:
        page = client.get(address)
        assert page.status_code < 500
        assert not INLINE.search(page.content.decode()), address


def test_every_id_that_a_page_points_to_is_there(hospital):
    """Buttons open pop-ups, labels name fields, icons are in the sprite."""
    client = client_of("view", "pid", "admin")
    number = Study.objects.get(study_instance_uid="rf-pci").pk
    for address in ("/", "/ct/?spiral=some", "/mg/", f"/study/{number}/", "/options/"):
        page = client.get(address).content.decode()
        ids = set(re.findall(r'\sid="([^"]+)"', page))
        wanted = set(re.findall(r'(?:popovertarget|for|aria-labelledby)="([^"]+)"', page))
        wanted |= set(re.findall(r'href="#([^"]+)"', page))
        assert wanted <= ids, (address, wanted - ids)
        assert len(re.findall("<h1", page)) == 1


@pytest.mark.parametrize("address", ["/configuration/", "/search/?q=x", "/upload/"])
def test_the_search_forms_of_a_page_have_names_that_tell_them_apart(address):
    page = client_of(*GROUPS).get(address).content.decode()

    names = re.findall(r'role="search" aria-label="([^"]+)"', page)
    assert len(set(names)) == len(names) == page.count('role="search"') == 2
