"""Patterns that mark tests and quality assurance."""

import pytest

from kerma.records import Patient
from kerma.store.models import NotPatientPattern, Study
from kerma.store.not_patient import HISTORIC, add_historic
from tests.merge.builders import ct, ct_report
from tests.store.helpers import arrive

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def patterns():
    for pattern in ("qa*", "PHY*"):
        NotPatientPattern.objects.create(target="id", pattern=pattern)
    for pattern in ("*TEST*", "QA*", "PHYSICS*"):
        NotPatientPattern.objects.create(target="name", pattern=pattern)


CASES = [
    ("Smith^Dolliquay", "278247623467", ""),
    ("Smith^Dolliquay", "QA12345", "IDs: qa* | Names: "),
    ("Physics^LBDAlignment", "12345", "IDs:  | Names: physics*"),
    ("Physics^LBDAlignmentTest", "12345", "IDs:  | Names: *test* physics*"),
    ("Physics^LBDAlignmentTest", "PHY12345", "IDs: phy* | Names: *test* physics*"),
]


@pytest.mark.parametrize(("name", "patient_id", "expected"), CASES)
def test_the_patterns_met_are_kept_though_name_and_id_are_not(patterns, name, patient_id, expected):
    arrive(ct_report("1", [ct(0)], patient=Patient(name=name, id=patient_id)))

    study = Study.objects.get()
    assert study.not_patient == expected
    assert (study.patient_name, study.patient_id) == ("", "")


def test_a_range_of_characters_is_a_pattern_too():
    NotPatientPattern.objects.create(target="id", pattern="phy[0-9]*")

    arrive(ct_report("1", [ct(0)], patient=Patient(id="PHY6test")))

    assert Study.objects.get().not_patient == "IDs: phy[0-9]* | Names: "


def test_what_any_source_met_marks_the_study(patterns):
    arrive(ct_report("1", [ct(0)], patient=Patient(id="QA1")))
    arrive(ct_report("2", [ct(1)], patient=Patient(id="PHY1", name="a test")))

    assert Study.objects.get().not_patient == "IDs: phy* qa* | Names: *test*"


def test_a_new_site_has_no_patterns_and_can_add_the_historic_ones_once():
    assert not NotPatientPattern.objects.exists()

    assert add_historic() == len(HISTORIC)
    assert add_historic() == 0
    arrive(ct_report("1", [ct(0)], patient=Patient(name="Physics^QC")))

    assert Study.objects.get().not_patient == "IDs:  | Names: *phys*"
