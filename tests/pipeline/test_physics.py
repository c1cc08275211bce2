"""Studies of physicists' tests are kept whole, in zip files."""

import errno
import os
import zipfile

import pytest

from kerma.dicom import tags
from kerma.dicom.files import read_file
from kerma.pipeline import collected, physics, spool
from kerma.pipeline.inbox import Inbox
from kerma.registry import load_all
from kerma.store import engine, options
from kerma.store.models import Arrival, CollectedStudy, PhysicsStudy, Study, Task
from tests.pipeline.arrivals import a_report, a_screen, a_slice, receive, rule

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def _jobs():
    from kerma.pipeline import jobs as package

    load_all(package)


def work_off():
    return Inbox().work_off(lambda: False)


@pytest.fixture
def at_once():
    """Let a study be complete at once."""
    options.put("collect_minutes", 0)


def zip_names() -> list[str]:
    study = PhysicsStudy.objects.get()
    with zipfile.ZipFile(physics.folder() / study.file_name) as archive:
        assert archive.testzip() is None
        return sorted(archive.namelist())


class TestPhysics:
    @pytest.fixture(autouse=True)
    def _rule(self):
        rule("physics", "patient", "physics")

    @pytest.mark.parametrize(
        "header",
        [
            {"PatientName": "Physics^Weekly"},
            {"PatientName": "Dept^MyPHYSICStest"},
            {"PatientID": "physics-7"},
            {"OtherPatientIDs": ["17", "physics"]},
        ],
    )
    def test_any_part_of_name_or_id_decides_in_any_case(self, header):
        receive(a_slice(**header))

        work_off()

        assert Arrival.objects.get().decision == "physics"
        assert PhysicsStudy.objects.get().pattern == "physics"

    def test_a_patient_is_no_physics_study(self):
        receive(a_slice())

        work_off()

        assert Arrival.objects.get().decision == "skipped"

    def test_a_wildcard_may_stand_within_a_pattern(self):
        rule("physics", "patient", "qa?week*")
        receive(a_slice(PatientName="xQA-weekly"))

        work_off()

        assert PhysicsStudy.objects.get().pattern == "qa?week*"

    def test_switched_off_nothing_is_kept(self):
        options.put("physics_keep", False)
        receive(a_slice(PatientName="physics"))

        work_off()

        assert Arrival.objects.get().decision == "skipped"

    def test_the_dose_of_a_kept_study_is_not_imported(self):
        receive(a_report(PatientName="physics"))

        work_off()

        assert Study.objects.count() == 0

    def test_if_the_site_says_so_it_is_imported_as_well(self):
        options.put("physics_import", True)
        receive(a_report(PatientName="physics"))

        work_off()

        row = Arrival.objects.get()
        assert row.decision == "imported"
        assert row.reason.startswith("Kept as a physics study as well")
        assert (Study.objects.count(), PhysicsStudy.objects.count()) == (1, 1)

    def test_ignoring_goes_first(self):
        rule("ignore", "model", "aquilion")
        receive(a_slice(PatientName="physics"))

        work_off()

        assert Arrival.objects.get().decision == "ignored"

    def test_objects_are_on_disk_before_the_spool_lets_them_go(self):
        data = a_slice(PatientName="physics")
        receive(data)

        work_off()

        study = PhysicsStudy.objects.get()
        (kept,) = (physics.folder() / study.folder).iterdir()
        assert kept.read_bytes() == data
        assert spool.count() == 0

    def test_a_study_is_one_zip_file_named_by_date_and_station(self, at_once):
        for number in range(3):
            receive(a_slice(number, PatientName="physics", StationName="CT/1 Süd"))
        work_off()

        physics.pack("1.2.7")

        study = PhysicsStudy.objects.get()
        assert study.file_name == "2026-01-02_CT-1-S-d_1.2.7.zip"
        assert zip_names() == ["1.2.7.2.0.dcm", "1.2.7.2.1.dcm", "1.2.7.2.2.dcm"]
        assert (study.objects_kept, study.is_packed) == (3, True)
        assert [path.name for path in physics.folder().iterdir()] == [study.file_name]

    def test_the_same_object_is_in_the_zip_file_once(self, at_once):
        receive(a_slice(1, PatientName="physics"))
        receive(a_slice(1, PatientName="physics"))
        work_off()
        physics.pack("1.2.7")
        receive(a_slice(1, PatientName="physics"))
        receive(a_slice(2, PatientName="physics"))
        work_off()

        physics.pack("1.2.7")

        assert zip_names() == ["1.2.7.2.1.dcm", "1.2.7.2.2.dcm"]
        assert PhysicsStudy.objects.get().objects_kept == 2
        assert Arrival.objects.filter(decision="physics").count() == 4

    def test_a_uid_that_is_a_path_leads_nowhere(self, home):
        data = a_slice(study="11.22.33", PatientName="physics")
        receive(data.replace(b"11.22.33", b"../../xy"))

        work_off()
        physics.pack("../../xy")

        assert PhysicsStudy.objects.get().study_instance_uid == "../../xy"
        assert not list(home.parent.rglob("xy*"))
        (name,) = zip_names()
        assert "/" not in name

    def test_an_object_without_study_goes_to_the_quarantine(self):
        receive(a_slice(StudyInstanceUID="", PatientName="physics"))

        work_off()

        assert Arrival.objects.get().decision in ("refused", "skipped")
        assert PhysicsStudy.objects.count() == 0

    def test_a_killed_run_is_neither_lost_nor_counted_twice(self, monkeypatch):
        receive(a_slice(PatientName="physics"))
        with monkeypatch.context() as dies:
            dies.setattr(spool, "remove", lambda spooled: None)
            work_off()

        work_off()

        assert PhysicsStudy.objects.get().objects_kept == 1
        assert spool.count() == 0

    def test_a_full_disk_leaves_what_was_kept_beside_the_zip_file(self, at_once, monkeypatch):
        receive(a_slice(1, PatientName="physics"))
        work_off()
        physics.pack("1.2.7")
        receive(a_slice(2, PatientName="physics"))
        work_off()

        def full(*_):
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as disk:
            disk.setattr(os, "fsync", full)
            with pytest.raises(OSError, match="No space"):
                physics.pack("1.2.7")

        assert zip_names() == ["1.2.7.2.1.dcm"]
        assert not list(physics.folder().glob(".*.part"))
        physics.pack("1.2.7")
        assert zip_names() == ["1.2.7.2.1.dcm", "1.2.7.2.2.dcm"]

    def test_studies_of_which_nothing_more_comes_are_packed_by_a_worker(self):
        receive(a_slice(PatientName="physics"))
        work_off()

        physics.pack_due()
        assert Task.objects.count() == 0  # it may still be coming

        options.put("collect_minutes", 0)
        physics.pack_due()
        physics.pack_due()
        engine.run(Task.objects.get().pk)
        assert PhysicsStudy.objects.get().is_packed

    def test_nothing_of_a_deleted_study_stays(self):
        receive(a_slice(PatientName="physics"))
        work_off()

        physics.delete(PhysicsStudy.objects.get())

        assert list(physics.folder().iterdir()) == []

    def test_a_zip_file_that_somebody_took_away_is_said_to_be_missing(self):
        receive(a_slice(PatientName="physics"))
        work_off()
        physics.pack("1.2.7")
        (physics.folder() / PhysicsStudy.objects.get().file_name).unlink()

        with pytest.raises(FileNotFoundError):
            physics.zip_of(PhysicsStudy.objects.get())


