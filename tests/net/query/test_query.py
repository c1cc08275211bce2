"""A query of a PACS that answers well, badly, late or not at all."""

import datetime as dt
import itertools
import ssl
import time

import pytest
from pynetdicom.dimse_primitives import C_FIND

from kerma.net.ask.find import Finder
from kerma.net.carry_out import carry_out_query
from kerma.net.node.faults import NodeFault, Rejected, Unreachable, Unwilling
from kerma.net.telling import Aside
from kerma.net.wanted import Wanted
from kerma.store.models import Query, QuerySeries, QueryStudy, RemoteNode
from tests.net.faulty_pacs import Faults, FaultyPacs, instance
from tests.net.query.conftest import node_of, query_row
from tests.net.query.selecting import BASIC, CT_IMAGE, RDSR

pytestmark = pytest.mark.django_db

MG_IMAGE = "1.2.840.10008.5.1.4.1.1.1.2"
CT_ONLY = Wanted(modalities=("CT",))
DAY = dt.date(2026, 1, 2)
ON_DAY = {"date_from": DAY, "date_until": DAY}


def ct_study(uid: str, **attributes: object) -> list:
    """Return a CT study: three images and a dose report."""
    attributes = {"SeriesDescription": "Series"} | attributes
    images = [instance(uid, "1", n, "CT", CT_IMAGE, **attributes) for n in (1, 2, 3)]
    return [*images, instance(uid, "2", 1, "SR", RDSR, **attributes)]


def mg_study(uid: str) -> list:
    return [instance(uid, "1", 1, "MG", MG_IMAGE)]


def ask(pacs: FaultyPacs, wanted: Wanted = CT_ONLY, **node: object) -> Query:
    """Carry out a query and return its row as it is then."""
    query = query_row(node_of(pacs, **node), wanted)
    carry_out_query(query.pk, Aside())
    query.refresh_from_db()
    return query


def kept(query: Query) -> list[str]:
    """Return the series kept."""
    rows = QuerySeries.objects.filter(study__query=query, study__kept=True, kept=True)
    return sorted(rows.values_list("series_instance_uid", flat=True))


def test_the_report_of_each_study_is_kept():
    with FaultyPacs([*ct_study("1.2.1"), *ct_study("1.2.2")]) as pacs:
        query = ask(pacs)

    assert kept(query) == ["1.2.1.2", "1.2.2.2"]
    assert query.state == Query.State.FOUND
    assert query.counts["by_modality"] == {"CT": 2}


def test_all_requests_go_over_one_association():
    with FaultyPacs([*ct_study("1.2.1"), *ct_study("1.2.2")]) as pacs:
        ask(pacs)

    assert {request.association for request in pacs.requests} == {0}
    assert pacs.calling_titles == ["KERMA"]


def test_who_the_patient_is_is_never_asked_and_never_kept():
    with FaultyPacs(ct_study("1.2.1")) as pacs:
        query = ask(pacs)

    asked = {element.keyword for request in pacs.requests for element in request.identifier}
    assert not {word for word in asked if word.startswith("Patient")}
    kept_text = str([*QueryStudy.objects.values(), *QuerySeries.objects.values(), query.log])
    assert "Doe" not in kept_text


def test_a_node_that_ignores_the_modality_is_asked_once():
    objects = [*ct_study("1.2.1"), *mg_study("1.2.2"), instance("1.2.3", "1", 1, "US", BASIC)]
    with FaultyPacs(objects, Faults(ignores_modality=True)) as pacs:
        query = ask(pacs, Wanted(modalities=("CT", "MG")))

    assert len(pacs.asked("find", "STUDY")) == 1
    assert kept(query) == ["1.2.1.2", "1.2.2.1"]
    assert "ignores the modality" in query.log


def test_a_node_that_honours_the_modality_is_asked_for_each():
    objects = [o for n in range(3) for o in ct_study(f"1.2.{n}")]
    objects += [o for n in range(3, 7) for o in mg_study(f"1.2.{n}")]
    with FaultyPacs(objects) as pacs:
        query = ask(pacs, Wanted(modalities=("CT", "MG")))

    assert len(pacs.asked("find", "STUDY")) == 2
    assert query.counts["found"] == 7


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("DX", ["DX", "CR", "PX"]),
        ("RF", ["RF", "XA"]),
        ("NM", ["NM", "PT"]),
        ("MG", ["MG"]),
        ("CT", ["CT"]),
    ],
)
def test_each_modality_is_asked_for_as_those_of_dicom_it_stands_for(name, asked):
    with FaultyPacs(mg_study("1.2.1")) as pacs:
        ask(pacs, Wanted(modalities=(name,)))

    found = [each.identifier.ModalitiesInStudy for each in pacs.asked("find", "STUDY")]
    assert found == asked


