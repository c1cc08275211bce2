"""Standard names at import, and given to what is stored when the mapping changes."""

import pytest

from kerma.pipeline import jobs as pipeline_jobs
from kerma.pipeline.find import arrivals
from kerma.pipeline.ingest import ingest
from kerma.registry import load_all
from kerma.store import name_book, naming
from kerma.store.models import (
    AuditEntry,
    CtEvent,
    ProjectionEvent,
    StandardName,
    StandardNameRule,
    Study,
    StudyChange,
    Task,
)
from tests.query import hospital
from tests.query.hospital import ct_event, exposure, store

load_all(pipeline_jobs)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def mapped(modality, level, name, *rules):
    """Keep a name with rules of (field, kind, pattern), and let imports know."""
    owner = name_book.name(modality, level, name)
    for field, kind, pattern in rules:
        name_book.add_rule(owner, field, pattern, kind)
    name_book.touch(apply=False)
    return owner


@pytest.fixture
def abdomen():
    return mapped("DX", "acquisition", "AbdoView",
                  ("acquisition_protocol", "exact", "ABD_1_VIEW"))  # fmt: skip


def test_every_event_of_a_mapped_protocol_carries_the_name_from_its_import_on(abdomen):
    number = store("dx", "DX", events=(
        exposure(acquisition_protocol="ABD_1_VIEW"),
        exposure(acquisition_protocol="CHEST"),
        exposure(acquisition_protocol="abd_1_view "),
    ))  # fmt: skip

    names = ProjectionEvent.objects.order_by("ordinal").values_list("standard_name", flat=True)
    assert list(names) == ["AbdoView", "", "AbdoView"]
    assert Study.objects.get(pk=number).standard_acquisitions == "AbdoView"


def test_a_study_is_named_at_its_import():
    mapped("CT", "study", "Chest", ("study_description", "exact", "thorax"),
           ("requested_procedure", "regex", "^ct chest"))  # fmt: skip

    one = store("a", "CT", study_description="Thorax")
    two = store("b", "CT", requested_procedure="CT Chest LD")
    three = store("c", "CT", study_description="Other")

    names = dict(Study.objects.values_list("pk", "standard_name"))
    assert names == {one: "Chest", two: "Chest", three: ""}


def test_stored_studies_get_the_names_of_a_changed_mapping_and_only_they_are_noted(hospital_there):
    mapped("CT", "study", "Chest", ("study_description", "exact", "Thorax low dose"))
    mapped("CT", "acquisition", "Spiral chest", ("acquisition_protocol", "exact", "thorax ld"))
    StudyChange.objects.all().delete()

    done = naming.apply_all()

    assert done == (1, 1)
    study = Study.objects.get(study_instance_uid="ct-thorax")
    assert (study.standard_name, study.standard_acquisitions) == ("Chest", "Spiral chest")
    assert set(StudyChange.objects.values_list("study_id", "derived")) == {(study.pk, True)}


def test_applying_again_changes_nothing(hospital_there):
    mapped("CT", "study", "Chest", ("study_description", "exact", "Thorax low dose"))
    naming.apply_all()
    StudyChange.objects.all().delete()

    assert naming.apply_all() == (0, 0)
    assert not StudyChange.objects.exists()


def test_a_name_goes_with_its_rule(hospital_there):
    owner = mapped("DX", "acquisition", "L", ("acquisition_protocol", "regex", "^L spine"))
    naming.apply_all()
    assert ProjectionEvent.objects.filter(standard_name="L").count() == 2

    owner.delete()
    name_book.touch(apply=False)
    naming.apply_all()

    assert not ProjectionEvent.objects.exclude(standard_name="").exists()
    assert not Study.objects.exclude(standard_acquisitions="").exists()


