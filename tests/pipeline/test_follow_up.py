"""What follows from a stored study is done, at least once, whatever fails."""

import pytest

from kerma.errors import KermaError
from kerma.pipeline import follow_up
from kerma.pipeline.follow_up import FollowUp
from kerma.registry import Registry
from kerma.store import changes
from kerma.store.models import FollowUpFault, Study
from tests.finality import work_off
from tests.query.hospital import store

HOSPITAL = (("1.2.1", "CT"), ("1.2.2", "RF"), ("1.2.3", "NM"))

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

EVERY = frozenset({"CT", "RF", "DX", "MG", "NM"})


def stored():
    for uid, modality in HOSPITAL:
        store(uid, modality)


@pytest.fixture
def acts(monkeypatch):
    """Return what was done, as pairs; two follow-ups take the place of all others."""
    done = []
    registry = Registry("follow-up")
    registry.add(FollowUp("b", 20, EVERY, lambda study: done.append(("b", study.pk))))
    registry.add(FollowUp("a", 10, frozenset({"CT"}), lambda study: done.append(("a", study.pk))))
    monkeypatch.setattr(follow_up, "registry", registry)
    return done


def test_every_stored_study_is_followed_up_once_and_in_order(acts):
    stored()
    assert work_off() == Study.objects.count()
    for study in Study.objects.all():
        own = [name for name, pk in acts if pk == study.pk]
        assert own == (["a", "b"] if study.modality == "CT" else ["b"])
    acts.clear()
    assert work_off() == 0
    assert acts == []


def test_a_fault_is_kept_with_its_reason_and_stops_nothing(acts):
    def fail(study):
        raise KermaError("The table has no height.")

    follow_up.registry.add(FollowUp("c", 15, EVERY, fail))
    stored()
    work_off()
    assert len([1 for name, _ in acts if name == "b"]) == Study.objects.count()
    assert FollowUpFault.objects.count() == Study.objects.count()
    assert FollowUpFault.objects.first().reason == "The table has no height."


def test_nothing_is_done_while_another_process_does_it(acts):
    stored()
    assert changes.hold(follow_up.READER, "another", 60)
    assert work_off() == 0
    assert acts == []


def test_a_fault_goes_once_the_follow_up_succeeds(acts):
    stored()
    study = Study.objects.first()
    FollowUpFault.objects.create(study=study, follow_up="b", reason="x")
    follow_up.follow(study.pk)
    assert not FollowUpFault.objects.exists()
