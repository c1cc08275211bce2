"""Proof of completeness: every study a PACS lists is stored, accounted for or missing."""

import datetime as dt

import pytest

from kerma.errors import KermaError
from kerma.net import completeness, every_job
from kerma.net.ask.answers import StudyAnswer
from kerma.net.ask.selection.study_level import study_level
from kerma.net.completeness import MISSING, OUTCOMES, STORED, UNLISTED, NothingToFetch
from kerma.net.telling import Aside
from kerma.net.wanted import Wanted
from kerma.store.jobs import Cancelled, Interrupted
from kerma.store.models import Arrival, LocalStore, Quarantine, Query, QueryStudy, RemoteNode, Task
from tests.net.faulty_pacs import Faults, FaultyPacs, instance
from tests.net.query.conftest import node_of, quick_retries
from tests.query.hospital import store

__all__ = ["quick_retries"]

pytestmark = pytest.mark.django_db

CT, PET = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.128"
DX, CR, US = (f"1.2.840.10008.5.1.4.1.1.{end}" for end in ("1.1", "1", "6.1"))
DAY = dt.date(2026, 1, 2)


@pytest.fixture(autouse=True)
def jobs():
    every_job.load()


def ct(study, **attributes):
    return instance(study, "1", 1, "CT", CT, **attributes)


def stored(uid, modality, **columns):
    return store(uid, modality, day="2026-01-02", **columns)


def checked(pacs, teller=None, **node):
    """Check the day against a running PACS, as a worker would."""
    (query,) = completeness.start(node_of(pacs, **node), DAY, DAY)
    completeness.carry_out(query.pk, teller or Aside())
    query.refresh_from_db()
    return query


def outcomes(query):
    """Return UID and modality -> outcome."""
    return {
        (row.study_instance_uid, row.modality): completeness.outcome_of(row)
        for row in query.studies.all()
    }


def test_what_is_listed_is_stored_or_missing_and_what_is_stored_may_not_be_listed():
    stored("1.2.1", "CT")
    stored("1.2.9", "DX")
    objects = [ct("1.2.1"), ct("1.2.2"), instance("1.2.3", "1", 1, "CR", CR)]
    with FaultyPacs(objects) as pacs:
        query = checked(pacs)

    assert query.state == Query.State.DONE
    assert {row.study_instance_uid: row.reason for row in query.studies.all()} == {
        "1.2.1": STORED, "1.2.2": MISSING, "1.2.3": MISSING, "1.2.9": UNLISTED,
    }  # fmt: skip
    assert query.counts == {
        "listed": 3, "stored": 1, "missing": 2, "unlisted": 1,
        "by_modality": {
            "CT": {"listed": 2, "stored": 1, "missing": 1},
            "DX": {"listed": 1, "missing": 1, "unlisted": 1},
        },
    }  # fmt: skip


def test_studies_of_other_days_and_modalities_do_not_count():
    objects = [
        ct("1.2.1", StudyDate="20260103"), instance("1.2.2", "1", 1, "US", US), ct("1.2.3"),
    ]  # fmt: skip
    with FaultyPacs(objects, Faults(ignores_dates=True, ignores_modality=True)) as pacs:
        query = checked(pacs)

    assert outcomes(query) == {("1.2.3", "CT"): "missing"}
    assert len(pacs.asked("find")) == 1


def test_a_node_that_does_not_tell_modalities_is_believed_by_what_was_asked():
    faults = Faults(leaves_out=frozenset({"ModalitiesInStudy"}))
    with FaultyPacs([ct("1.2.1"), instance("1.2.2", "1", 1, "DX", DX)], faults) as pacs:
        query = checked(pacs)

    assert outcomes(query) == {("1.2.1", "CT"): "missing", ("1.2.2", "DX"): "missing"}


def test_a_pet_ct_counts_as_both_its_modalities():
    stored("1.2.1", "NM")
    with FaultyPacs([ct("1.2.1"), instance("1.2.1", "2", 1, "PT", PET)]) as pacs:
        query = checked(pacs)

    assert outcomes(query) == {("1.2.1", "CT"): "missing", ("1.2.1", "NM"): "stored"}


def test_a_study_sorted_under_another_modality_is_stored_all_the_same():
    stored("1.2.1", "RF")
    with FaultyPacs([instance("1.2.1", "1", 1, "DX", DX)]) as pacs:
        query = checked(pacs)

    assert outcomes(query) == {("1.2.1", "DX"): "stored"}