def test_one_text_in_two_modalities_has_two_names():
    mapped("RF", "acquisition", "R", ("acquisition_protocol", "exact", "Hip"))
    mapped("DX", "acquisition", "D", ("acquisition_protocol", "exact", "Hip"))
    name_book.touch(apply=False)
    store("rf", "RF", events=(exposure(acquisition_protocol="Hip"),))
    store("dx", "DX", events=(exposure(acquisition_protocol="Hip"),))
    assert set(ProjectionEvent.objects.values_list("modality", "standard_name")) == {
        ("RF", "R"), ("DX", "D"),
    }  # fmt: skip

    ProjectionEvent.objects.update(standard_name="?")
    naming.apply_all()

    assert set(ProjectionEvent.objects.values_list("modality", "standard_name")) == {
        ("RF", "R"), ("DX", "D"),
    }  # fmt: skip


def test_many_rows_are_changed_in_portions_and_may_be_stopped_between(monkeypatch):
    monkeypatch.setattr(naming, "_AT_ONCE", 3)
    for n in range(4):
        events = tuple(ct_event(acquisition_protocol=p) for p in ("Head", "Head", "Topo"))
        store(f"s{n}", "CT", study_description="Head", events=events)
    mapped("CT", "study", "Head", ("study_description", "exact", "head"))
    mapped("CT", "acquisition", "Head", ("acquisition_protocol", "exact", "head"))
    told = []

    class Stop(Exception):
        pass

    def stop(done):
        told.append(done)
        if len(told) == 2:
            raise Stop

    with pytest.raises(Stop):
        naming.apply_all(stop)
    assert 0 < CtEvent.objects.exclude(standard_name="").count() < 8

    naming.apply_all()

    assert CtEvent.objects.filter(standard_name="Head").count() == 8
    assert Study.objects.filter(standard_name="Head", standard_acquisitions="Head").count() == 4


def test_a_change_asks_for_background_work_and_is_audited():
    owner = name_book.name("CT", "study", "Head")

    added = name_book.assign(owner, "study_description", ["CT Head", "ct  head", "Brain"])

    assert added == 2
    assert Task.objects.get().job == name_book.APPLY
    assert AuditEntry.objects.get().details["name"] == "Head"


def test_a_text_assigned_anew_leaves_the_other_name():
    head, brain = (name_book.name("CT", "study", n) for n in ("Head", "Brain"))
    name_book.assign(head, "study_description", ["CT Head"])

    name_book.assign(brain, "study_description", ["ct head"])

    assert list(StandardNameRule.objects.values_list("standard_name__name", "pattern")) == [
        ("Brain", "ct head")
    ]


def test_names_that_differ_in_case_only_are_one():
    one = name_book.name("CT", "study", "CT  Head")
    assert one.name == "CT Head"
    assert name_book.name("CT", "study", "ct head", radlex_code="RPID22").pk == one.pk
    assert StandardName.objects.get().radlex_code == "RPID22"


@pytest.mark.parametrize(
    ("modality", "level", "text"),
    [("CT", "study", "  "), ("CT", "study", "x" * 101), ("NM", "acquisition", "Bone")],
)
def test_names_that_cannot_be_are_refused(modality, level, text):
    with pytest.raises(name_book.NameRefused):
        name_book.name(modality, level, text)


@pytest.fixture
def hospital_there():
    hospital.store_everything()


def test_every_event_of_a_real_study_with_that_protocol_carries_the_name(abdomen, shared_objects):
    """Given a name for ABD_1_VIEW, as older systems have it for these images of a GE XR220."""
    files = sorted(shared_objects.glob("DX-Im-GE_XR220-*.dcm"))
    assert files
    for arrival in arrivals(str(path) for path in files):
        ingest(arrival)

    names = set(
        ProjectionEvent.objects.filter(acquisition_protocol="ABD_1_VIEW").values_list(
            "standard_name", flat=True
        )
    )
    assert names == {"AbdoView"}
    assert set(Study.objects.values_list("standard_acquisitions", flat=True)) == {"AbdoView"}
