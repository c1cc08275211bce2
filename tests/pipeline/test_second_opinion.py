"""The second opinion as a job: only for what waits, kept beside it, never instead of it."""

import datetime as dt
import os
import signal
from pathlib import Path

import pytest

from kerma.demo.screens import old_scanners
from kerma.pipeline import jobs
from kerma.pipeline.batch import import_all
from kerma.pipeline.find import arrivals
from kerma.pipeline.screens import second_opinion
from kerma.registry import load_all
from kerma.screens import second_opinion as reader
from kerma.screens.page import Page
from kerma.screens.reading import ScanRow, ScreenTable
from kerma.store import engine, screens
from kerma.store.models import ScreenStudy, Study, Task

pytestmark = pytest.mark.django_db(transaction=True)

AT = dt.datetime.fromisoformat("2026-03-04T10:11:12")
SAID = ScreenTable(
    layout="ge",
    rows=(ScanRow(ctdivol_mgy=1.0, dlp_mgycm=30.0),),
    patient_id="NOBODY",
    comment="Mr. Nobody",
)


@pytest.fixture
def installed(monkeypatch):
    """Let there be a second reader that sees a letter and always the same table."""
    load_all(jobs)
    page = Page(width=512, height=512, lines=())
    said = reader.Reading(table=SAID)
    monkeypatch.setattr(reader, "is_installed", lambda: True)
    monkeypatch.setattr(reader, "second_page", lambda picture: page)
    monkeypatch.setattr(reader, "table_of", lambda pages, scanner: said)
    monkeypatch.setattr(second_opinion, "_read", reader.read)


@pytest.fixture
def arrived(tmp_path):
    """Import a study of a scanner whose letters nobody has typed."""

    def now() -> ScreenStudy:
        folder = tmp_path / "files"
        folder.mkdir()
        for number, data in enumerate(old_scanners.ge_study(0, AT).files):
            Path(folder, f"{number}.dcm").write_bytes(data)
        for _ in import_all(arrivals([str(folder)])):
            pass
        return ScreenStudy.objects.get()

    return now


def tasks():
    return Task.objects.filter(job=second_opinion.JOB)


def test_what_waits_is_read_a_second_time_and_stays_waiting(installed, arrived):
    study = arrived()
    engine.run(tasks().get().pk)

    study.refresh_from_db()
    second = screens.second_of(study)
    assert second.table.rows == SAID.rows
    assert (second.table.patient_id, second.table.comment) == ("", "")
    assert study.state == ScreenStudy.State.GLYPHS
    assert not Study.objects.exists()


def test_where_nothing_is_installed_nothing_is_asked_for(arrived, monkeypatch):
    monkeypatch.setattr(reader, "is_installed", lambda: False)

    study = arrived()

    assert not tasks().exists()
    assert not study.second_reading


def test_what_was_decided_meanwhile_stays_as_it_is(installed, arrived, monkeypatch):
    study = arrived()
    as_installed = reader.second_page

    def decided_meanwhile(picture):
        screens.decide(ScreenStudy.objects.get(), ScreenStudy.State.REJECTED, None)
        return as_installed(picture)

    monkeypatch.setattr(reader, "second_page", decided_meanwhile)

    assert not second_opinion.give(study.pk)
    study.refresh_from_db()
    assert (study.state, study.second_reading) == (ScreenStudy.State.REJECTED, {})


def test_a_study_that_is_gone_is_no_fault(installed, db):
    assert not second_opinion.give(4711)


def test_a_reader_that_dies_takes_nobody_along(arrived, monkeypatch):
    """The process that reads is ended as the system ends one for want of memory."""
    study = arrived()
    monkeypatch.setattr(reader, "is_installed", lambda: True)
    monkeypatch.setattr(second_opinion.second_opinion, "read", end)

    assert not second_opinion.give(study.pk)
    study.refresh_from_db()
    assert not study.second_reading


def end(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
