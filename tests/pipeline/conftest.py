"""A home of its own for each test, and objects to import."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from kerma.dicom.write import to_bytes
from kerma.pipeline.batch import import_all
from kerma.pipeline.find import Arrival, arrivals
from kerma.store import glyph_sets
from tests.dicom.objects import report
from tests.pipeline.old_scans import toshiba_glyphs


@pytest.fixture(autouse=True)
def home(settings, tmp_path) -> Path:
    """Give the test an empty KERMA_HOME."""
    settings.KERMA_HOME = tmp_path / "home"
    settings.KERMA_HOME.mkdir()
    return settings.KERMA_HOME


@pytest.fixture
def arrive(tmp_path):
    """Write bytes to a file and return it as an arrival."""

    def write(data: bytes, name: str = "object.dcm") -> Arrival:
        path = tmp_path / name
        path.write_bytes(data)
        return Arrival(str(path))

    return write


@pytest.fixture(scope="session")
def ct_report() -> bytes:
    """Return the bytes of a small CT dose report."""
    return to_bytes(report(Manufacturer="ACME", StudyDate="20260102", PatientBirthDate="19500101"))


@pytest.fixture
def at_once(request, monkeypatch) -> None:
    """Do at once what is due after a commit, where the test's transaction never ends."""
    marks = request.node.iter_markers("django_db")
    if not next(marks).kwargs.get("transaction"):
        monkeypatch.setattr(transaction, "on_commit", lambda act, **_: act())


@pytest.fixture
def user() -> User:
    """Return a person."""
    return User.objects.create_user("ana")


@pytest.fixture
def trained(db):
    """Let the letters of the Toshiba be known; return their set."""
    return glyph_sets.import_set(toshiba_glyphs(), None, replace=False)


@pytest.fixture
def bring(tmp_path):
    """Import files, in a folder of their own each time; return what became of each."""
    count = iter(range(100))

    def bring(*files: bytes, jobs: int = 1):
        folder = tmp_path / f"batch {next(count)}"
        folder.mkdir()
        for number, data in enumerate(files):
            (folder / f"{number:03}.dcm").write_bytes(data)
        return list(import_all(arrivals([str(folder)]), jobs))

    return bring
