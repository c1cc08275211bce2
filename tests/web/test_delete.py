"""Deleting one study."""

import pytest

from kerma.store.models import AuditEntry, CtEvent, Source, Study
from tests.query.hospital import ct_event, store
from tests.web.people import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def study():
    return store("1.2", "CT", study_description="Thorax", events=(ct_event(), ct_event()))


def test_the_page_says_what_goes(study):
    text = client_of("admin").get(f"/study/{study}/delete/").content.decode()

    assert "Thorax" in text
    assert "Its 2 events, 1 source" in text
    assert Study.objects.count() == 1


def test_it_goes_with_events_and_sources_and_is_audited_with_the_reason(study):
    client = client_of("admin")

    answer = client.post(
        f"/study/{study}/delete/", {"reason": "a phantom", "list": "order=-dlp&model=Ray"}
    )

    assert answer["Location"] == "/ct/?order=-dlp&model=Ray"
    assert (Study.objects.count(), CtEvent.objects.count(), Source.objects.count()) == (0, 0, 0)
    entry = AuditEntry.objects.get()
    assert (entry.user_name, entry.action) == ("user-admin", "delete study")
    assert entry.details["reason"] == "a phantom"


def test_without_a_reason_it_stays(study):
    answer = client_of("admin").post(f"/study/{study}/delete/", {"reason": " "})

    assert "the audit log needs it" in answer.content.decode()
    assert Study.objects.count() == 1


def test_a_link_alone_deletes_nothing(study):
    client_of("admin").get(f"/study/{study}/delete/?reason=x")

    assert Study.objects.count() == 1


def test_a_study_that_is_gone_is_not_found():
    assert client_of("admin").get("/study/99/delete/").status_code == 404
