"""Heights and weights from a list."""

import pytest

from kerma.records import Patient, StudyHeader
from kerma.store.models import SizeEntry, SizeImport, Study
from kerma.store.sizes import enter, studies_with, undo
from kerma.store.studies import merged
from tests.merge.builders import STUDY, ct, ct_report, header
from tests.store.helpers import arrive

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def size():
    study = Study.objects.get()
    return study.height_m, study.weight_kg


def test_what_the_study_does_not_say_is_filled():
    arrive(ct_report("1", [ct(0)]))

    assert enter(STUDY, 1.7, 90.0)

    assert size() == (1.7, 90.0)
    assert merged(STUDY)[0].record.patient == Patient(height_m=1.7, weight_kg=90.0)


def test_what_the_study_says_is_never_overwritten():
    arrive(ct_report("1", [ct(0)], patient=Patient(height_m=1.5)))

    enter(STUDY, 1.7, 90.0)
    assert not enter(STUDY, 1.8, 95.0)

    assert size() == (1.5, 90.0)
    assert SizeEntry.objects.count() == 1


def test_it_is_overwritten_where_that_is_wanted():
    arrive(ct_report("1", [ct(0)], patient=Patient(height_m=1.5)))

    enter(STUDY, 1.7, None, overwrite=True)

    assert size() == (1.7, None)


def test_sizes_survive_the_arrival_of_a_further_object():
    arrive(ct_report("1", [ct(0)]))
    enter(STUDY, 1.7, 90.0)

    arrive(ct_report("2", [ct(1)], seconds=60))

    assert size() == (1.7, 90.0)


def test_an_object_that_says_more_counts_above_the_list():
    arrive(ct_report("1", [ct(0)]))
    enter(STUDY, 1.7, 90.0)

    arrive(ct_report("2", [ct(1)], seconds=60, patient=Patient(height_m=1.5)))

    assert size() == (1.5, 90.0)


def test_an_import_can_be_undone():
    arrive(ct_report("1", [ct(0)]))
    first = SizeImport.objects.create(file_name="sizes.csv")
    enter(STUDY, 1.7, None, size_import=first)
    enter(STUDY, None, 80.0)

    assert undo(first) == 1

    assert size() == (None, 80.0)
    first.refresh_from_db()
    assert first.state == "undone"


@pytest.mark.parametrize("choice", ["store", "hash"])
def test_an_accession_number_finds_its_studies_however_it_is_stored(policy, choice):
    policy(accession_number=choice)
    arrive(ct_report("1", [ct(0)], study=header("1", accession_number="ACC1")))

    assert studies_with("accession", "ACC1") == [STUDY]
    assert studies_with("accession", "acc1") == []
    assert studies_with("accession", "") == []


def test_a_study_instance_uid_finds_its_studies():
    arrive(ct_report("1", [ct(0)], study=StudyHeader(study_instance_uid="4", sop_instance_uid="1")))

    assert studies_with("study-uid", "4") == ["4"]
    assert studies_with("study-uid", "5") == []