@pytest.mark.parametrize("too", [True, False])
def test_the_modality_is_in_the_study_query_only_if_the_node_needs_it(too):
    with FaultyPacs(ct_study("1.2.1")) as pacs:
        ask(pacs, modality_in_study_query=too)

    (request,) = pacs.asked("find", "STUDY")
    assert ("Modality" in request.identifier) == too


@pytest.mark.parametrize(
    ("wanted", "date", "time"),
    [
        ({"date_from": DAY, "date_until": DAY}, "20260102", ""),
        ({"date_from": DAY, "date_until": dt.date(2026, 1, 5)}, "20260102-20260105", ""),
        ({"date_from": DAY}, "20260102-", ""),
        ({"date_until": DAY}, "-20260102", ""),
        (
            ON_DAY | {"time_from": dt.time(12), "time_until": dt.time(15)},
            "20260102",
            "120000-150059",
        ),
        (ON_DAY | {"time_from": dt.time(12)}, "20260102", "120000-235959"),
        (ON_DAY | {"time_until": dt.time(9)}, "20260102", "000000-090059"),
    ],
    ids=str,
)  # fmt: skip
def test_dates_and_times_are_asked_for_as_the_standard_writes_ranges(wanted, date, time):
    """PS3.4 C.2.2.2.5: range matching."""
    with FaultyPacs(ct_study("1.2.1")) as pacs:
        ask(pacs, Wanted(modalities=("CT",), **wanted))

    (request,) = pacs.asked("find", "STUDY")
    assert request.identifier.StudyDate == date
    assert (request.identifier.StudyTime or "") == time


def test_studies_of_other_days_are_dropped_where_the_node_ignores_the_dates():
    objects = [*ct_study("1.2.1"), *ct_study("1.2.2", StudyDate="20250101")]
    with FaultyPacs(objects, Faults(ignores_dates=True)) as pacs:
        query = ask(pacs, Wanted(modalities=("CT",), date_from=DAY, date_until=DAY))

    assert kept(query) == ["1.2.1.2"]
    assert "2025-01-01" in query.studies.get(kept=False).reason


def test_repeated_results_count_once():
    with FaultyPacs(ct_study("1.2.1"), Faults(repeats=3)) as pacs:
        query = ask(pacs)

    assert query.counts["found"] == 1
    assert query.studies.get().series.count() == 2


@pytest.mark.parametrize(
    "missing",
    [
        {"ModalitiesInStudy"},
        {"NumberOfSeriesRelatedInstances", "NumberOfStudyRelatedSeries"},
        {"StudyDescription", "SeriesDescription", "StationName"},
        {"StudyDate", "StudyTime"},
        {"SeriesNumber", "InstanceNumber"},
    ],
    ids=lambda names: " ".join(sorted(names)),
)
def test_attributes_that_a_node_leaves_out_change_nothing_here(missing):
    with FaultyPacs(ct_study("1.2.1"), Faults(leaves_out=frozenset(missing))) as pacs:
        query = ask(pacs)

    assert kept(query) == ["1.2.1.2"]


@pytest.mark.parametrize(
    "says",
    [
        {"NumberOfSeriesRelatedInstances": -3},
        {"NumberOfStudyRelatedSeries": 2**31 - 1},
        {"ModalitiesInStudy": ["CT", "SR", "CT"]},
        {"StudyDescription": "Größe\0"},
        {"StationName": "a very long name of a station"[:16]},
    ],
    ids=str,
)
def test_odd_values_change_nothing_here(says):
    with FaultyPacs(ct_study("1.2.1"), Faults(says=says)) as pacs:
        query = ask(pacs)

    assert kept(query) == ["1.2.1.2"]


def test_a_node_that_is_out_of_resources_is_asked_again():
    with FaultyPacs(ct_study("1.2.1"), Faults(busy=2)) as pacs:
        query = ask(pacs)

    assert kept(query) == ["1.2.1.2"]
    assert len(pacs.asked("find", "STUDY")) == 3


def test_a_node_that_is_congested_is_asked_again():
    with FaultyPacs(ct_study("1.2.1"), Faults(rejects=2)) as pacs:
        query = ask(pacs)

    assert kept(query) == ["1.2.1.2"]


def test_a_broken_association_is_opened_again_and_nothing_is_lost():
    with FaultyPacs([*ct_study("1.2.1"), *ct_study("1.2.2")], Faults(aborts_finds=2)) as pacs:
        query = ask(pacs)

    assert kept(query) == ["1.2.1.2", "1.2.2.2"]
    assert len(pacs.calling_titles) == 3


def test_a_node_that_does_not_answer_in_time_is_asked_again():
    with FaultyPacs(ct_study("1.2.1"), Faults(silent_s=1.5, silent_times=1)) as pacs:
        query = ask(pacs, timeout_s=1)

    assert kept(query) == ["1.2.1.2"]


