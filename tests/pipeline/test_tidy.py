"""Copies go when their days are over; what was read from them stays."""

import datetime as dt

import pytest

from kerma.pipeline.ingest import ingest
from kerma.pipeline.tidy import tidy
from kerma.store import options
from kerma.store.models import Quarantine, Source, StoredObject, Study

pytestmark = pytest.mark.django_db(transaction=True)


def copies(home, folder):
    return [path for path in (home / folder).rglob("*") if path.is_file()]


def age(days):
    then = dt.datetime.now(dt.UTC) - dt.timedelta(days=days)
    Source.objects.update(received_at=then)


@pytest.fixture
def study(arrive, ct_report):
    ingest(arrive(ct_report))


def test_without_a_number_of_days_copies_are_kept_for_good(study, home):
    age(10_000)

    assert tidy().objects == 0
    assert len(copies(home, "objects")) == 1


@pytest.mark.parametrize(("days", "left"), [(29, 1), (31, 0)])
def test_copies_go_when_they_are_older_than_the_days_chosen(study, home, days, left):
    options.put("keep_days", 30)
    age(days)

    assert tidy().objects == 1 - left

    assert len(copies(home, "objects")) == left
    assert Source.objects.exclude(path="").count() == left
    assert StoredObject.objects.exclude(path="").count() == left
    assert Study.objects.count() == 1


def test_copies_in_quarantine_go_and_the_reasons_stay(arrive, home):
    ingest(arrive(b"hello"))
    Quarantine.objects.update(expires_at=dt.datetime.now(dt.UTC))

    assert tidy().quarantined == 1

    assert copies(home, "quarantine") == []
    assert Quarantine.objects.get().reason == "This is no DICOM file."
