"""CT images that arrive: the size of the patient is kept, matched to the report, and used."""

import itertools
import math

import pytest

from kerma.pipeline import computed, ct_size, follow_up, inbox
from kerma.pipeline.ct_size import is_sample
from kerma.pipeline.ingest import ingest
from kerma.store import ct_sizes, options
from kerma.store.forget import forget_study
from kerma.store.models import (
    Arrival,
    CtEvent,
    CtImageSize,
    ObjectUse,
    Quarantine,
    Study,
    StudyChange,
)
from tests.dicom.ct_images import ct_bytes
from tests.dosimetry.ct_pictures import ellipse, picture, water
from tests.pipeline.arrivals import receive
from tests.query.hospital import ct_event, store

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

DOSE = {"ctdivol_mgy": 10.0, "target_region": "Chest", "target_region_code": "T-D3000",
        "phantom_type": "IEC Body Dosimetry Phantom", "phantom_type_code": "113691"}  # fmt: skip
UID = "1.2.1"


@pytest.fixture(autouse=True)
def switched_on():
    options.put("compute_ssde", True)
    options.put(ct_size.OPTION, True)


def report(*events, uid=UID):
    localiser = ct_event("Constant Angle Acquisition", ctdivol_mgy=0.1)
    return store(uid, "CT", events=(localiser, *(events or (ct_event(**DOSE),))))


def scan(pk, ordinal=2):
    return CtEvent.objects.get(study=pk, ordinal=ordinal)


def keep(*data):
    for one in data:
        ct_size.keep(ct_size.measure(one))


def by_hand(diameter_cm):
    """AAPM Report 204, 32 cm phantom."""
    return 10 * 3.704369 * math.exp(-0.03671937 * diameter_cm)


def test_images_that_arrive_give_the_dose_that_the_report_leaves_out(arrive):
    pk = report()
    follow_up.follow(pk, only="computed")
    assert scan(pk).computed_ssde_mgy is None
    assert "no axial images" in scan(pk).computed["ssde"]["reason"]

    for number in (1, 2, 3):
        assert ingest(arrive(ct_bytes(water(250), number))).outcome == "skipped"
    assert StudyChange.objects.filter(study_id=pk, derived=False).count() == 4
    follow_up.follow(pk, only="computed")

    found = scan(pk)
    assert found.computed_ssde_mgy == pytest.approx(by_hand(25), rel=0.005)
    assert found.water_equivalent_diameter_mm is None
    assert "mean of axial images" in found.computed["ssde"]["method"]
    assert "3 images measured" in found.computed["ssde"]["note"]
    assert "only acquisition" in found.computed["ssde"]["note"]


def test_images_that_come_by_the_network_are_measured_and_leave_the_spool(home):
    receive(ct_bytes(water(250)))

    assert inbox.work_off() == 1

    assert CtImageSize.objects.get().mean_mm == pytest.approx(250, rel=0.005)
    assert Arrival.objects.get().decision == "skipped"
    assert not list((home / "spool").rglob("*.dcm"))
    assert not [path for path in (home / "objects").rglob("*") if path.is_file()]


def test_nothing_is_measured_until_it_is_switched_on(arrive):
    options.put(ct_size.OPTION, False)

    ingest(arrive(ct_bytes()))

    assert not CtImageSize.objects.exists()


def test_images_before_the_report_are_found_by_it():
    keep(ct_bytes(water(250)))

    pk = report()
    follow_up.follow(pk, only="computed")

    assert scan(pk).computed_ssde_mgy == pytest.approx(by_hand(25), rel=0.005)


def test_what_the_report_says_goes_first():
    keep(ct_bytes(water(250)))
    pk = report(ct_event(**DOSE, water_equivalent_diameter_mm=300.0))
    follow_up.follow(pk, only="computed")

    assert scan(pk).computed_ssde_mgy == pytest.approx(by_hand(30))


def test_images_are_matched_by_the_uid_of_the_event():
    first, second = ct_event(**DOSE), ct_event(**DOSE)
    uids = first.irradiation_event_uid, second.irradiation_event_uid
    keep(
        ct_bytes(water(200), 1, IrradiationEventUID=uids[0]),
        ct_bytes(water(300), 2, IrradiationEventUID=uids[1]),
    )
    pk = report(first, second)
    follow_up.follow(pk, only="computed")

    assert scan(pk, 2).computed_ssde_mgy == pytest.approx(by_hand(20), rel=0.005)
    assert scan(pk, 3).computed_ssde_mgy == pytest.approx(by_hand(30), rel=0.005)
    assert "name this irradiation event" in scan(pk, 2).computed["ssde"]["note"]


def sentences(pk):
    scans = computed.rotating(list(CtEvent.objects.filter(study=pk).order_by("ordinal")))
    return [one.sentence for one in ct_size.matches(Study.objects.get(pk=pk), scans)]


def test_images_without_a_uid_are_not_matched_to_one_of_two_scans():
    keep(ct_bytes())
    pk = report(ct_event(**DOSE), ct_event(**DOSE))
    follow_up.follow(pk, only="computed")

    assert "the report has 2 acquisitions" in sentences(pk)[0]
    assert scan(pk, 2).computed_ssde_mgy is None
    assert scan(pk, 3).computed_ssde_mgy is None


