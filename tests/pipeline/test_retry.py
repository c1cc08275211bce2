"""Objects of the quarantine, tried again."""

import pytest

from kerma.errors import ContentError, UnsupportedObject
from kerma.pipeline import again
from kerma.pipeline.ingest import ingest
from kerma.store import quarantine
from kerma.store.models import Quarantine, Study

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def held(arrive, ct_report, monkeypatch):
    """Put a good report into quarantine that could not be read on its first day."""

    def refuse(file, facts):
        raise ContentError("A quirk is missing.")

    with monkeypatch.context() as patch:
        patch.setattr("kerma.pipeline.ingest.offer", refuse)
        assert ingest(arrive(ct_report)).outcome == "refused"
    return Quarantine.objects.get()


def test_what_can_be_used_now_leaves_the_quarantine_with_its_copy(held, home):
    assert again.retry(held).outcome == "imported"

    assert Study.objects.count() == 1
    assert not Quarantine.objects.filter(released_at=None).exists()
    assert list((home / "quarantine").iterdir()) == []


def test_what_cannot_stays_with_the_reason_of_today(held, monkeypatch):
    def refuse(file, facts):
        raise UnsupportedObject("Nobody reads this.")

    monkeypatch.setattr(again, "offer", refuse)

    assert again.retry(held).outcome == "refused"

    entry = Quarantine.objects.get(released_at=None)
    assert (entry.error, entry.reason) == ("UnsupportedObject", "Nobody reads this.")
    assert entry.retriable


def test_without_a_copy_it_is_said_and_cannot_be_tried_again(held, home):
    (home / "quarantine" / held.sealed_copy).unlink()

    assert again.retry(held).outcome == "refused"

    assert not Quarantine.objects.get().retriable
    with pytest.raises(quarantine.CopyExpired):
        quarantine.copy_of(held)
