"""Dose screens from real peers: DCMTK sends them, or is queried for them, and a study is stored."""

import datetime as dt
import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pydicom
import pytest
from pydicom.uid import CTImageStorage, generate_uid

from kerma.demo.screens import old_scanners
from kerma.net.wanted import Wanted
from kerma.pipeline import collected, jobs
from kerma.pipeline.inbox import Inbox
from kerma.registry import load_all
from kerma.screens import glyph_file
from kerma.store import engine, glyph_sets, options
from kerma.store.models import (
    Arrival,
    CollectedStudy,
    CtEvent,
    LocalStore,
    QuerySeries,
    RemoteNode,
    ScreenStudy,
    Source,
    Study,
    Task,
)
from tests.net.query.peers import carried_out, dcmtk_pacs
from tests.net.spool_store import SpoolStore
from tests.pipeline.arrivals import rule

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not shutil.which("storescu"), reason="there is no DCMTK on this machine"),
]

AT = dt.datetime.fromisoformat("2026-03-04T10:11:12")


@pytest.fixture(scope="module")
def examination() -> old_scanners.Examination:
    return old_scanners.toshiba_study(0, AT)


@pytest.fixture(scope="module")
def files(examination, tmp_path_factory) -> Path:
    """Write the study as files: a screen, and of each series of images three."""
    folder = tmp_path_factory.mktemp("toshiba")
    for number, data in enumerate(examination.files):
        (folder / f"{number}.dcm").write_bytes(data)
        found = pydicom.dcmread(io.BytesIO(data))
        if found.SOPClassUID == CTImageStorage:
            for instance in (2, 3):
                found.InstanceNumber = instance
                found.file_meta.MediaStorageSOPInstanceUID = found.SOPInstanceUID = generate_uid()
                found.save_as(folder / f"{number}-{instance}.dcm")
    return folder


@pytest.fixture(scope="module")
def shared() -> str:
    return glyph_file.dump(old_scanners.toshiba_glyphs())


@pytest.fixture(autouse=True)
def site(shared, db) -> None:
    """Teach the site the letters of the scanner, and let it wait for nothing."""
    glyph_sets.import_set(glyph_file.load(shared), None, replace=False)
    options.put("collect_minutes", 0)
    load_all(jobs)


def taken() -> None:
    """Let the worker take what arrived, and read the studies that are complete."""
    Inbox().work_off(lambda: False)
    collected.complete_due()
    for task in Task.objects.filter(state=Task.State.QUEUED, job=collected.JOB).order_by("pk"):
        engine.run(task.pk)


def assert_stored(examination: old_scanners.Examination) -> None:
    """Check the doses of the screen, and what only the images say."""
    assert Study.objects.get().study_instance_uid == examination.study_instance_uid
    assert Source.objects.get().kind == "CT dose screen"
    for event, row in zip(CtEvent.objects.order_by("pk"), examination.table.rows, strict=True):
        assert event.dlp_mgycm == pytest.approx(row.dlp_mgycm)
        assert event.ctdivol_mgy == pytest.approx(row.ctdivol_mgy)
        assert event.nominal_total_collimation_mm == pytest.approx(32.0)
    assert ScreenStudy.objects.get().state == ScreenStudy.State.STORED


def test_a_study_that_storescu_sends_is_read_once_it_is_quiet(files, examination):
    rule("collect", "scanner", "toshiba", "aquilion*")

    with SpoolStore() as store:
        command = ["storescu", "+sd", "-R", "127.0.0.1", str(store.port), str(files)]
        subprocess.run(command, check=True, capture_output=True, timeout=30)
    Inbox().work_off(lambda: False)
    assert not Study.objects.exists()
    assert CollectedStudy.objects.get().state == CollectedStudy.State.COLLECTING
    taken()

    assert_stored(examination)
    assert Arrival.objects.count() == 1 + 3 * len(examination.table.rows)


@pytest.fixture
def dcmqrscp(files, tmp_path) -> Iterator[tuple[int, SpoolStore]]:
    """Run DCMTK's PACS with the study in it, and a store beside it."""
    folder = tmp_path / "dcmqrscp"
    folder.mkdir()
    with SpoolStore() as store, dcmtk_pacs(folder, files, store.port) as port:
        yield port, store


@pytest.mark.parametrize("way", ["move", "get"])
def test_a_query_with_the_toshiba_option_brings_screens_and_images(way, dcmqrscp, examination):
    port, store = dcmqrscp
    row = LocalStore.objects.create(name="Kerma", ae_title="KERMA", port=store.port)
    node = RemoteNode.objects.create(
        name="PACS", ae_title="PACS", address="127.0.0.1", port=port, way=way
    )

    query = carried_out(node, row, Wanted(modalities=("CT",), toshiba=True))
    taken()

    assert query.counts["by_modality"] == {"CT": 1}
    assert QuerySeries.objects.count() == 1 + len(examination.table.rows)
    assert Arrival.objects.count() == 1 + len(examination.table.rows)
    assert_stored(examination)
