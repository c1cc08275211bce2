"""The home page: systems by modality, workload, and what needs attention."""

import re

import pytest
from django.utils import timezone

from kerma.store import options
from kerma.store.models import Study
from tests.query.hospital import store
from tests.web.people import client_of

pytestmark = pytest.mark.django_db


def test_without_studies_it_says_what_to_do():
    page = client_of("view").get("/").content

    assert b"No studies yet" in page
    assert b"kerma import FOLDER" in page


def test_systems_stand_under_their_modality_and_lead_to_their_list(hospital):
    page = client_of("view").get("/").content.decode()

    for heading in ("CT", "Fluoroscopy", "Radiography", "Mammography", "Nuclear medicine"):
        assert f">{heading}</a></th>" in page
    system = Study.objects.get(study_instance_uid="ct-head").system
    assert f'<a class="main" href="/ct/?system={system.pk}">Harbour Clinic CT 2</a>' in page


def test_workload_counts_lead_to_the_same_studies(db):
    today = timezone.localdate()
    store("now", "CT", day=today.isoformat())
    store("old", "CT", day="2001-01-01")
    client = client_of("view")

    page = client.get("/").content.decode()
    counted = re.findall(r'<a class="plain" href="([^"]+)">(\d+)</a>', page)

    assert [count for _, count in counted] == ["1", "1"]
    listed = client.get(counted[0][0].replace("&amp;", "&")).content.decode()
    assert listed.count('<a class="main" href="/study/') == 1


def test_the_periods_are_those_of_the_user_or_else_of_the_site(hospital):
    options.put("home_workload_days", [10, 60])
    client = client_of("view")
    client.post("/options/theme/", {"theme": "dark"})

    assert ">60 days</a>" in client.get("/").content.decode()

    form = {"first": 3, "second": 90, "page_size": 25, "density": "dense", "theme": "auto"}
    client.post("/options/", form)

    page = client.get("/").content.decode()
    assert ">3 days</a>" in page
    assert ">90 days</a>" in page


def test_tables_sort_by_each_head(hospital):
    client = client_of("view")

    def names(order):
        page = client.get(f"/?order={order}").content.decode()
        return re.findall(r'<a class="main" href="/ct/[^"]+">([^<]+)', page)

    assert names("system") == ["City Hospital CT 1", "Harbour Clinic CT 2"]
    assert names("-system") == ["Harbour Clinic CT 2", "City Hospital CT 1"]
    assert names("-studies") == ["City Hospital CT 1", "Harbour Clinic CT 2"]
    assert names("latest") == ["Harbour Clinic CT 2", "City Hospital CT 1"]
    assert len(names("nonsense")) == 2


def test_the_latest_study_is_told_in_words_with_the_time_as_tool_tip(hospital):
    page = client_of("view").get("/").content.decode()

    assert re.search(r'title="9 Mar 2026 09:30" data-relative>[^<]+ ago</time>', page)


def test_it_costs_the_same_queries_however_many_studies(hospital, django_assert_max_num_queries):
    client = client_of("view")
    for n in range(10):
        store(f"more-{n}", "CT", room=f"Room {n}")

    with django_assert_max_num_queries(18):
        client.get("/")


def test_people_who_may_not_browse_see_no_numbers(hospital):
    page = client_of("import-qr").get("/").content

    assert b"City Hospital" not in page
    assert b"Welcome" in page