def test_images_of_several_acquisitions_are_not_matched_to_one_event():
    keep(ct_bytes(None, 1, AcquisitionNumber=1), ct_bytes(None, 2, AcquisitionNumber=2))
    pk = report()

    assert "several acquisitions" in sentences(pk)[0]
    assert not ct_size.sizes(Study.objects.get(pk=pk), [scan(pk)])


def test_images_of_an_unknown_event_are_not_matched():
    keep(ct_bytes(None, 1, IrradiationEventUID="1.2.99"), ct_bytes(None, 2))
    pk = report()

    assert any("of no report" in one for one in sentences(pk))
    assert any("other images of the study do" in one for one in sentences(pk))
    assert not ct_size.sizes(Study.objects.get(pk=pk), [scan(pk)])


def cut_off(number, **more):
    return ct_bytes(ellipse(picture(), 560, 300, 0.0), number, **more)


def test_patients_who_are_cut_off_have_no_dose():
    keep(ct_bytes(water(250), 1), cut_off(2))
    pk = report()
    follow_up.follow(pk, only="computed")

    assert scan(pk).computed_ssde_mgy is None
    assert "50% of 2 are cut off" in scan(pk).computed["ssde"]["reason"]


def test_of_several_series_the_one_that_shows_most_of_the_patient_is_used():
    keep(cut_off(1), ct_bytes(water(250), 7, SeriesInstanceUID="1.2.1.3", SeriesNumber=3))
    pk = report()

    found = ct_size.matches(Study.objects.get(pk=pk), [scan(pk)])

    assert [(one.size.series_number, one.is_used) for one in found] == [(2, False), (3, True)]


def test_the_order_of_arrival_does_not_matter_and_twice_is_once():
    images = [ct_bytes(water(size), n) for n, size in enumerate((200, 250, 330), 1)]
    seen = set()
    for order in itertools.permutations(images):
        CtImageSize.objects.all().delete()
        keep(*order, order[0])
        row = CtImageSize.objects.get()
        seen.add((row.images, row.mean_mm, row.minimum_mm, row.maximum_mm, row.middle_mm))

    assert len(seen) == 1
    assert next(iter(seen)) == (
        3, pytest.approx(260, rel=0.005), pytest.approx(200, rel=0.005),
        pytest.approx(330, rel=0.005), pytest.approx(250, rel=0.005),
    )  # fmt: skip


def test_what_an_older_method_measured_is_measured_anew():
    keep(ct_bytes(water(250), 1), ct_bytes(water(250), 2))
    CtImageSize.objects.update(method="older")

    keep(ct_bytes(water(250), 1))

    assert CtImageSize.objects.get().images == 1


def test_an_image_that_cannot_be_measured_leaves_a_reason_and_is_not_in_quarantine(arrive):
    ingest(arrive(ct_bytes(RescaleType="Z_EFF")))

    use = ObjectUse.objects.get(consumer="ct size")
    assert use.disposition == "skipped"
    assert "not in HU" in use.reason
    assert not Quarantine.objects.exists()


def test_an_image_that_was_measured_is_not_read_again(arrive, monkeypatch):
    ingest(arrive(ct_bytes()))
    monkeypatch.setattr(ct_size, "measure", None)

    assert ingest(arrive(ct_bytes())).outcome == "skipped"
    assert CtImageSize.objects.get().images == 1


def test_no_pixels_and_no_names_are_kept():
    keep(ct_bytes())

    row = CtImageSize.objects.values().get()

    assert "Doe" not in str(row)
    assert row["sections"] == {"1.2.1.2.1": [10.0, pytest.approx(250, rel=0.005), False]}


def test_sizes_go_with_their_study():
    keep(ct_bytes(), ct_bytes(study="1.2.2"))
    report()

    forget_study(Study.objects.get())

    assert list(CtImageSize.objects.values_list("study_instance_uid", flat=True)) == ["1.2.2"]


def test_sizes_whose_report_never_came_expire():
    keep(ct_bytes(), ct_bytes(study="1.2.2"))
    report()

    assert ct_sizes.expire(0) == 1
    assert CtImageSize.objects.get().study_instance_uid == UID


@pytest.mark.parametrize(
    ("thickness_mm", "measured"),
    [(None, 600), (0.0, 600), (10.0, 600), (5.0, 300), (3.0, 200), (0.6, 38), (20.0, 600)],
)
def test_about_one_image_in_10_mm_is_measured(thickness_mm, measured):
    """Of 600 images: every nth by number, n = 10 mm / thickness rounded down, 16 for 0.6 mm."""
    assert sum(is_sample(number, thickness_mm) for number in range(1, 601)) == measured


def test_images_without_a_number_are_all_measured():
    assert is_sample(None, 0.6)


def test_images_left_out_cost_nothing(arrive):
    ingest(arrive(ct_bytes(None, 2, SliceThickness=1.0)))

    assert not CtImageSize.objects.exists()
    assert not ObjectUse.objects.filter(consumer="ct size").exists()
