"""Sources read anew by a better extractor."""

import datetime as dt

import pytest

from kerma.records import Patient
from kerma.store.models import Source, Study
from kerma.store.reread import outdated, put_again
from kerma.store.studies import merged
from tests.merge.builders import STUDY, ct, ct_report
from tests.store.helpers import arrive, contents

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_only_sources_of_another_version_are_listed():
    arrive(ct_report("1", [ct(0)]))
    arrive(ct_report("2", [ct(1)]), extractor_version="2")

    assert [source.sop_instance_uid for source in outdated("2")] == ["1"]


def test_what_the_better_extractor_reads_replaces_what_was_stored():
    arrive(ct_report("1", [ct(0)]))

    changed = put_again(Source.objects.get(), ct_report("1", [ct(0), ct(1)], quirks=("x",)), "2")

    assert changed
    source = Source.objects.get()
    assert (source.extractor_version, source.quirks) == ("2", ["x"])
    assert Study.objects.get().number_of_events == 2
    assert Study.objects.get().quirks == ["x"]


def test_the_same_reading_changes_nothing_but_the_version():
    record = ct_report("1", [ct(0)])
    arrive(record)
    before = contents()

    assert not put_again(Source.objects.get(), record, "2")

    before["sources"][0]["extractor_version"] = "2"
    assert contents() == before


def test_identity_stays_as_stored_though_the_copy_holds_none(policy):
    policy(patient_id="hash", name="store")
    patient = Patient(name="A^B", id="1", birth_date=dt.date(1950, 1, 1), weight_kg=60.0)
    arrive(ct_report("1", [ct(0)], patient=patient))
    stored = merged(STUDY)[0].record.patient

    put_again(Source.objects.get(), ct_report("1", [ct(1)], patient=Patient(weight_kg=61.0)), "2")

    again = merged(STUDY)[0].record.patient
    assert (again.name, again.id, again.age_years) == (stored.name, stored.id, stored.age_years)
    assert again.weight_kg == 61.0