def test_a_node_that_stays_busy_fails_the_query_with_its_status():
    with FaultyPacs(ct_study("1.2.1"), Faults(busy=100)) as pacs, pytest.raises(NodeFault):
        ask(pacs)

    query = Query.objects.get()
    assert query.state == Query.State.FAILED
    assert "0xA700 (out of resources)" in query.error


def test_a_node_that_does_not_know_us_says_what_to_do():
    with FaultyPacs(ct_study("1.2.1"), Faults(stranger=True)) as pacs, pytest.raises(Rejected):
        ask(pacs, calling_ae_title="STRANGER")

    assert "does not know our AE title 'STRANGER': register it there" in Query.objects.get().error
    assert len(pacs.calling_titles) == 1


def test_a_node_that_is_not_there_fails_the_query():
    node = RemoteNode.objects.create(name="Nobody", address="127.0.0.1", port=1, ae_title="X")
    query = query_row(node, CT_ONLY)

    with pytest.raises(Unreachable):
        carry_out_query(query.pk, Aside())

    query.refresh_from_db()
    assert query.state == Query.State.FAILED
    assert "refused" in query.error


def test_a_study_that_cannot_be_looked_into_does_not_stop_the_others():
    objects = [*ct_study("1.2.1"), *ct_study("1.2.2")]
    with FaultyPacs(objects, Faults(refuses_series_of=frozenset({"1.2.1"}))) as pacs:
        query = ask(pacs)

    assert kept(query) == ["1.2.2.2"]
    assert "0xC001" in query.studies.get(study_instance_uid="1.2.1").reason
    assert query.counts["failed"] == 1


def test_a_refusal_of_the_whole_query_is_not_repeated():
    class Refusing(FaultyPacs):
        def _find(self, event):
            self._note("find", event)
            yield 0xA900, None

    with Refusing(ct_study("1.2.1")) as pacs, pytest.raises(Unwilling):
        ask(pacs)

    assert len(pacs.requests) == 1


def test_an_empty_series_of_reports_is_told_in_the_log():
    with FaultyPacs(ct_study("1.2.1"), Faults(no_images_of=frozenset({"1.2.1.2"}))) as pacs:
        query = ask(pacs)

    assert kept(query) == []
    assert "Try '-emptysr' option?" in query.log


def test_a_query_that_was_killed_begins_anew():
    with FaultyPacs(ct_study("1.2.1")) as pacs:
        node = node_of(pacs)
        query = query_row(node, CT_ONLY, state=Query.State.QUERYING)
        QueryStudy.objects.create(query=query, study_instance_uid="1.2.9")
        carry_out_query(query.pk, Aside())

    assert [study.study_instance_uid for study in query.studies.all()] == ["1.2.1"]


def test_the_pause_between_requests_is_made():
    with FaultyPacs(ct_study("1.2.1")) as pacs:
        ask(pacs, delay_s=0.2)

    times = [request.at for request in pacs.requests]
    assert len(times) == 3
    assert all(later - earlier >= 0.2 for earlier, later in itertools.pairwise(times))


def test_a_query_over_tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    objects = [o for n in range(20) for o in ct_study(f"1.2.{n}")]
    with FaultyPacs(objects, tls=context) as pacs:
        query = ask(pacs, tls=True, tls_authority=str(certificate[0]))

    assert len(kept(query)) == 20


def test_answers_are_left_to_who_waits_for_them():
    """A thread of the association took those that came at once after the request before."""
    with FaultyPacs(mg_study("1.2.1")) as pacs, Finder(node_of(pacs), Aside()) as finder:
        finder.images("1.2.1", "1.2.1.1")
        association = finder._session._open()
        association._reactor_checkpoint.set()  # as pynetdicom does when a request is answered
        answer = (1, C_FIND())
        association.dimse.msg_queue.put(answer)
        time.sleep(0.1)
        left = association.dimse.msg_queue.get_nowait()

    assert left is answer


def test_every_study_of_a_long_list_is_looked_into():
    objects = [o for n in range(40) for o in ct_study(f"1.2.{n}")]
    with FaultyPacs(objects) as pacs:
        query = ask(pacs)

    assert len(kept(query)) == 40
    assert QuerySeries.objects.filter(study__query=query).count() == 80


@pytest.mark.parametrize("ends_by", ["A-ABORT", "A-RELEASE"])
def test_an_association_that_the_node_ends_between_two_requests_is_opened_again(ends_by):
    with FaultyPacs(ct_study("1.2.1"), Faults(idle_s=0.2, ends_by=ends_by)) as pacs:
        query = ask(pacs, delay_s=0.6)

    assert kept(query) == ["1.2.1.2"]
    assert len(pacs.calling_titles) == 3
