"""Dose screens from files: collected by study, read, believed or shown to a person, stored.

The screens are drawn; the dose that must be stored is that of the table they were drawn from.
"""

import datetime as dt
import os
from collections import OrderedDict
from io import BytesIO

import pydicom
import pytest
from msgspec.structs import replace

from kerma.demo.screens import old_scanners
from kerma.demo.screens.old_scanners import Examination
from kerma.dicom.write import to_bytes
from kerma.pipeline import collected
from kerma.pipeline.inbox import Inbox
from kerma.pipeline.screens import acts, companions
from kerma.pipeline.screens.blank import gray_of
from kerma.pipeline.tidy import tidy
from kerma.registry import load_all
from kerma.store import engine, glyph_sets, options, screens
from kerma.store.models import (
    Arrival,
    AuditEntry,
    CollectedStudy,
    CtEvent,
    Quarantine,
    ScreenPicture,
    ScreenStudy,
    Source,
    StoredObject,
    Study,
    StudyChange,
    Task,
)
from tests.dicom.objects import report
from tests.pipeline.arrivals import receive, rule
from tests.pipeline.old_scans import AT, drawn, stored, toshiba_glyphs

pytestmark = [
    pytest.mark.django_db, pytest.mark.both_databases, pytest.mark.usefixtures("at_once"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _no_others(monkeypatch):
    """Let no images of other tests be remembered."""
    monkeypatch.setattr(companions.latest, "_found", OrderedDict())


def toshiba(number: int = 0, **more) -> Examination:
    """Return an examination whose first file is its screen, the others images."""
    return old_scanners.toshiba_study(number, AT, **more)


def outcomes(found) -> list[str]:
    return [one.outcome for one in found]


class TestBelieved:
    def test_the_study_has_the_doses_that_were_drawn(self, trained, bring):
        exam = toshiba()

        found = bring(*exam.files)

        assert outcomes(found)[-1] == "imported"
        assert stored(exam) == drawn(exam)
        study = Study.objects.get()
        assert study.kinds == "CT dose screen"
        assert study.dlp_mgycm == pytest.approx(exam.table.total_dlp_body_mgycm)

    def test_images_in_whatever_order_add_what_the_screen_does_not_say(self, trained, bring):
        before, after = toshiba(0), toshiba(1)

        bring(*before.files[1:], before.files[0], *after.files)

        for exam in (before, after):
            event = CtEvent.objects.filter(
                study__study_instance_uid=exam.study_instance_uid, pitch__isnull=False
            )
            assert event.exists()

    def test_the_same_again_changes_nothing(self, trained, bring):
        exam = toshiba()
        bring(*exam.files)
        before, changes = list(Source.objects.values()), StudyChange.objects.count()

        found = bring(*exam.files)

        assert outcomes(found)[-1] == "duplicate"
        assert list(Source.objects.values()) == before
        assert StudyChange.objects.count() == changes
        assert (Study.objects.count(), ScreenStudy.objects.count()) == (1, 1)
        assert stored(exam) == drawn(exam)

    def test_a_late_image_renews_the_report_and_doubles_nothing(self, trained, bring):
        exam = toshiba()
        bring(exam.files[0])
        study = Study.objects.get()
        [first] = Source.objects.values_list("sop_instance_uid", flat=True)

        bring(*exam.files[1:])
        options.put("collect_minutes", 0)
        run_reader()

        [second] = Source.objects.values_list("sop_instance_uid", flat=True)
        assert second != first
        assert Study.objects.get().pk == study.pk
        assert stored(exam) == drawn(exam)
        assert CtEvent.objects.filter(pitch__isnull=False).exists()
        assert StoredObject.objects.filter(sop_instance_uid=first).get().path == ""

    def test_what_is_kept_is_blanked_and_the_object_goes(self, trained, bring, home):
        exam = toshiba()
        bring(*exam.files)

        picture = ScreenPicture.objects.get()
        assert picture.is_blanked
        assert picture.sealed_object == ""
        assert not list(home.rglob("*.object"))
        assert not list((home / "collected").rglob("*.dcm"))

    def test_pictures_go_where_the_site_keeps_none(self, trained, bring, home):
        options.put("keep_screens", False)

        bring(*toshiba().files)

        assert ScreenPicture.objects.get().sealed_picture == ""
        assert not list(home.rglob("*.png"))


class TestNotBelieved:
    def test_letters_nobody_has_taught_make_it_wait(self, bring):
        exam = old_scanners.ge_study(7, AT)

        found = bring(*exam.files)

        assert outcomes(found) == ["refused"] * len(exam.files)
        assert "unknown glyphs" in found[0].reason
        study = ScreenStudy.objects.get()
        assert study.state == "glyphs"
        assert study.unknown_glyphs > 20
        assert not Study.objects.exists()
        assert not ScreenPicture.objects.filter(is_blanked=True).exists()

    def test_once_they_are_taught_it_is_read_as_a_job(self, bring, user):
        exam = toshiba()
        bring(*exam.files)
        assert ScreenStudy.objects.get().state == "glyphs"
        scanner = screens.scanner_of(ScreenStudy.objects.get())

        for glyph, text in toshiba_glyphs().texts.items():
            glyph_sets.name_glyph(glyph, text, scanner, user)
        task = acts.read_again(scanner, user)
        run(task)

        assert ScreenStudy.objects.get().state == "stored"
        assert stored(exam) == drawn(exam)
        task.refresh_from_db()
        assert task.result == {"studies": 1, "stored": 1}

    def test_a_total_that_disagrees_waits_for_a_person(self, trained, bring):
        found = bring(*toshiba(total_mgycm=999.9).files)

        assert "999.90" in found[-1].reason
        assert (ScreenStudy.objects.get().state, Study.objects.count()) == ("review", 0)

    def test_names_are_neither_in_rows_nor_to_be_seen_on_the_picture(self, trained, bring):
        exam = toshiba(total_mgycm=999.9)
        bring(*exam.files)

        whole = pixels_of(exam)
        shown = gray_of(screens.png(ScreenPicture.objects.get()))
        row = str(ScreenStudy.objects.values().get())
        name = patient_of(exam)
        assert name
        assert name not in row
        assert (shown != whole).any()
        assert shown.shape == whole.shape

    def test_a_picture_that_cannot_be_decoded_never_makes_the_rest_believed(self, trained, bring):
        exam = toshiba()
        broken = without_pixels(exam.files[0])

        found = bring(*exam.files, broken)

        assert outcomes(found)[-2:] == ["refused", "refused"]
        assert ScreenStudy.objects.get().state == "review"
        assert Quarantine.objects.count() == 1
        assert not Study.objects.exists()

    def test_a_screen_of_another_patient_in_the_study_is_not_stored(self, trained, bring):
        mine, other = toshiba(0), toshiba(1)
        moved = moved_to(other.files[0], mine)

        bring(moved, *mine.files[1:])

        assert not Study.objects.exists()
        assert ScreenStudy.objects.get().state == "review"


class TestReceived:
    def test_a_screen_waits_until_its_study_is_quiet_whatever_the_scanner(self, trained):
        exam = toshiba()
        for data in exam.files:
            receive(data)
        Inbox().work_off(lambda: False)

        log = Arrival.objects.order_by("pk").values_list("decision", flat=True)
        assert list(log) == ["collected"] + ["skipped"] * (len(exam.files) - 1)
        assert collected.complete_due() == 0
        run_reader()

        assert stored(exam) == drawn(exam)
        assert CtEvent.objects.filter(pitch__isnull=False).exists()
        assert CollectedStudy.objects.get().state == "read"

    def test_of_a_scanner_on_the_list_all_is_collected(self, trained):
        rule("collect", "scanner", "Toshiba", "Aquilion*")
        exam = toshiba()
        for data in (*exam.files[1:], exam.files[0]):
            receive(data)
        Inbox().work_off(lambda: False)

        assert set(Arrival.objects.values_list("decision", flat=True)) == {"collected"}
        run_reader()

        assert stored(exam) == drawn(exam)
        assert CtEvent.objects.filter(pitch__isnull=False).exists()

    def test_a_study_of_such_a_scanner_without_a_screen_ends_quietly(self):
        rule("collect", "scanner", "Toshiba", "Aquilion*")
        receive(toshiba().files[1])
        Inbox().work_off(lambda: False)
        run_reader()

        assert CollectedStudy.objects.get().state == "read"
        assert not ScreenStudy.objects.exists()

    def test_switched_off_nothing_is_collected(self, trained):
        options.put("collect_keep", False)
        receive(toshiba().files[0])
        Inbox().work_off(lambda: False)

        assert Arrival.objects.get().decision == "skipped"
        assert "switched off" in Arrival.objects.get().reason
        assert not CollectedStudy.objects.exists()

    def test_what_a_retrieval_has_brought_is_read_at_once(self, trained):
        exam = toshiba()
        receive(exam.files[0])
        Inbox().work_off(lambda: False)

        assert collected.hasten([exam.study_instance_uid, "1.2.3"]) == 1
        run(Task.objects.get())

        assert stored(exam) == drawn(exam)


class TestImagesBeforeTheScreen:
    """Of a scanner on no list, whose images and screens may meet different processes."""

    @pytest.fixture
    def images(self, monkeypatch):
        """Let the images of a study arrive, and their process end."""

        def images(exam: Examination) -> None:
            for data in exam.files[1:]:
                receive(data)
            Inbox().work_off(lambda: False)
            monkeypatch.setattr(companions.latest, "_found", OrderedDict())

        return images

    def test_add_to_it_after_a_restart(self, trained, images):
        exam = toshiba()
        images(exam)

        receive(exam.files[0])
        Inbox().work_off(lambda: False)
        run_reader()

        assert stored(exam) == drawn(exam)
        assert CtEvent.objects.filter(pitch__isnull=False).exists()

    def test_name_nobody_meanwhile(self, trained, images, home):
        exam = toshiba()
        images(exam)

        noted = list((home / "screens").rglob("*.image"))
        assert len(noted) == len(exam.files) - 1
        patient = patient_of(exam).encode()
        assert not [path for path in home.rglob("*.image") if patient in path.read_bytes()]
        assert not CollectedStudy.objects.exists()

    def test_go_once_a_report_has_come(self, images, bring, home):
        exam = toshiba()
        images(exam)
        tidy()
        assert list(home.rglob("*.image"))

        bring(report_of(exam))
        tidy()

        assert not list(home.rglob("*.image"))

    def test_go_if_no_screen_follows_within_a_month(self, images, home):
        images(toshiba())
        month_ago = (dt.datetime.now(dt.UTC) - dt.timedelta(days=31)).timestamp()
        for path in (home / "screens").rglob("*"):
            os.utime(path, (month_ago, month_ago))

        tidy()

        assert not list((home / "screens").iterdir())

    def test_go_with_their_study(self, images, bring, home):
        from kerma.store.forget import forget_study

        exam = toshiba()
        images(exam)
        bring(report_of(exam))

        forget_study(Study.objects.get())

        assert not list(home.rglob("*.image"))

    def test_are_not_kept_where_collecting_is_off_or_a_report_is_there(self, images, bring, home):
        bring(report_of(toshiba(0)))
        images(toshiba(0))
        options.put("collect_keep", False)
        images(toshiba(1))

        assert not list(home.rglob("*.image"))


class TestBesideAReport:
    def test_a_report_that_is_there_makes_the_screen_needless(self, trained, bring, home):
        exam = toshiba()
        bring(report_of(exam))
        before = list(Source.objects.values())

        found = bring(*exam.files)

        assert outcomes(found)[-1] == "duplicate"
        assert "dose report" in found[-1].reason
        assert list(Source.objects.values()) == before
        assert not ScreenStudy.objects.exists()
        assert not list((home / "screens").rglob("*.object"))

    def test_a_report_that_comes_later_counts_alone(self, trained, bring):
        exam = toshiba()
        bring(report_of(exam))
        alone = stored(exam)
        Study.objects.all().delete()
        Source.objects.all().delete()

        bring(*exam.files)
        assert stored(exam) != alone
        bring(report_of(exam))

        assert stored(exam) == alone
        assert Study.objects.count() == 1

    def test_what_waits_goes_with_the_next_tidying(self, bring):
        exam = toshiba()
        bring(*exam.files)
        bring(report_of(exam))

        tidy()

        assert not ScreenStudy.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestFaults:
    """What ends the process at any step must leave all to be done again, and nothing twice."""

    @pytest.mark.parametrize(
        "step",
        [
            "kerma.pipeline.screens.stock._seal",
            "kerma.pipeline.screens.settle.look",
            "kerma.pipeline.screens.settle._kept",
            "kerma.pipeline.screens.build.ct_dose_report.write",
            "kerma.pipeline.screens.build.ingest_file",
            "kerma.store.screens.put_pictures",
            "kerma.pipeline.screens.build.tidy_up",
            "kerma.pipeline.screens.stock.reduce",
        ],
    )
    def test_ended_at_a_step(self, trained, bring, monkeypatch, home, step):
        exam = toshiba()
        with monkeypatch.context() as patch:
            patch.setattr(step, end)
            with pytest.raises(Ended):
                bring(*exam.files)

        run_reader()
        tidy()

        assert stored(exam) == drawn(exam)
        assert (Study.objects.count(), Source.objects.count()) == (1, 1)
        assert ScreenStudy.objects.get().state == "stored"
        assert not list(home.rglob("*.object"))

    def test_a_full_disk_loses_no_screen(self, trained, bring, monkeypatch):
        exam = toshiba()

        def full(*_args: object, **_more: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr("kerma.pipeline.screens.stock.seal", full)
            with pytest.raises(OSError, match="No space"):
                bring(*exam.files)
        run_reader()

        assert stored(exam) == drawn(exam)

    def test_many_studies_at_once(self, trained, bring):
        files = [toshiba(number).files[0] for number in range(12)]

        found = bring(*files)

        assert outcomes(found) == ["imported"] * 12
        assert Study.objects.count() == 12

    def test_far_too_many_pictures_of_one_study_are_looked_at_by_a_person(self, trained, bring):
        one = toshiba().files[0]
        many = [changed(one, SOPInstanceUID=f"1.2.3.{number}") for number in range(45)]

        bring(*many)

        assert ScreenStudy.objects.get().state == "review"
        assert "more than 40 pictures" in screens.reading_of(ScreenStudy.objects.get()).trouble


class Ended(BaseException):
    """The process ends here."""


def end(*_args: object, **_more: object) -> None:
    raise Ended


class TestActs:
    def test_a_corrected_table_is_what_is_stored(self, trained, bring, user):
        exam = toshiba(total_mgycm=999.9)
        bring(*exam.files)
        study = ScreenStudy.objects.get()
        right = toshiba().table
        read = screens.reading_of(study).table
        table = replace(
            read,
            total_dlp_body_mgycm=right.total_dlp_body_mgycm,
            total_dlp_mgycm=right.total_dlp_mgycm,
        )

        acts.correct(study, table, user)

        assert stored(exam) == drawn(exam)
        study.refresh_from_db()
        assert (study.state, study.decided_by) == ("stored", user)
        assert screens.corrected_of(study) == table
        assert screens.reading_of(study).table.total_dlp_body_mgycm == 999.9
        assert AuditEntry.objects.filter(action="correct dose screen", user=user).count() == 1
        assert screens.provenance(exam.study_instance_uid) == study

    def test_correcting_again_replaces_the_report(self, trained, bring, user):
        exam = toshiba()
        bring(*exam.files)
        study, number = ScreenStudy.objects.get(), Study.objects.get().pk
        read = screens.reading_of(study).table
        rows = (replace(read.rows[0], kvp=100.0), *read.rows[1:])

        acts.correct(study, replace(read, rows=rows), user, "The console says 100 kV.")

        assert (Source.objects.count(), Study.objects.get().pk) == (1, number)
        assert (
            CtEvent.objects.get(ordinal=CtEvent.objects.order_by("ordinal")[0].ordinal).kvp == 100
        )
        assert stored(exam) == drawn(exam)

    def test_doubts_need_a_reason(self, trained, bring, user):
        bring(*toshiba(total_mgycm=999.9).files)
        study = ScreenStudy.objects.get()
        table = screens.reading_of(study).table

        with pytest.raises(acts.StillDoubted, match=r"999\.90"):
            acts.correct(study, table, user)
        assert not Study.objects.exists()

        acts.correct(study, table, user, "A scan was repeated by another console.")
        study.refresh_from_db()
        assert study.decided_why == "A scan was repeated by another console."
        assert Study.objects.count() == 1

    def test_a_rejected_study_goes_and_comes_back(self, trained, bring, user):
        exam = toshiba()
        bring(*exam.files)
        study = ScreenStudy.objects.get()

        acts.reject(study, user)
        acts.reject(study, user)
        assert not Study.objects.exists()
        assert outcomes(bring(*exam.files))[-1] == "skipped"
        assert AuditEntry.objects.filter(action="reject dose screen").count() == 1

        acts.reopen(study, user)
        assert stored(exam) == drawn(exam)
        assert ScreenStudy.objects.get().state == "stored"

    def test_what_was_rejected_goes_after_the_days_of_the_quarantine(
        self, trained, bring, user, home
    ):
        bring(*toshiba(total_mgycm=999.9).files)
        acts.reject(ScreenStudy.objects.get(), user)
        tidy()
        assert len([*home.rglob("*.object"), *home.rglob("*.png")]) == 2

        long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=91)
        ScreenStudy.objects.update(changed_at=long_ago)
        tidy()

        assert not [*home.rglob("*.object"), *home.rglob("*.png")]
        assert ScreenStudy.objects.get().state == "rejected"

    def test_a_correction_outlives_late_images(self, trained, bring, user):
        exam = toshiba(total_mgycm=999.9)
        bring(exam.files[0])
        study = ScreenStudy.objects.get()
        acts.correct(study, screens.reading_of(study).table, user, "It is so.")

        bring(*exam.files[1:])
        run_reader()

        study.refresh_from_db()
        assert (study.state, study.decided_why) == ("stored", "It is so.")
        assert Source.objects.count() == 1
        assert CtEvent.objects.filter(pitch__isnull=False).exists()

    def test_forgetting_the_study_forgets_its_screens(self, trained, bring, user, home):
        from kerma.store.forget import forget_study

        bring(*toshiba().files)

        forget_study(Study.objects.get(), user)

        assert not ScreenStudy.objects.exists()
        assert not list(home.rglob("*.png"))
        assert not list((home / "screens").rglob("*.head"))


def run(task: Task) -> None:
    from kerma.pipeline import jobs as package

    load_all(package)
    engine.run(task.pk)


def run_reader() -> None:
    """Let quiet studies be read, as the worker does."""
    from kerma.pipeline import jobs as package

    load_all(package)
    options.put("collect_minutes", 0)
    collected.complete_due()
    for study in CollectedStudy.objects.filter(state="complete"):
        collected.read(study)


def report_of(exam: Examination) -> bytes:
    """Return a dose report of the scanner itself, of other doses than the screen shows."""
    header = pydicom.dcmread(BytesIO(exam.files[0]), stop_before_pixels=True)
    names = ("StudyInstanceUID", "PatientID", "PatientName", "Manufacturer", "StationName")
    given = {name: header.get(name) for name in (*names, "ManufacturerModelName", "StudyDate")}
    return to_bytes(report(**given))


def pixels_of(exam: Examination):
    from kerma.extract.screens.pictures import pictures

    return pictures(exam.files[0])[0].gray


def patient_of(exam: Examination) -> str:
    from kerma.dicom import tags
    from kerma.dicom.files import read_bytes

    return read_bytes(exam.files[0]).data_set.text(tags.PatientID)


def changed(data: bytes, **attributes) -> bytes:
    found = pydicom.dcmread(BytesIO(data))
    for name, value in attributes.items():
        setattr(found, name, value)
    buffer = BytesIO()
    found.save_as(buffer)
    return buffer.getvalue()


def without_pixels(data: bytes) -> bytes:
    """Return another object of the same series whose pixel data are cut short."""
    return changed(data, PixelData=b"\0\0", SOPInstanceUID="1.2.3.4.5", InstanceNumber=2)


def moved_to(data: bytes, exam: Examination) -> bytes:
    """Return a screen whose header says it is of another study and its patient."""
    header = pydicom.dcmread(BytesIO(exam.files[0]), stop_before_pixels=True)
    return changed(
        data,
        StudyInstanceUID=header.StudyInstanceUID,
        PatientID=header.PatientID,
        PatientName=header.PatientName,
    )