@pytest.mark.both_databases
def test_what_an_earlier_query_or_its_arrival_explains_is_not_missing():
    node = RemoteNode.objects.create(name="Other", ae_title="OTHER")
    before = Query.objects.create(node=node, node_name="Other", wanted=Wanted().as_json())
    QueryStudy.objects.create(
        query=before, study_instance_uid="1.2.1", modality="CT", kept=False, reason="No report."
    )
    Arrival.objects.create(
        spool_name="a", arrived_at=dt.datetime.now(dt.UTC), came_by="receive",
        study_instance_uid="1.2.2", decision=Arrival.Decision.PHYSICS, reason="The pattern qa*.",
    )  # fmt: skip
    Quarantine.objects.create(reason="Damaged.", error="CutShort", study_instance_uid="1.2.3")
    with FaultyPacs([ct(f"1.2.{n}") for n in range(1, 5)]) as pacs:
        query = checked(pacs)

    assert {row.study_instance_uid: row.reason for row in query.studies.all()} == {
        "1.2.1": f"Query {before.pk}: No report.",
        "1.2.2": "Kept as a physics study: The pattern qa*.",
        "1.2.3": "In quarantine: Damaged.",
        "1.2.4": MISSING,
    }
    assert query.studies.filter(OUTCOMES["explained"]).count() == 3


def test_a_study_that_was_found_but_not_fetched_is_missing():
    node = RemoteNode.objects.create(name="Other", ae_title="OTHER")
    for kept in (False, True):
        before = Query.objects.create(node=node, node_name="Other", wanted=Wanted().as_json())
        QueryStudy.objects.create(
            query=before, study_instance_uid="1.2.1", modality="CT", kept=kept, reason="So."
        )
    with FaultyPacs([ct("1.2.1")]) as pacs:
        query = checked(pacs)

    assert outcomes(query) == {("1.2.1", "CT"): "missing"}


def test_checking_twice_after_a_crash_doubles_nothing():
    with FaultyPacs([ct("1.2.1")]) as pacs:
        query = checked(pacs)
        Query.objects.update(state=Query.State.QUERYING)
        completeness.carry_out(query.pk, Aside())

    assert query.studies.count() == 1
    assert not completeness.carry_out(query.pk, Aside())


def test_a_node_that_cannot_be_asked_is_no_proof():
    with FaultyPacs([], Faults(busy=99)) as pacs:
        (query,) = completeness.start(node_of(pacs), DAY, DAY)
        with pytest.raises(KermaError):
            completeness.carry_out(query.pk, Aside())

    query.refresh_from_db()
    assert query.state == Query.State.FAILED
    assert "0xA700 (out of resources)" in query.error
    assert query.counts == {}


@pytest.mark.parametrize(
    ("raised", "state"),
    [
        (Cancelled("Terminated."), Query.State.CANCELLED),
        (Interrupted("Stopped."), Query.State.QUERYING),
    ],
)
def test_a_check_that_is_stopped_says_so_and_one_whose_worker_ends_goes_on_later(raised, state):
    class Stopping(Aside):
        def tell(self, done, total=0, note=""):
            raise raised

    with FaultyPacs([ct("1.2.1")]) as pacs, pytest.raises(type(raised)):
        checked(pacs, Stopping())

    assert Query.objects.get().state == state


def test_the_gap_is_fetched_by_a_query_of_the_missing_studies_alone():
    kerma = LocalStore.objects.create(name="Kerma", ae_title="KERMA", port=11112)
    stored("1.2.1", "CT")
    with FaultyPacs([ct("1.2.1"), ct("1.2.2"), instance("1.2.3", "1", 1, "DX", DX)]) as pacs:
        query = checked(pacs)

    gap = completeness.fetch_gap(query, kerma)

    assert Wanted.of(gap.wanted) == Wanted(
        modalities=("CT", "DX"), date_from=DAY, date_until=DAY, study_uids=("1.2.2", "1.2.3")
    )
    assert (gap.store, gap.retrieve_at_once, gap.task.job) == (kerma, True, "query")


def test_without_a_gap_there_is_nothing_to_fetch():
    with FaultyPacs([]) as pacs:
        query = checked(pacs)

    with pytest.raises(NothingToFetch):
        completeness.fetch_gap(query, None)


def test_each_day_of_a_range_is_work_of_its_own():
    node = RemoteNode.objects.create(name="PACS", ae_title="PACS")

    started = completeness.start(node, DAY, DAY + dt.timedelta(days=2))

    assert [query.wanted["date_from"] for query in started] == [
        "2026-01-02", "2026-01-03", "2026-01-04",
    ]  # fmt: skip
    assert Task.objects.filter(job="completeness").count() == 3


@pytest.mark.parametrize("days", [-1, 62])
def test_too_many_days_or_none_are_refused(days):
    node = RemoteNode.objects.create(name="PACS", ae_title="PACS")

    with pytest.raises(KermaError, match="Choose from 1 to 62 days"):
        completeness.start(node, DAY, DAY + dt.timedelta(days=days))


def test_a_query_of_named_studies_drops_all_others():
    answers = [
        StudyAnswer(study_instance_uid=uid, study_date=DAY, modalities=("CT",))
        for uid in ("1.2.1", "1.2.2")
    ]

    judged = study_level(answers, Wanted(modalities=("CT",), study_uids=("1.2.2",)))

    assert [(one.answer.study_instance_uid, one.kept, one.reason) for one in judged] == [
        ("1.2.1", False, "Only other studies were asked for."), ("1.2.2", True, ""),
    ]  # fmt: skip
