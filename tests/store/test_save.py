"""What becomes of an object that is saved."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from msgspec.structs import replace

from kerma.records import Code, CtEvent, Filter, OrganDose, Patient, PatientCharacteristics, Totals
from kerma.store.ledger import RELABELLED
from kerma.store.models import (
    Administration,
    ObjectUse,
    ProjectionEvent,
    Source,
    StoredObject,
    Study,
)
from kerma.store.models import CtEvent as CtRow
from kerma.store.save import NO_SOP_UID, NO_STUDY_UID, OTHER_CONTENT, already
from kerma.store.studies import merged
from tests.merge.builders import (
    at,
    ct,
    ct_report,
    device,
    header,
    injection,
    nm_image,
    nm_report,
    report,
    shot,
)
from tests.store.helpers import arrive, contents, facts

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

STATEMENTS = 13
"""Three reads of what is known, the rules, eight writes, and the texts not met before."""


def test_the_first_object_of_a_study_is_imported():
    saved = arrive(ct_report("1", [ct(0), ct(1)]))

    study = Study.objects.get()
    assert (saved.outcome, saved.study_ids) == ("imported", (study.pk,))
    assert (study.modality, study.number_of_events, study.dlp_mgycm) == ("CT", 2, 22.0)


def test_a_further_object_is_merged():
    arrive(ct_report("1", [ct(0)]))

    saved = arrive(ct_report("2", [ct(0), ct(1)], seconds=60))

    assert saved.outcome == "merged"
    assert Study.objects.get().number_of_events == CtRow.objects.count() == 2
    assert set(Source.objects.values_list("state", flat=True)) == {"active", "superseded"}


def test_the_same_object_again_changes_nothing():
    record = ct_report("1", [ct(0)])
    arrive(record)
    before = contents()

    saved = arrive(record)

    assert saved.outcome == "duplicate"
    assert contents() == before
    assert ObjectUse.objects.get().disposition == "imported"


def test_an_object_that_is_known_need_not_be_read():
    record = ct_report("1", [ct(0)])
    assert already(facts(record)) is None

    saved = arrive(record)

    assert already(facts(record)).study_ids == saved.study_ids
    assert already(facts(record)).outcome == "duplicate"
    assert already(facts(record, content_hash="other")).outcome == "refused"


def test_one_sop_instance_uid_with_two_contents_in_one_study_is_refused():
    arrive(ct_report("1", [ct(0)]))
    before = contents()

    saved = arrive(ct_report("1", [ct(0), ct(1)]))

    assert (saved.outcome, saved.reason) == ("refused", OTHER_CONTENT)
    assert contents() == before
    assert set(ObjectUse.objects.values_list("disposition", flat=True)) == {"imported", "refused"}


def test_a_relabelled_copy_in_another_study_is_accepted_with_a_word_on_it():
    record = report("1", [shot(0)])
    arrive(record)

    other = replace(record, study=replace(record.study, study_instance_uid="9.9"))
    saved = arrive(other)

    assert (saved.outcome, saved.reason) == ("imported", RELABELLED)
    assert Study.objects.count() == 2
    assert StoredObject.objects.filter(sop_instance_uid="1").count() == 2


def test_an_object_without_study_instance_uid_is_refused():
    record = ct_report("1", [ct(0)])

    saved = arrive(record, study_instance_uid="")

    assert (saved.outcome, saved.reason) == ("refused", NO_STUDY_UID)
    assert Study.objects.count() == 0


def test_an_object_without_sop_instance_uid_is_refused():
    saved = arrive(ct_report("1", [ct(0)]), sop_instance_uid="")

    assert (saved.outcome, saved.reason) == ("refused", NO_SOP_UID)
    assert Study.objects.count() == 0


def test_two_devices_in_one_study_are_two_studies():
    arrive(ct_report("1", [ct(0)], device=device("A")))
    arrive(ct_report("2", [ct(1)], device=device("B")))

    assert [s.number_of_events for s in Study.objects.order_by("id")] == [1, 1]
    assert Study.objects.values("device").distinct().count() == 2


def test_slices_of_a_pet_series_are_duplicates_of_its_first():
    arrive(nm_image("b", [injection()], number=2))

    assert arrive(nm_image("c", [injection()], number=3)).outcome == "duplicate"
    assert arrive(nm_image("a", [injection()], number=1)).outcome == "merged"
    assert list(Source.objects.values_list("sop_instance_uid", flat=True)) == ["a"]
    assert Study.objects.get().administered_activity_mbq == 394.0


def test_what_is_not_a_column_is_kept_with_the_event():
    arrive(
        report(
            "1",
            [
                shot(
                    0,
                    filters=(Filter(material="Copper", thickness_max_mm=0.3),),
                    kvp_values=(70.0, 71.0),
                    derived={"collimated_field_area_m2": 0.02},
                )
            ],
        )
    )

    event = ProjectionEvent.objects.get()
    assert event.filters == [{"material": "Copper", "thickness_max_mm": 0.3}]
    assert event.more["kvp_values"] == [70.0, 71.0]
    assert event.more["derived"] == {"collimated_field_area_m2": 0.02}
    assert event.date_time_started == at(0)
    assert (event.modality, event.study_date) == ("RF", at(0).date())


def test_what_an_administration_says_is_kept():
    dose = OrganDose(organ="Bladder", dose_mgy=12.0)
    state = PatientCharacteristics(glucose_mmol_per_l=5.2, patient_state=("Fasting",))
    arrive(
        nm_report(
            "1",
            [injection(start_time=dt.time(9, 1), organ_doses=(dose,), brand_name="X")],
            patient_characteristics=state,
        )
    )

    event, study = Administration.objects.get(), Study.objects.get()
    assert (event.start, event.start_time) == (at(0), dt.time(9, 1))
    assert event.organ_doses == [{"organ": "Bladder", "dose_mgy": 12.0}]
    assert event.more == {"brand_name": "X"}
    assert study.radionuclides == "^18^Fluorine"
    assert study.patient_characteristics["glucose_mmol_per_l"] == 5.2


def test_the_columns_of_a_study_say_what_its_record_says():
    record = ct_report(
        "1",
        [
            ct(0, acquisition_protocol="Topogram"),
            ct(1, acquisition_protocol="Thorax", ctdivol_mgy=7.5, target_region="Chest"),
            ct(2, acquisition_protocol="Thorax", ctdivol_mgy=3.5),
        ],
        study=header(
            "1",
            study_time=dt.time(8, 30),
            study_description="Thorax",
            performed_procedure_code=Code(value="1", meaning="CT chest"),
        ),
        patient=Patient(sex="F", height_m=1.6, weight_kg=60.0),
        totals=Totals(dlp_sum_of_events_mgycm=34.5),
    )

    arrive(record)

    study = Study.objects.get()
    assert study.date_time == dt.datetime.combine(at(0).date(), dt.time(8, 30))
    assert study.acquisition_protocols == "Topogram\nThorax"
    assert (study.localiser_events, study.spiral_events, study.sequenced_events) == (1, 2, 0)
    assert (study.ctdivol_max_mgy, study.dlp_mgycm) == (7.5, 34.5)
    assert (study.procedure, study.target_regions) == ("CT chest", "Chest")
    assert (study.sex, study.height_m, study.weight_kg) == ("F", 1.6, 60.0)
    assert study.kinds == "CT RDSR"


def test_a_study_without_any_date_is_the_oldest_and_is_counted():
    record = ct_report("1", [ct(0)], study=header("1", study_date=None, content_date=None))

    arrive(record)

    assert Study.objects.get().date_time == dt.datetime(1, 1, 1)  # noqa: DTZ001 - none is meant
    assert Study.objects.get().study_date is None


def test_characters_and_numbers_that_no_database_takes_do_no_harm():
    event = CtEvent(acquisition_protocol="He\0ad", number_of_xray_sources=2**40, comment="\0")

    assert arrive(ct_report("1", [event])).outcome == "imported"

    row = CtRow.objects.get()
    assert (row.acquisition_protocol, row.number_of_xray_sources) == ("Head", None)


def test_the_stored_record_is_the_merged_one():
    record = ct_report("1", [ct(0), ct(1)])
    arrive(record)

    (study,) = merged(record.study.study_instance_uid)

    assert study.record.events == record.events
    assert study.record.totals.dlp_mgycm == 22.0


def test_a_study_from_a_known_device_costs_a_fixed_number_of_statements():
    arrive(report("1", [shot(0)], study=header("1")))

    for number, events in ((2, 1), (3, 40)):
        record = report(
            str(number),
            [shot(n) for n in range(events)],
            study=header(str(number), study_instance_uid=f"1.{number}"),
        )
        with CaptureQueriesContext(connection) as queries:
            arrive(record)
        work = [q for q in queries if "SAVEPOINT" not in q["sql"] and "advisory" not in q["sql"]]
        assert len(work) == STATEMENTS


def test_a_failure_in_the_middle_leaves_nothing(monkeypatch):
    monkeypatch.setattr("kerma.store.save.counts.add", _fail)

    with pytest.raises(ZeroDivisionError):
        arrive(ct_report("1", [ct(0)]))

    assert not Study.objects.exists()
    assert not CtRow.objects.exists()
    assert not StoredObject.objects.exists()


def _fail(*arguments: object) -> None:
    raise ZeroDivisionError
