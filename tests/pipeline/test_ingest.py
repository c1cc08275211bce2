"""One arrival: stored, already here, without dose, or in quarantine; never half."""

import pytest

from kerma.dicom.write import to_bytes
from kerma.pipeline import again, ingest
from kerma.pipeline.keep import kept
from kerma.store.models import ObjectUse, Quarantine, Source, Study
from tests.dicom.objects import image

pytestmark = pytest.mark.django_db


def test_a_report_becomes_a_study(arrive, ct_report):
    outcome = ingest.ingest(arrive(ct_report))

    assert (outcome.outcome, outcome.study_instance_uid) == ("imported", "1.2.3")
    assert Study.objects.get().dlp_mgycm == 312.5


def test_the_same_again_changes_nothing(arrive, ct_report):
    ingest.ingest(arrive(ct_report))

    assert ingest.ingest(arrive(ct_report)).outcome == "duplicate"
    assert Study.objects.count() == Source.objects.count() == 1


def test_another_content_under_the_same_uid_goes_to_quarantine(arrive, ct_report):
    ingest.ingest(arrive(ct_report))

    outcome = ingest.ingest(arrive(ct_report.replace(b"Thorax", b"Throat")))

    assert outcome.outcome == "refused"
    assert "other content" in outcome.reason
    assert Quarantine.objects.get().study_instance_uid == "1.2.3"
    assert Study.objects.get().acquisition_protocols == "Thorax"


def test_an_image_without_dose_is_skipped_and_noted(arrive):
    data = to_bytes(image(Modality="CT", Rows=1, Columns=1))

    assert ingest.ingest(arrive(data)).outcome == "skipped"
    assert ObjectUse.objects.get().disposition == "skipped"
    assert not Quarantine.objects.exists()


@pytest.mark.parametrize("data", [b"", b"not DICOM at all", b"\0" * 200])
def test_what_is_no_dicom_goes_to_quarantine_with_a_sentence(arrive, data):
    outcome = ingest.ingest(arrive(data))

    assert outcome.outcome == "refused"
    assert Quarantine.objects.get().reason == outcome.reason
    assert outcome.reason.endswith(".")


def test_a_cut_object_leaves_no_partial_study(arrive, ct_report):
    for end in range(400, len(ct_report), 97):
        ingest.ingest(arrive(ct_report[:end]))

    assert not Study.objects.exists()
    assert not Source.objects.exists()


def test_the_kept_copy_holds_no_identity_and_reads_the_same(arrive, ct_report):
    ingest.ingest(arrive(ct_report))
    source = Source.objects.get()

    copy = kept(source.path)

    assert copy.data_set.text(0x00100010) == ""
    assert copy.data_set.text(0x00100030) == ""
    assert Study.objects.get().age_years == pytest.approx(76, abs=0.1)


def test_rereading_with_a_newer_extractor_brings_what_it_reads(arrive, ct_report):
    ingest.ingest(arrive(ct_report))
    Source.objects.update(extractor_version="0")

    outcomes = [outcome.outcome for outcome in again.reread_all()]

    assert outcomes == ["duplicate"]
    assert Source.objects.get().extractor_version == again.VERSION
    assert list(again.reread_all()) == []


def test_rereading_says_what_has_no_copy(arrive, ct_report):
    ingest.ingest(arrive(ct_report))
    Source.objects.update(extractor_version="0", path="")

    (outcome,) = again.reread_all()

    assert (outcome.outcome, outcome.reason) == ("refused", "No copy of this object was kept.")
    assert Study.objects.get().dlp_mgycm == 312.5


def test_a_retry_takes_an_object_out_of_quarantine(arrive, ct_report):
    first, second = ct_report, ct_report.replace(b"Thorax", b"Throat")
    ingest.ingest(arrive(first))
    ingest.ingest(arrive(second))
    Study.objects.get().sources.all().delete()
    Study.objects.all().delete()

    outcome = again.retry(Quarantine.objects.get())

    assert outcome.outcome == "imported"
    assert Quarantine.objects.get().released_at is not None
    assert Study.objects.get().acquisition_protocols == "Throat"
