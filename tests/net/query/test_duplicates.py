"""What is here already is not fetched again; what is lost, deleted or refused is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pydicom import dcmread

from kerma.dicom.write import to_bytes
from kerma.net.ask.duplicates import known_objects
from kerma.net.carry_out import carry_out_query
from kerma.net.telling import Aside
from kerma.net.wanted import Wanted
from kerma.pipeline.find import Arrival as File
from kerma.pipeline.ingest import ingest
from kerma.store import quarantine
from kerma.store.arrival import ObjectFacts
from kerma.store.forget import forget_study
from kerma.store.models import Arrival, QueryImage, QuerySeries, Source, StoredObject, Study
from tests.dicom.objects import report
from tests.net.faulty_pacs import Faults, FaultyPacs, instance
from tests.net.query.conftest import node_of, query_row
from tests.net.query.selecting import RDSR

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

STUDY = "1.2.3"


@pytest.fixture
def stored(tmp_path):
    """Import a CT report of the study, as 1.2.3.4."""
    path = tmp_path / "report.dcm"
    path.write_bytes(to_bytes(report(Manufacturer="ACME", StudyDate="20260102")))
    assert ingest(File(str(path))).outcome == "imported"


def ask(objects, **options):
    """Query for CT, and return the objects kept of each series."""
    with FaultyPacs(objects) as pacs:
        query = query_row(node_of(pacs), Wanted(modalities=("CT",), **options))
        carry_out_query(query.pk, Aside())
    return {
        series.series_instance_uid: sorted(
            series.images.filter(kept=True).values_list("sop_instance_uid", flat=True)
        )
        for series in QuerySeries.objects.filter(study__query=query, kept=True)
    }


def offered(*sops: str) -> list:
    """Return a CT study with one series of reports."""
    found = [instance(STUDY, "9", n, "SR", RDSR) for n, _ in enumerate(sops, 1)]
    for each, sop in zip(found, sops, strict=True):
        each.SOPInstanceUID = sop
    image = instance(STUDY, "1", 1, "CT", "1.2.840.10008.5.1.4.1.1.2", SeriesDescription="Body")
    return [*found, image]


def test_a_new_report_is_fetched_from_an_empty_database():
    assert ask(offered("1.2.3.4")) == {"1.2.3.9": ["1.2.3.4"]}


def test_of_a_stored_and_a_new_report_only_the_new_one_is_fetched(stored):
    assert ask(offered("1.2.3.4", "1.2.3.77")) == {"1.2.3.9": ["1.2.3.77"]}
    assert QuerySeries.objects.get(kept=True).by_image


def test_a_study_of_which_all_is_stored_is_dropped(stored):
    assert ask(offered("1.2.3.4")) == {}
    assert QueryImage.objects.get().reason == "It is here already."


def test_all_is_fetched_if_so_wanted(stored):
    assert ask(offered("1.2.3.4"), duplicates=True) == {"1.2.3.9": ["1.2.3.4"]}


def test_a_study_of_which_no_object_is_recorded_is_fetched_again(stored):
    Source.objects.all().delete()
    StoredObject.objects.all().delete()

    assert Study.objects.exists()
    assert ask(offered("1.2.3.4")) == {"1.2.3.9": ["1.2.3.4"]}


def test_a_study_that_was_deleted_is_fetched_again(stored):
    forget_study(Study.objects.get())

    assert ask(offered("1.2.3.4")) == {"1.2.3.9": ["1.2.3.4"]}


def test_what_lies_in_quarantine_is_fetched_again(db):
    facts = ObjectFacts(sop_instance_uid="1.2.3.4", study_instance_uid=STUDY, content_hash="x")
    quarantine.put(b"bytes", ValueError("No dose."), facts=facts)

    assert known_objects([STUDY]) == {}


@pytest.mark.parametrize(
    ("decision", "known"),
    [("ignored", True), ("skipped", True), ("physics", True), ("collected", True),
     ("refused", False)],
)  # fmt: skip
def test_what_came_and_was_put_elsewhere_need_not_come_again(decision, known, db):
    Arrival.objects.create(
        spool_name="a", arrived_at="2026-01-02T10:00Z", came_by="receive", decision=decision,
        study_instance_uid=STUDY, sop_instance_uid="1.2.3.4",
    )  # fmt: skip

    assert known_objects([STUDY]) == ({STUDY: {"1.2.3.4"}} if known else {})


def test_a_thousand_studies_take_no_more_statements_than_a_few_portions(stored):
    uids = [STUDY, *(f"1.9.{n}" for n in range(1000))]

    with CaptureQueriesContext(connection) as statements:
        known = known_objects(uids)

    assert known == {STUDY: {"1.2.3.4"}}
    assert len(statements) <= 15


@pytest.mark.parametrize(
    ("name", "modality", "wanted"),
    [("CT-RDSR-Siemens-Multi-1", "SR", "CT"), ("DX-Im-GE_XR220-1", "DX", "DX")],
)
def test_of_a_real_stored_object_and_a_new_one_only_the_new_one_is_fetched(
    name, modality, wanted, shared_objects
):
    path = shared_objects / f"{name}.dcm"
    real = dcmread(path, stop_before_pixels=True)
    assert ingest(File(str(path))).outcome == "imported"
    known, new, other = (
        instance("1.2.77", number, 1, kind, sop_class)
        for number, kind, sop_class in (
            ("1", modality, real.SOPClassUID),
            ("2", modality, real.SOPClassUID),
            ("3", wanted, "1.2.840.10008.5.1.4.1.1.2"),
        )
    )
    known.SOPInstanceUID = real.SOPInstanceUID
    offer = [known, new, *([other] if modality == "SR" else [])]
    for each in offer:
        each.StudyInstanceUID = real.StudyInstanceUID

    with FaultyPacs(offer, Faults(says={"SeriesDescription": "Any"})) as pacs:
        query = query_row(node_of(pacs), Wanted(modalities=(wanted,)))
        carry_out_query(query.pk, Aside())

    images = QueryImage.objects.filter(series__study__query=query, series__modality=modality)
    assert dict(images.values_list("sop_instance_uid", "kept")) == {
        real.SOPInstanceUID: False,
        new.SOPInstanceUID: True,
    }