class TestCollecting:
    @pytest.fixture(autouse=True)
    def _rule(self):
        rule("collect", "scanner", "Toshiba", "Aquilion")

    def test_screens_are_kept_whole_and_of_each_series_of_images_one_header(self):
        screens = [a_screen(number) for number in range(2)]
        for data in (*screens, *(a_slice(number) for number in range(3))):
            receive(data)

        work_off()

        study = CollectedStudy.objects.get()
        kept = sorted(collected.folder_of(study).iterdir())
        assert [path.read_bytes() for path in kept[:2]] == screens
        [image] = [read_file(path) for path in kept[2:]]
        assert image.data_set.first(tags.SOPInstanceUID) == "1.2.7.2.0"
        assert (study.objects_kept, study.state) == (3, "collecting")
        assert study.size_bytes == sum(path.stat().st_size for path in kept)
        reason = "Toshiba Aquilion is on the list of scanners without reports."
        assert (
            list(Arrival.objects.values_list("decision", "reason")) == [("collected", reason)] * 5
        )

    @pytest.mark.parametrize(
        "header", [{"ManufacturerModelName": "Aquilion ONE"}, {"Manufacturer": "Canon"}]
    )
    def test_other_scanners_are_read_at_once(self, header):
        receive(a_slice(**header))

        work_off()

        assert Arrival.objects.get().decision == "skipped"

    def test_so_are_reports_of_the_scanner(self):
        receive(a_report(Manufacturer="TOSHIBA", ManufacturerModelName="Aquilion"))

        work_off()

        assert Arrival.objects.get().decision == "imported"

    def test_switched_off_nothing_is_collected(self):
        options.put("collect_keep", False)
        receive(a_slice())

        work_off()

        assert Arrival.objects.get().decision == "skipped"

    def test_a_study_is_complete_when_nothing_came_for_the_set_minutes(self):
        receive(a_slice())
        work_off()

        assert collected.complete_due() == 0
        options.put("collect_minutes", 0)
        assert collected.complete_due() == 1

        assert CollectedStudy.objects.get().state == "complete"
        assert Task.objects.get().job == collected.JOB

    def test_a_further_object_begins_the_wait_anew(self, at_once):
        receive(a_slice(1))
        work_off()
        collected.complete_due()

        receive(a_slice(2))
        work_off()

        assert CollectedStudy.objects.get().state == "collecting"

    def test_an_object_that_comes_twice_is_counted_once(self):
        receive(a_slice())
        receive(a_slice())

        work_off()

        assert CollectedStudy.objects.get().objects_kept == 1
        assert Arrival.objects.count() == 2

    def test_a_registered_reader_is_given_the_complete_study(self, at_once, monkeypatch):
        read = []
        reader = collected.Reader("a test", lambda study: study.model == "Aquilion", read.append)
        monkeypatch.setitem(collected.readers._items, "a test", reader)
        receive(a_slice())
        work_off()

        collected.complete_due()
        collected.complete_due()
        engine.run(Task.objects.get().pk)

        study = CollectedStudy.objects.get()
        assert read == [collected.folder_of(study)]
        assert study.state == "read"
