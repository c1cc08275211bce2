"""Real objects of several makers, stored in every order."""

import hashlib
from itertools import permutations

import pytest
from django.db import transaction

from kerma.extract import read
from kerma.store.arrival import ObjectFacts
from kerma.store.ledger import RELABELLED
from kerma.store.models import Administration, Study, System
from kerma.store.save import save
from kerma.store.systems import set_modality, sort_anew
from tests.store.helpers import contents

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

CUMULATIVE = [f"CT-RDSR-Siemens-Multi-{n}.dcm" for n in (1, 2, 3)]
PET = ["NM-RRDSR-Siemens.dcm", "NM-PetIm-Siemens.dcm"]


@pytest.fixture
def arrive(shared_objects):
    """Save objects by the names of their files; return the outcomes."""

    def save_all(*names):
        return [_save(shared_objects / name) for name in names]

    return save_all


def _save(path):
    record = read(path)
    return save(
        record,
        ObjectFacts(
            sop_instance_uid=record.study.sop_instance_uid,
            study_instance_uid=record.study.study_instance_uid,
            series_instance_uid=record.study.series_instance_uid,
            content_hash=hashlib.sha256(path.read_bytes()).hexdigest(),
        ),
    )


def test_cumulative_reports_add_up_step_by_step(arrive):
    steps = []
    for name in [*CUMULATIVE, CUMULATIVE[0]]:
        (saved,) = arrive(name)
        study = Study.objects.get()
        types = (study.sequenced_events, study.spiral_events, study.stationary_events)
        figures = (study.number_of_events, *types, study.localiser_events)
        steps.append((saved.outcome, figures, study.dlp_mgycm))

    assert steps == [
        ("imported", (1, 0, 0, 0, 1), pytest.approx(7.46)),
        ("merged", (2, 0, 1, 0, 1), pytest.approx(77.27)),
        ("merged", (3, 0, 2, 0, 1), pytest.approx(236.09)),
        ("duplicate", (3, 0, 2, 0, 1), pytest.approx(236.09)),
    ]
    assert Study.objects.get().sources.count() == 3


@pytest.mark.parametrize("names", [CUMULATIVE, PET])
def test_every_order_gives_the_same_rows(arrive, names):
    results = []
    for order in permutations(names):
        with transaction.atomic():
            arrive(*order)
            results.append(contents())
            transaction.set_rollback(True)

    assert all(result == results[0] for result in results)


def test_report_and_image_of_one_pet_examination_are_one_administration(arrive):
    arrive(*PET)

    study, given = Study.objects.get(), Administration.objects.get()
    assert (study.modality, len(study.series)) == ("NM", 1)
    assert given.administered_activity_mbq == pytest.approx(394, abs=0.5)
    assert given.start.isoformat() == "2022-02-24T10:40:30"
    assert given.administration_event_uid == "1.3.12.2.1107.5.1.4.11090.20220224104830.0"


def test_ct_and_pet_of_one_examination_are_two_studies(arrive):
    arrive("NM-CT-RDSR-Siemens.dcm", "NM-RRDSR-Siemens.dcm")

    assert sorted(Study.objects.values_list("modality", flat=True)) == ["CT", "NM"]
    assert len(set(Study.objects.values_list("study_id", flat=True))) == 1


def test_one_report_under_two_study_instance_uids_is_two_studies(arrive):
    first, second = arrive("RF-RDSR-Siemens-Zee_adjusted.dcm", "RF-RDSR-Siemens-Zee.dcm")

    assert (first.outcome, second.outcome) == ("imported", "imported")
    assert second.reason == RELABELLED
    days = Study.objects.order_by("study_date").values_list("study_date", flat=True)
    assert [str(day) for day in days] == ["2016-05-10", "2016-05-12"]


def test_a_combined_device_keeps_radiography_and_fluoroscopy_apart(arrive):
    arrive("Dual-RDSR-RF.dcm")
    before = contents()["studies"][0]["modality"]

    system = System.objects.get()
    set_modality(system, "Dual")
    sort_anew(system)

    assert (before, Study.objects.get().modality) == ("RF", "RF")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("DX-RDSR-Canon_CXDI.dcm", "OpenREM CANONDaRt"),
        ("MG-Im-GE-SenDS-scaled.dcm", "中心医院 SENODS01"),
        ("MG-RDSR-Hologic_2D.dcm", "OpenREM Dimensions"),
    ],
)
def test_the_automatic_names_of_real_devices(arrive, name, expected):
    arrive(name)

    assert System.objects.get().display_name == expected
