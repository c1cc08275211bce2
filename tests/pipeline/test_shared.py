"""Behaviours over the shared objects: whatever the order of arrival, one result."""

import itertools
from pathlib import Path

import pytest

from kerma.dicom.content import CONTENT, ContentItem
from kerma.dicom.encode import to_file
from kerma.dicom.files import read_file
from kerma.dicom.tags import ContentTime, SOPInstanceUID
from kerma.pipeline.find import arrivals
from kerma.pipeline.ingest import ingest
from kerma.records import StudyRecord
from kerma.store import studies
from kerma.store.models import Administration, CtEvent, Source, Study

pytestmark = pytest.mark.django_db


def _import(*paths: Path) -> list[str]:
    return [ingest(arrival).outcome for arrival in arrivals(str(path) for path in paths)]


def _forget() -> None:
    Source.objects.all().delete()
    Study.objects.all().delete()


def _stored(uid: str) -> tuple[StudyRecord, ...]:
    return tuple(part.record for part in studies.merged(uid))


def test_a_second_import_of_everything_changes_nothing(shared_objects):
    objects = sorted(shared_objects.glob("*.dcm"))
    _import(*objects)
    before = {study.pk: study.updated_at for study in Study.objects.all()}

    outcomes = set(_import(*objects))

    assert outcomes == {"duplicate", "refused"}
    assert {study.pk: study.updated_at for study in Study.objects.all()} == before
    assert len(before) > 25


def test_every_order_of_cumulative_reports_gives_one_study(shared_objects, expected):
    files = [shared_objects / f"CT-RDSR-Siemens-Multi-{number}.dcm" for number in (1, 2, 3)]
    uid = expected(files[0].stem)["study"]["study_instance_uid"]
    results = set()
    for order in itertools.permutations(files):
        _import(*order)
        study = Study.objects.get()
        assert study.number_of_events == CtEvent.objects.count() == 3
        assert study.dlp_mgycm == pytest.approx(236.09)
        assert (study.localiser_events, study.spiral_events) == (1, 2)
        results.add(str(_stored(uid)))
        _forget()

    assert len(results) == 1


def _part(source: Path, target: Path, events: set[int], number: int) -> Path:
    """Write a report that holds only some of the events of `source`, as a report of its own."""
    found = read_file(source).data_set
    root = ContentItem(found)
    acquisitions = [item for item in root.children if item.concept.value == "113819"]
    dropped = [id(item.data_set) for at, item in enumerate(acquisitions) if at not in events]
    vr, items = found.elements[CONTENT]
    assert isinstance(items, list)
    kept = [
        item for item in items
        if id(item) not in dropped and ContentItem(item).concept.value != "113811"
    ]  # fmt: skip
    found.elements[CONTENT] = (vr, kept)
    found.put(SOPInstanceUID, f"1.2.3.{number}")
    found.put(ContentTime, f"1200{number:02d}")
    target.write_bytes(to_file(found))
    return target


@pytest.mark.parametrize(
    "split",
    [({0, 1}, {2, 3}), ({0, 1, 2}, {1, 2, 3}), ({0}, {0, 1}, {0, 1, 2, 3}), ({3}, {0, 1, 2})],
    ids=["continued", "overlapping", "cumulative", "continued, last first"],
)
def test_a_report_in_parts_gives_the_study_of_the_whole(split, shared_objects, tmp_path, expected):
    whole = shared_objects / "CT-RDSR-Siemens_Flash-TAP-SS.dcm"
    uid = expected(whole.stem)["study"]["study_instance_uid"]
    _import(whole)
    events = {event.irradiation_event_uid: event for event in _stored(uid)[0].events}
    _forget()
    parts = [_part(whole, tmp_path / f"{n}.dcm", part, n) for n, part in enumerate(split, 1)]

    results = set()
    for order in itertools.permutations(parts):
        _import(*order)
        assert Study.objects.get().dlp_mgycm is None or Study.objects.get().dlp_mgycm > 0
        (record,) = _stored(uid)
        assert {event.irradiation_event_uid: event for event in record.events} == events
        assert record.totals.dlp_sum_of_events_mgycm == pytest.approx(724.52)
        results.add(str(record))
        _forget()
    assert len(results) == 1


def test_report_and_pet_image_of_one_examination_are_one_administration(shared_objects, expected):
    """behaviour.json, nuclear_medicine_merging."""
    files = [shared_objects / f"NM-{name}-Siemens.dcm" for name in ("RRDSR", "PetIm")]
    for order in itertools.permutations(files):
        _import(*order)
        (administration,) = Administration.objects.all()
        assert administration.administered_activity_mbq == 394
        assert administration.start.isoformat() == "2022-02-24T10:40:30"
        assert len(Study.objects.get().series) == 1
        _forget()


def test_four_pet_images_are_three_series_of_one_administration(shared_objects):
    names = ("PetIm-Siemens", "PetIm-Siemens-3-sameseries", "PetIm-Siemens-2", "PetIm-Siemens-3")
    for order in itertools.permutations(shared_objects / f"NM-{name}.dcm" for name in names):
        _import(*order)
        assert Administration.objects.get().administered_activity_mbq == 394
        assert len(Study.objects.get().series) == 3
        _forget()


def test_a_pet_ct_examination_is_a_ct_and_an_nm_study(shared_objects):
    _import(*(shared_objects / f"NM-{name}.dcm" for name in ("RRDSR-Siemens", "CT-RDSR-Siemens")))

    assert sorted(Study.objects.values_list("modality", flat=True)) == ["CT", "NM"]


def test_relabelled_copies_are_studies_of_their_own(shared_objects):
    _import(*(shared_objects / f"RF-RDSR-Siemens-Zee{name}.dcm" for name in ("", "_adjusted")))

    assert Study.objects.filter(modality="RF").count() == 2
