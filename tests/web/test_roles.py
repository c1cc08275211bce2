"""Every address × every group: who may open what. Nobody inherits another group's rights."""

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from kerma.store.models import Study
from kerma.web.access import GROUPS
from tests.query.hospital import store
from tests.web.administration_roles import OPEN as PROGRAMS
from tests.web.administration_roles import ROLES as ADMINISTRATION
from tests.web.alerts_roles import ROLES as ALERTS
from tests.web.charts_roles import ROLES as CHARTS
from tests.web.configuration_roles import CONFIGURATION
from tests.web.exports_roles import ROLES as EXPORTS
from tests.web.historical_roles import ROLES as HISTORICAL
from tests.web.levels_roles import ROLES as LEVELS
from tests.web.names_roles import ROLES as NAMES
from tests.web.network_roles import OPEN as SENDERS
from tests.web.network_roles import ROLES as NETWORK
from tests.web.people import client_of
from tests.web.query_roles import ROLES as QUERY
from tests.web.screens_roles import ROLES as SCREENS
from tests.web.skin_roles import ROLES as SKIN
from tests.web.tasks_roles import ROLES as TASKS

pytestmark = pytest.mark.django_db

BROWSE = {"view", "export"}
ALL = {"", *GROUPS}
"""Anybody logged in; "" is a user in no group."""

TABLE = {
    "home": ("/", ALL),
    "studies": ("/ct/", BROWSE),
    "count": ("/rf/count/", BROWSE),
    "statistics": ("/dx/statistics/", BROWSE),
    "suggest": ("/mg/suggest/?filter=study_description", BROWSE),
    "study": ("/study/{study}/", BROWSE),
    "study-values": ("/study/{study}/values/", BROWSE),
    "search": ("/search/?q=x", BROWSE),
    "live": ("/live/", BROWSE),
    "options": ("/options/", ALL),
    "options-theme": ("POST /options/theme/", ALL),
    "options-density": ("POST /options/density/", ALL),
    "options-list": ("POST /options/nm/", BROWSE),
    "password-change": ("/password/", ALL),
    "logout": ("POST /logout/", ALL),
    **CONFIGURATION,
    **NETWORK,
    **QUERY,
    **TASKS,
    **ADMINISTRATION,
    **CHARTS,
    **EXPORTS,
    **NAMES,
    **LEVELS,
    **ALERTS,
    **SKIN,
    **SCREENS,
    **HISTORICAL,
}
"""Name of the address -> an address, and the groups that may open it."""

OPEN = {"login", "first-administrator", *PROGRAMS, *SENDERS}
"""Addresses for people not logged in."""


def names(patterns=None):
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            yield pattern.name


@pytest.fixture
def study(db):
    return store("1.2.3", "CT", study_description="Thorax")


def ask(client, address, study):
    method, _, path = address.rpartition(" ")
    path = path.format(study=study)
    response = client.post(path) if method == "POST" else client.get(path)
    if response.streaming:
        b"".join(response)  # to its end, where its file is closed
    return response


@pytest.mark.parametrize("group", sorted(ALL))
@pytest.mark.parametrize("name", TABLE)
def test_exactly_the_groups_of_the_table_may_open_it(study, name, group):
    address, allowed = TABLE[name]
    client = client_of(*([group] if group else []))

    status = ask(client, address, study).status_code

    assert (status != 403) == (group in allowed)
    assert status < 500


@pytest.mark.parametrize("name", TABLE)
def test_people_not_logged_in_are_sent_to_the_log_in_page(study, name):
    client_of()  # so that the installation is not a fresh one

    response = ask(Client(), TABLE[name][0], study)

    assert response.status_code == 302
    assert response["Location"].startswith("/login/")


def test_every_address_there_is_stands_in_this_table():
    assert set(names()) == set(TABLE) | OPEN


def test_a_superuser_has_no_rights_by_being_one(study, django_user_model):
    client = Client()
    client.force_login(django_user_model.objects.create_superuser("root", password="x"))

    assert client.get("/ct/").status_code == 403


def test_the_menu_leads_only_where_one_may_go(study):
    assert b'href="/ct/"' in client_of("view").get("/").content
    assert b'href="/ct/"' not in client_of("import-qr").get("/").content


def test_names_are_for_the_pid_group_alone(hospital):
    address = "/ct/?study_description=low"

    assert b"Byron" in client_of("view", "pid").get(address).content
    for groups in (("view",), ("view", "admin"), ("view", "export")):
        client = client_of(*groups)
        assert b"Byron" not in client.get(address).content
        assert b"Byron" not in client.get(f"{address}&columns=patient_name").content
        assert client.get("/ct/?patient_name=byron").status_code == 400
        assert client.get("/ct/?order=patient_name").status_code == 400
        assert client.get("/ct/suggest/?filter=patient_name").status_code == 400


def test_names_on_a_study_page_are_for_the_pid_group_alone(hospital):
    address = f"/study/{Study.objects.get(study_instance_uid='ct-thorax').pk}/"

    assert b"Byron" in client_of("view", "pid").get(address).content
    assert b"Byron" not in client_of("view").get(address).content
    assert b"00042" not in client_of("admin", "view").get(address).content
