"""The pages of standard names."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kerma.store import name_book, naming
from kerma.store.models import AuditEntry, StandardName, StandardNameRule, Study, Task
from tests.query.hospital import ct_event, store
from tests.web.people import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return client_of("admin", "view")


@pytest.fixture
def scans():
    for n in range(3):
        store(f"a{n}", "CT", study_description="CT Head",
              events=(ct_event(acquisition_protocol="Head seq"),))  # fmt: skip
    store("b", "CT", study_description="CT  head ")
    store("c", "CT", study_description="Thorax")


def page(client, **pairs):
    answer = client.get(reverse("names"), pairs)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_site_says_what_to_do(client):
    text = page(client)

    assert "No standard names yet" in text
    assert "No studies yet" in text


def test_texts_without_a_name_are_listed_with_their_number_and_can_be_named(client, scans):
    assert "5 different texts" not in page(client)
    assert "CT Head" in page(client)

    client.post(reverse("names-assign"), {
        "modality": "CT", "level": "study", "field": "study_description",
        "chosen": ["CT Head", "CT  head "], "name": "Head", "do": "name",
    })  # fmt: skip
    naming.apply_all()

    assert Study.objects.filter(standard_name="Head").count() == 4
    assert "4 of 5 studies" in page(client)
    assert Task.objects.get().job == name_book.APPLY
    assert AuditEntry.objects.filter(action="assign standard name").exists()


def test_suggestions_can_be_taken(client, scans):
    name_book.name("CT", "study", "Chest")
    assert "Chest" in page(client)

    client.post(reverse("names-assign"), {
        "modality": "CT", "level": "study", "field": "study_description",
        "chosen": ["Thorax", "CT Head"], "do": "suggested",
    })  # fmt: skip

    assert list(StandardNameRule.objects.values_list("pattern", flat=True)) == ["Thorax"]


def test_nothing_chosen_and_nothing_typed_are_told(client, scans):
    given = {"modality": "CT", "level": "study", "field": "study_description", "do": "name"}
    for more in ({}, {"chosen": ["Thorax"], "name": " "}):
        answer = client.post(reverse("names-assign"), given | more, follow=True)
        assert 'class="banner' in answer.content.decode()
    assert not StandardName.objects.exists()


def test_acquisitions_have_names_of_their_own_and_nuclear_medicine_has_none(client, scans):
    assert "Head seq" in page(client, level="acquisition")
    assert "Acquisitions" not in page(client, modality="NM")


def test_a_pattern_shows_what_it_meets_and_a_slow_one_is_refused(client, scans):
    one = name_book.name("CT", "study", "Head")
    given = {"field": "study_description", "kind": "regex", "precedence": "100"}

    client.post(reverse("name-rule-add", args=[one.pk]), given | {"pattern": "^ct +head"})
    shown = client.get(reverse("name", args=[one.pk])).content.decode()
    refused = client.post(reverse("name-rule-add", args=[one.pk]), given | {"pattern": "(a+)+$"})

    assert "2 stored texts" in shown
    assert "endless time" in refused.content.decode()
    assert StandardNameRule.objects.count() == 1


def test_a_name_can_be_changed_and_deleted(client, scans):
    one, other = name_book.name("CT", "study", "Head"), name_book.name("CT", "study", "Chest")
    name_book.add_rule(one, "study_description", "CT Head")
    naming.apply_all()

    client.post(reverse("name", args=[one.pk]), {"name": "Brain", "radlex_code": "RPID22"})
    naming.apply_all()
    clash = client.post(reverse("name", args=[other.pk]), {"name": "Brain"})

    assert Study.objects.filter(standard_name="Brain").count() == 4
    assert "another standard name" in clash.content.decode()

    client.post(reverse("name-delete", args=[one.pk]))
    naming.apply_all()
    assert not Study.objects.exclude(standard_name="").exists()


def test_a_table_is_looked_at_before_it_is_entered(client):
    line = "modality,level,standard_name,field,pattern\nCT,study,Head,study_description,CT Head\n"
    upload = SimpleUploadedFile("names.csv", line.encode())

    preview = client.post(reverse("names-import"), {"file": upload}).content.decode()
    assert "1 name added, 1 text or pattern added" in preview.casefold()
    assert not StandardName.objects.exists()

    client.post(reverse("names-import"), {"text": line, "do": "enter"})
    assert StandardName.objects.get().name == "Head"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"modality,level,standard_name\nXX,study,A\n", "Line"),
        (b"", "empty"),
        ("modality,level,standard_name\nCT,study,Sch\u00e4del\n".encode("latin-1"), "UTF-8"),
    ],
)
def test_a_table_with_faults_enters_nothing(client, content, reason):
    upload = SimpleUploadedFile("names.csv", content)

    answer = client.post(reverse("names-import"), {"file": upload, "do": "enter"})

    assert reason in answer.content.decode()
    assert not StandardName.objects.exists()


def test_the_names_go_out_as_csv(client):
    name_book.name("CT", "study", "Head")

    answer = client.get(reverse("names-export"))

    assert answer["Content-Type"].startswith("text/csv")
    assert "CT,study,Head" in answer.content.decode()


def test_lists_details_and_the_filter_know_the_names(client, scans):
    one = name_book.name("CT", "study", "Skull base")
    name_book.add_rule(one, "study_description", "CT Head")
    seq = name_book.name("CT", "acquisition", "Sequence of the head")
    name_book.add_rule(seq, "acquisition_protocol", "head seq")
    naming.apply_all()

    by_study = client.get(reverse("studies", args=["ct"]), {"standard_name": "skull"})
    by_acquisition = client.get(reverse("studies", args=["ct"]), {"standard_name": "sequence of"})
    study = Study.objects.filter(study_instance_uid="a0").get()
    detail = client.get(reverse("study", args=[study.pk])).content.decode()

    assert by_study.content.decode().count("/study/") >= 4
    assert by_acquisition.content.decode().count("/study/") >= 3
    assert "standard name Skull base" in detail
    assert "Sequence of the head" in detail
