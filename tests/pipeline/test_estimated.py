"""CT images alone become an estimated study; whatever is better takes its place."""

import datetime as dt
import random

import pytest

from kerma.net import every_job
from kerma.pipeline import estimated, inbox
from kerma.pipeline.batch import import_all
from kerma.pipeline.ingest import ingest
from kerma.records import Totals
from kerma.store import image_studies, options
from kerma.store.forget import forget_study
from kerma.store.models import (
    ArrivalRule,
    CtEvent,
    IdentityPolicy,
    ImageNote,
    ImageStudy,
    Quarantine,
    Source,
    Study,
    Task,
)
from tests.pipeline.arrivals import receive
from tests.pipeline.ct_headers import UID, ct_header, enhanced, thorax
from tests.query.hospital import ct_event, store

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def switched_on():
    options.put(estimated.OPTION, True)


@pytest.fixture
def bring(arrive):
    """Import some objects together, and return the outcomes of what was complete at the end."""

    def bring(data):
        found = [arrive(one, f"{number}.dcm") for number, one in enumerate(data)]
        return list(import_all(found))[len(found) :]

    return bring


def test_images_become_a_study_by_ctdivol_times_length(bring):
    """60 images of 5 mm are 300 mm: 8 mGy x 30 cm = 240 mGy cm."""
    IdentityPolicy.objects.update_or_create(pk=1, defaults={"patient_id": "store"})

    [outcome] = bring(thorax())

    assert outcome.outcome == "imported"
    study = Study.objects.get()
    assert study.kinds == "estimated"
    assert (study.dlp_mgycm, study.ctdivol_max_mgy) == (240, 8)
    assert (study.patient_id, study.study_description, study.age_years) == ("P-4711", "Thorax", 60)
    assert study.station_name == "CT1"
    event = CtEvent.objects.get()
    assert event.scanning_length_mm == 300
    assert (event.kvp, event.tube_current_ma, event.pitch) == (120, 200, 1.2)
    assert event.acquisition_type == "Spiral Acquisition"
    assert event.phantom_type == "IEC Body Dosimetry Phantom"
    assert "Estimated from image headers" in event.comment
    assert ImageStudy.objects.get().state == "stored"
    assert not ImageNote.objects.exists()


def test_an_enhanced_object_says_it_frame_by_frame(bring):
    bring([enhanced()])

    assert Study.objects.get().dlp_mgycm == 240
    assert CtEvent.objects.get().rotation_time_s == 0.5


def test_nothing_is_noted_until_it_is_switched_on(bring):
    options.put(estimated.OPTION, False)

    assert bring(thorax()) == []
    assert not ImageStudy.objects.exists()


def test_the_same_images_again_change_nothing(bring):
    bring(thorax())

    [again] = bring(thorax())

    assert again.outcome == "duplicate"
    assert Source.objects.count() == 1
    assert Study.objects.get().dlp_mgycm == 240


def test_late_images_renew_the_estimate_in_its_place(bring):
    bring(thorax(range(1, 31)))
    before = Study.objects.get()
    assert before.dlp_mgycm == 120

    bring(thorax(range(31, 61)))

    assert Study.objects.get().pk == before.pk
    assert Study.objects.get().dlp_mgycm == 240
    assert CtEvent.objects.count() == Source.objects.count() == 1


def test_the_order_of_arrival_does_not_matter(bring):
    images = thorax()
    random.Random(5).shuffle(images)

    bring(images[:20])
    bring(images[20:])

    assert Study.objects.get().dlp_mgycm == 240


def report():
    """Store a report of the same scanner, which names a station of another name."""
    event = ct_event(dlp_mgycm=250.0, ctdivol_mgy=8.1)
    return store(UID, "CT", room="S1", model="Slice 16", events=(event,),
                 totals=Totals(dlp_mgycm=250.0))  # fmt: skip


def test_a_report_that_comes_later_is_believed(bring):
    bring(thorax())

    report()

    study = Study.objects.get()
    assert study.kinds == "CT RDSR"
    assert study.number_of_events == 1
    assert study.dlp_mgycm == 250


def test_beside_a_report_nothing_is_estimated(bring):
    report()

    assert bring(thorax()) == []
    assert Source.objects.count() == 1


def test_a_report_that_comes_between_the_images_and_the_estimate(bring, arrive):
    for number in range(1, 61):
        ingest(arrive(ct_header(number)))
    report()

    [outcome] = estimated.finish([UID])

    assert outcome.outcome == "skipped"
    assert ImageStudy.objects.get().state == "not needed"
    assert Source.objects.count() == 1


def test_what_cannot_be_told_stays_out_and_says_why(bring):
    once = thorax(AcquisitionTime="")
    twice = [
        ct_header(n, SOPInstanceUID=f"{UID}.3.{n}", AcquisitionTime="", SeriesNumber=3,
                  SeriesInstanceUID=f"{UID}.3")
        for n in range(1, 61)
    ]  # fmt: skip

    [outcome] = bring([*once, *twice])

    assert "no time says whether it was scanned once or twice" in outcome.reason
    assert not Study.objects.exists()
    assert ImageStudy.objects.get().state == "doubt"


def test_an_estimate_goes_when_more_images_make_it_doubtful(bring):
    bring(thorax())

    bring([ct_header(70, KVP="80", SeriesInstanceUID=f"{UID}.2")])

    assert not Study.objects.exists()
    assert ImageStudy.objects.get().sop_instance_uid == ""


def test_images_without_ctdivol_are_no_study(bring):
    [outcome] = bring(thorax(range(1, 5), CTDIvol=None))

    assert outcome.outcome == "skipped"
    assert ImageStudy.objects.get().state == "none"


def test_images_from_the_network_are_estimated_when_nothing_more_comes():
    for data in thorax():
        receive(data)
    inbox.work_off()
    assert estimated.complete_due() == 0

    every_job.load()
    ImageStudy.objects.update(last_at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=11))
    assert estimated.complete_due() == 1
    assert Task.objects.filter(job=estimated.JOB).exists()
    for study in image_studies.quiet(10):
        estimated.make(study)

    assert Study.objects.get().dlp_mgycm == 240


def test_images_of_a_collected_scanner_are_estimated_too():
    ArrivalRule.objects.create(
        kind="collect", attribute="scanner", pattern="Acme", model="Slice 16"
    )
    for data in thorax():
        receive(data)
    inbox.work_off()

    list(estimated.finish([UID]))

    assert Study.objects.get().dlp_mgycm == 240


def test_nobody_is_named_in_what_is_noted(bring, home):
    IdentityPolicy.objects.update_or_create(pk=1, defaults={"name": "drop", "patient_id": "hash"})
    bring(thorax())

    study = ImageStudy.objects.get()
    said = f"{study.sealed_head}{bytes(study.facts)!r}"
    assert "Roe" not in said
    assert "4711" not in said
    assert Study.objects.get().patient_id_hashed
    assert not any(b"4711" in path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_headers_go_after_their_time_and_late_images_leave_the_estimate(bring):
    bring(thorax())
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=31)
    assert image_studies.expire(estimated.KEPT_DAYS, later) == 1

    [outcome] = bring([ct_header(61)])

    assert "estimate is that of before" in outcome.reason
    assert Study.objects.get().dlp_mgycm == 240
    assert ImageStudy.objects.get().sealed_head == ""


def test_a_study_that_is_deleted_can_be_estimated_again(bring):
    bring(thorax())
    forget_study(Study.objects.get())
    assert not ImageStudy.objects.exists()

    bring(thorax())

    assert Study.objects.get().dlp_mgycm == 240
    assert not Quarantine.objects.exists()
