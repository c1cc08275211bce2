"""Dose screens from files to stored studies, through the whole of the pipeline."""

import datetime as dt
import io
import json

import pydicom
import pytest

from kerma.demo.screens import objects, old_scanners, typist
from kerma.demo.screens.drawing import draw
from kerma.pipeline import jobs
from kerma.pipeline.screens import acts
from kerma.registry import load_all
from kerma.screens import glyph_file
from kerma.screens.glyph_set import GlyphSet
from kerma.screens.reading import Scanner, ScanRow, ScreenTable
from kerma.store import glyph_sets, screens
from kerma.store.engine import run
from kerma.store.models import CtEvent, Quarantine, ScreenStudy, Source, Study, Task
from tests.pipeline.arrivals import a_report

pytestmark = pytest.mark.django_db(transaction=True)

AT = dt.datetime.fromisoformat("2026-03-04T10:11:12")
State = ScreenStudy.State


@pytest.fixture(scope="module")
def shared() -> str:
    """Return the glyphs of the Toshiba as a file that another hospital shares."""
    return glyph_file.dump(old_scanners.toshiba_glyphs())


@pytest.fixture
def trained(shared, db) -> None:
    glyph_sets.import_set(glyph_file.load(shared), None, replace=False)


def changed(data: bytes, **attributes: object) -> bytes:
    """Return an object with other values in its header."""
    found = pydicom.dcmread(io.BytesIO(data))
    for name, value in attributes.items():
        setattr(found, name, value)
    buffer = io.BytesIO()
    found.save_as(buffer)
    return buffer.getvalue()


def dlp_mgycm() -> float:
    """Return the dose of the only study, which its events add up to."""
    total = Study.objects.get().dlp_mgycm
    events = sum(one.dlp_mgycm or 0 for one in CtEvent.objects.all())
    assert total == pytest.approx(events, abs=0.02)
    return total


def test_screens_and_images_become_one_study_with_what_the_images_add(bring, trained):
    examination = old_scanners.toshiba_study(0, AT)

    outcomes = bring(*examination.files)

    assert not [one for one in outcomes if one.outcome == "refused"]
    study = Study.objects.get()
    header = pydicom.dcmread(io.BytesIO(examination.files[0]))
    assert dlp_mgycm() == pytest.approx(examination.table.total_dlp_mgycm, abs=0.01)
    assert Source.objects.get().kind == "CT dose screen"
    assert study.study_instance_uid == examination.study_instance_uid
    assert study.study_description == header.StudyDescription
    assert study.station_name == "CT-SA-OLD"
    for event, row in zip(CtEvent.objects.order_by("pk"), examination.table.rows, strict=True):
        assert event.ctdivol_mgy == pytest.approx(row.ctdivol_mgy)
        assert event.dlp_mgycm == pytest.approx(row.dlp_mgycm)
        assert event.acquisition_protocol == row.protocol
        assert event.nominal_total_collimation_mm == pytest.approx(32.0)
        assert event.nominal_single_collimation_mm == pytest.approx(0.5)
        spiral = row.acquisition_type == "Spiral Acquisition"
        assert event.pitch == (pytest.approx(0.844) if spiral else event.pitch)
    kept = ScreenStudy.objects.get()
    assert kept.state == State.STORED
    assert kept.pictures.count() == 1


def test_nothing_that_is_kept_in_the_open_names_the_patient(bring, trained, home):
    examination = old_scanners.toshiba_study(0, AT, total_mgycm=999.9)
    header = pydicom.dcmread(io.BytesIO(examination.files[0]))

    bring(*examination.files)

    kept = ScreenStudy.objects.get()
    said = json.dumps([kept.reading, kept.second_reading, kept.corrected])
    names = [str(header.PatientID), *str(header.PatientName).split("^")]
    assert not [name for name in names if name in said]
    files = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert str(header.PatientID).encode() not in files


def test_a_second_import_changes_nothing(bring, trained):
    examination = old_scanners.toshiba_study(0, AT)
    bring(*examination.files)
    before = dlp_mgycm(), Source.objects.get().sop_instance_uid

    outcomes = bring(*examination.files)

    assert not [one for one in outcomes if one.outcome in ("imported", "refused", "merged")]
    assert (dlp_mgycm(), Source.objects.get().sop_instance_uid) == before
    assert ScreenStudy.objects.get().state == State.STORED


def test_a_report_beside_the_screen_counts_once_in_both_orders(bring, trained):
    examination = old_scanners.toshiba_study(0, AT)
    header = pydicom.dcmread(io.BytesIO(examination.files[0]))
    same = ("StudyInstanceUID", "StudyDate", "Manufacturer", "ManufacturerModelName")
    same += ("StationName", "DeviceSerialNumber", "PatientID", "PatientName")
    report = a_report(1, **{name: str(header[name].value) for name in same})

    bring(*examination.files)
    bring(report)

    assert dlp_mgycm() == pytest.approx(312.5)

    Study.objects.all().delete()
    ScreenStudy.objects.all().delete()
    Source.objects.all().delete()
    bring(report)
    bring(*examination.files)

    assert dlp_mgycm() == pytest.approx(312.5)


def test_two_totals_that_disagree_wait_for_a_person(bring, trained):
    examination = old_scanners.toshiba_study(0, AT, total_mgycm=999.9)

    outcomes = bring(*examination.files)

    assert not Study.objects.exists()
    assert ScreenStudy.objects.get().state == State.REVIEW
    [waits] = [one for one in outcomes if one.outcome == "refused"]
    assert "Waits for a person" in waits.reason
    reading = screens.reading_of(ScreenStudy.objects.get())
    assert any("total" in doubt.name or "sum" in doubt.name for doubt in reading.doubts)


def test_a_screen_of_another_patient_waits_for_a_person(bring, trained):
    examination = old_scanners.toshiba_study(0, AT)

    bring(*[changed(data, PatientID="SOMEBODY-ELSE") for data in examination.files])

    assert not Study.objects.exists()
    kept = ScreenStudy.objects.get()
    assert kept.state == State.REVIEW
    said = " ".join(doubt.sentence for doubt in screens.reading_of(kept).doubts)
    assert "patient" in said.lower()
    assert "SOMEBODY" not in said


def test_a_font_that_nobody_typed_is_taught_and_then_stored(bring, admin_user):
    """The truth is the typist: what was drawn is typed for each unknown shape."""
    examination = old_scanners.ge_study(0, AT)
    outcomes = bring(*examination.files)
    kept = ScreenStudy.objects.get()
    assert (kept.state, Study.objects.count()) == (State.GLYPHS, 0)
    assert "unknown glyphs" in outcomes[-1].reason

    teach(kept, admin_user)
    load_all(jobs)
    acts.read_again(screens.scanner_of(kept), admin_user)
    work_off()

    assert ScreenStudy.objects.get().state == State.STORED
    assert dlp_mgycm() == pytest.approx(examination.table.total_dlp_mgycm, abs=0.01)


def teach(kept, user) -> None:
    """Type every shape that is unknown on the screens of a study."""
    drawn = old_scanners.ge_screens(0, AT)
    for page, seen in screens.reading_of(kept).unknown:
        text = typist.text_at(seen.box, drawn[page].letters)
        glyph_sets.name_glyph(seen.glyph, text, screens.scanner_of(kept), user)


def work_off() -> None:
    """Do the work that waits, as `kerma work` does."""
    for task in Task.objects.filter(state=Task.State.QUEUED).order_by("pk"):
        run(task.pk)


def long_table(rows: int) -> ScreenTable:
    """Return a GE table that needs several pages; every DLP is CTDIvol times 30 cm."""
    scans = tuple(
        ScanRow(
            label=str(number),
            series_number=number,
            acquisition_type="Spiral Acquisition",
            start_mm=0.0,
            end_mm=-280.0,
            ctdivol_mgy=10.0 + number / 10,
            dlp_mgycm=300.0 + 3 * number,
            phantom_mm=320,
        )
        for number in range(2, rows + 2)
    )
    total = sum(row.dlp_mgycm for row in scans)
    return ScreenTable(layout="ge", rows=scans, total_dlp_mgycm=total, exam_description="CT")


def test_half_of_the_pages_wait_and_the_late_one_completes_them(bring, db):
    table = long_table(20)
    pages = draw(table, "ge", old_scanners.ge_pen())
    scanner = Scanner(manufacturer="GE MEDICAL SYSTEMS", model="LightSpeed16")
    empty = GlyphSet(name="", manufacturer=scanner.manufacturer, model=scanner.model)
    glyph_sets.import_set(typist.trained(old_scanners.ge_pen(), empty, pages), None, replace=False)
    header = {
        "StudyInstanceUID": "1.2.826.0.1.99",
        "Manufacturer": scanner.manufacturer,
        "ManufacturerModelName": scanner.model,
        "PatientID": "4711",
        "StudyDate": "20260304",
    }
    first, second = (
        objects.screen_save(page.gray, header, number) for number, page in enumerate(pages, 1)
    )

    bring(first)
    assert (ScreenStudy.objects.get().state, Study.objects.count()) == (State.REVIEW, 0)

    bring(second)
    assert ScreenStudy.objects.get().state == State.STORED
    assert dlp_mgycm() == pytest.approx(table.total_dlp_mgycm, abs=0.01)
    assert CtEvent.objects.count() == 20


def test_a_broken_picture_says_what_is_wrong(bring, trained):
    examination = old_scanners.toshiba_study(0, AT)
    whole = pydicom.dcmread(io.BytesIO(examination.files[0]))

    outcomes = bring(changed(examination.files[0], PixelData=whole.PixelData[:1000]))

    assert not Study.objects.exists()
    [refused] = [one for one in outcomes if one.outcome == "refused"]
    assert refused.reason
    assert Quarantine.objects.exists() or ScreenStudy.objects.get().state == State.REVIEW
